"""Namespaces with their Pod Security Standards and default-deny NetworkPolicy."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import pulumi
from pulumi import ResourceOptions
from pulumi_kubernetes import core, meta

_NOTHING: Mapping[str, str] = MappingProxyType({})


class PodSecurityLevel(StrEnum):
    """Pod Security Standards: https://kubernetes.io/docs/concepts/security/pod-security-standards/"""

    PRIVILEGED = "privileged"
    BASELINE = "baseline"
    RESTRICTED = "restricted"


def deny_all(name: str, namespace: str, opts: ResourceOptions) -> pulumi.Resource:
    """A NetworkPolicy that denies all traffic of the namespace's pods. Policies are additive, so others can
    allow some.
    """
    from pulumi_kubernetes import networking

    return networking.v1.NetworkPolicy(
        name,
        metadata=meta.v1.ObjectMetaArgs(name="default-deny", namespace=namespace),
        spec=networking.v1.NetworkPolicySpecArgs(
            pod_selector=meta.v1.LabelSelectorArgs(), policy_types=["Ingress", "Egress"]
        ),
        opts=opts,
    )


def make_namespace(
    logical_name: str,
    name: str,
    opts: ResourceOptions,
    *,
    enforce: PodSecurityLevel,
    warn: PodSecurityLevel,
    labels: Mapping[str, str] = _NOTHING,
    annotations: Mapping[str, str] = _NOTHING,
) -> core.v1.Namespace:
    """A namespace that refuses pods that violate ``enforce`` and warns of pods that violate ``warn``.

    https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces
    """
    levels = {
        f"pod-security.kubernetes.io/{mode}": level.value
        for mode, level in (("enforce", enforce), ("warn", warn))
    }
    return core.v1.Namespace(
        logical_name,
        metadata=meta.v1.ObjectMetaArgs(
            name=name, labels={**labels, **levels}, annotations=dict(annotations) or None
        ),
        opts=opts,
    )
