"""Namespaces, each with the Pod Security Standard that its pods have to keep to."""

from enum import StrEnum

from pulumi import ResourceOptions
from pulumi_kubernetes import core, meta


class PodSecurityLevel(StrEnum):
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/"""

    PRIVILEGED = "privileged"
    BASELINE = "baseline"
    RESTRICTED = "restricted"


def make_namespace(
    logical_name: str, name: str, opts: ResourceOptions, *, enforce: PodSecurityLevel, warn: PodSecurityLevel
) -> core.v1.Namespace:
    """A namespace that refuses pods below ``enforce`` and warns of those below ``warn``.

    https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces
    """
    labels = {f"pod-security.kubernetes.io/{mode}": level.value for mode, level in (("enforce", enforce), ("warn", warn))}
    return core.v1.Namespace(logical_name, metadata=meta.v1.ObjectMetaArgs(name=name, labels=labels), opts=opts)
