"""Deployments, ReplicaSets, DaemonSets and StatefulSets: ValidateDeployment, ValidateReplicaSet,
ValidateDaemonSet, ValidateStatefulSet. kubernetes/kubernetes 1.36.3, pkg/apis/apps/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    forbidden,
    invalid,
    mapping,
    mappings,
    not_negative,
    number,
    required,
    text,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import claims, content
from rehearsal.simulators.kubernetes.apiserver.validation.names import template_metadata_failures
from rehearsal.simulators.kubernetes.apiserver.validation.owners.strategies import (
    daemon_set_strategy,
    deployment_strategy,
    stateful_set_strategy,
)
from rehearsal.simulators.kubernetes.apiserver.validation.pods.annotations import annotation_failures
from rehearsal.simulators.kubernetes.apiserver.validation.pods.spec import template_failures
from rehearsal.simulators.kubernetes.apiserver.validation.selectors import (
    is_empty,
    parses,
    selector_failures,
    selects,
)
from rehearsal.simulators.shape import Failure

VALIDATED_SETS: Final = 34
"""First minor version that validates the template of a StatefulSet with it, not only each pod, and its
claims: https://github.com/kubernetes/kubernetes/pull/131790
"""
_TEMPLATE: Final = "spec.template"
_RETENTION: Final = ("Retain", "Delete")

Values = Mapping[str, Any]


def deployment(manifest: Values, minor: int) -> Iterator[Failure]:
    spec = mapping(manifest.get("spec"))
    yield from not_negative(spec, "spec", "replicas")
    yield from _selector(spec, "deployment")
    if parses(spec.get("selector")):
        yield from _template(spec, "Deployment", minor)
    elif spec.get("selector") is not None:
        yield invalid("spec.selector", spec.get("selector"), "invalid label selector")
    yield from deployment_strategy(spec, "spec")
    yield from not_negative(
        spec, "spec", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"
    )
    deadline, ready = number(spec, "progressDeadlineSeconds"), number(spec, "minReadySeconds") or 0
    if deadline is not None and deadline <= ready:
        yield invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")


def replica_set(manifest: Values, minor: int) -> Iterator[Failure]:
    spec = mapping(manifest.get("spec"))
    yield from not_negative(spec, "spec", "replicas", "minReadySeconds")
    yield from _selector(spec, "replicaset")
    if parses(spec.get("selector")):
        yield from _template(spec, "ReplicaSet", minor)
    elif spec.get("selector") is not None:
        yield invalid("spec.selector", spec.get("selector"), "invalid label selector")


def daemon_set(manifest: Values, minor: int) -> Iterator[Failure]:
    spec = mapping(manifest.get("spec"))
    yield from _selector(spec, "daemonset")
    if parses(spec.get("selector")):
        yield from _match(spec)
    yield from template_failures(mapping(spec.get("template")), _TEMPLATE, minor)
    yield from _always(spec, "DaemonSet")
    yield from not_negative(spec, "spec", "minReadySeconds")
    yield from daemon_set_strategy(spec, "spec")
    yield from not_negative(spec, "spec", "revisionHistoryLimit")


def stateful_set(manifest: Values, minor: int) -> Iterator[Failure]:
    return stateful_set_failures(manifest, minor, created=True)


def stateful_set_failures(manifest: Values, minor: int, *, created: bool) -> Iterator[Failure]:
    """Problems of a StatefulSet. An update keeps its service and its claims, which are not checked again."""
    spec = mapping(manifest.get("spec"))
    if (policy := spec.get("podManagementPolicy")) not in ("OrderedReady", "Parallel"):
        yield invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")
    yield from stateful_set_strategy(spec, "spec")
    retention = mapping(spec.get("persistentVolumeClaimRetentionPolicy"))
    for name in ("whenDeleted", "whenScaled"):
        if (value := retention.get(name)) not in _RETENTION:
            yield unsupported(f"spec.persistentVolumeClaimRetentionPolicy.{name}", value, _RETENTION)
    templates = mappings(spec.get("volumeClaimTemplates"))
    if created and minor >= VALIDATED_SETS:
        for index, template in enumerate(templates):
            path = f"spec.volumeClaimTemplates[{index}].spec"
            yield from claims.spec_failures(mapping(template.get("spec")), path)
    yield from not_negative(spec, "spec", "replicas", "minReadySeconds")
    yield from not_negative({"start": mapping(spec.get("ordinals")).get("start")}, "spec.ordinals", "start")
    if created and (service := text(spec, "serviceName")) and minor >= VALIDATED_SETS:
        yield from wrong("spec.serviceName", service, content.label(service))
    yield from _selector(spec, "statefulset")
    if parses(spec.get("selector")):
        yield from _match(spec)
        template = _with_claims(mapping(spec.get("template")), templates)
        if minor >= VALIDATED_SETS:
            yield from template_failures(template, _TEMPLATE, minor)
        metadata = mapping(template.get("metadata"))
        yield from template_metadata_failures(metadata, _TEMPLATE)
        pod, annotations = mapping(template.get("spec")), metadata.get("annotations")
        yield from annotation_failures(annotations, pod, f"{_TEMPLATE}.annotations")
    elif spec.get("selector") is not None:
        yield invalid("spec.selector", spec.get("selector"), "")
    yield from _always(spec, "StatefulSet")


def _with_claims(template: Values, claim_templates: list[Values]) -> Values:
    """The template as its controller completes it: names and claims are its own."""
    pod = {
        name: value
        for name, value in mapping(template.get("spec")).items()
        if name not in ("subdomain", "hostname")
    }
    if claim_templates:
        names = [text(mapping(claim.get("metadata")), "name") for claim in claim_templates]
        added = {name: {"name": name, "persistentVolumeClaim": {"claimName": name}} for name in names}
        own = [volume for volume in mappings(pod.get("volumes")) if text(volume, "name") not in added]
        pod["volumes"] = [*added.values(), *own]
    return {**template, "spec": pod}


def _template(spec: Values, kind: str, minor: int) -> Iterator[Failure]:
    """ValidatePodTemplateSpecForReplicaSet."""
    yield from _match(spec)
    yield from template_failures(mapping(spec.get("template")), _TEMPLATE, minor)
    yield from _always(spec, kind)


def _always(spec: Values, kind: str) -> Iterator[Failure]:
    """Things that pods that stay may not have."""
    pod = mapping(mapping(spec.get("template")).get("spec"))
    if (policy := pod.get("restartPolicy")) != "Always":
        yield unsupported(f"{_TEMPLATE}.spec.restartPolicy", policy, ("Always",))
    if pod.get("activeDeadlineSeconds") is not None:
        shown = "ReplicaSet" if kind == "Deployment" else kind
        why = f"activeDeadlineSeconds in {shown} is not Supported"
        yield forbidden(f"{_TEMPLATE}.spec.activeDeadlineSeconds", why)


def _selector(spec: Values, owner: str) -> Iterator[Failure]:
    if (selector := spec.get("selector")) is None:
        yield required("spec.selector")
        return
    yield from selector_failures(selector, "spec.selector")
    if isinstance(selector, Mapping) and is_empty(selector):
        yield invalid("spec.selector", selector, f"empty selector is invalid for {owner}")


def _match(spec: Values) -> Iterator[Failure]:
    selector = spec.get("selector")
    labels = mapping(mapping(spec.get("template")).get("metadata")).get("labels")
    # No selector at all selects nothing, an empty one everything.
    if selector is None or (not is_empty(selector) and not selects(mapping(selector), mapping(labels))):
        yield invalid(f"{_TEMPLATE}.metadata.labels", labels, "`selector` does not match template `labels`")
