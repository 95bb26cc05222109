"""Pods and pod templates as a whole: ValidatePodSpec, ValidatePodTemplateSpec, ValidatePodCreate in
kubernetes/kubernetes 1.36.3, pkg/apis/core/validation/validation.go. Values have their defaults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    duplicate,
    forbidden,
    invalid,
    is_hashed,
    mapping,
    mappings,
    not_found,
    number,
    required,
    text,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.names import template_metadata_failures
from rehearsal.simulators.kubernetes.apiserver.validation.pods import hosts, scheduling
from rehearsal.simulators.kubernetes.apiserver.validation.pods.annotations import (
    annotation_failures,
    profile_failures,
)
from rehearsal.simulators.kubernetes.apiserver.validation.pods.containers import (
    PodScope,
    container_failures,
    ephemeral_container_failures,
    image_failures,
    init_container_failures,
)
from rehearsal.simulators.kubernetes.apiserver.validation.pods.resources import (
    container_resource_failures,
    pod_resource_failures,
)
from rehearsal.simulators.kubernetes.apiserver.validation.pods.rules import PodRules
from rehearsal.simulators.kubernetes.apiserver.validation.pods.security import (
    host_users_failures,
    pod_context_failures,
)
from rehearsal.simulators.kubernetes.apiserver.validation.pods.volumes import volume_failures
from rehearsal.simulators.kubernetes.apiserver.validation.pods.windows import (
    host_process_failures,
    os_failures,
)
from rehearsal.simulators.kubernetes.apiserver.validation.selectors import label_failures
from rehearsal.simulators.shape import Failure

_RESTARTS: Final = ("Always", "OnFailure", "Never")
_DNS: Final = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_PREEMPTION: Final = ("PreemptLowerPriority", "Never")
_KINDS: Final = ("initContainers", "containers", "ephemeralContainers")

Values = Mapping[str, Any]


def pod_failures(pod: Values, minor: int) -> Iterator[Failure]:
    """Problems of a new pod, beside those of its metadata."""
    metadata, spec = mapping(pod.get("metadata")), mapping(pod.get("spec"))
    annotations = metadata.get("annotations")
    rules = PodRules(minor, of_pod=True, pod_name=text(metadata, "name"))
    yield from annotation_failures(annotations, spec, "metadata.annotations")
    yield from pod_spec_failures(spec, "spec", rules)
    for kind in ("containers", "initContainers"):
        for index, container in enumerate(mappings(spec.get(kind))):
            yield from image_failures(container, f"spec.{kind}[{index}]")
    if spec.get("ephemeralContainers"):
        yield forbidden("spec.ephemeralContainers", "cannot be set on create")
    if spec.get("nodeName") and spec.get("schedulingGates"):
        yield forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared")
    yield from profile_failures(annotations, spec, "spec")


def template_failures(template: Values, path: str, minor: int) -> Iterator[Failure]:
    metadata, spec = mapping(template.get("metadata")), mapping(template.get("spec"))
    annotations = metadata.get("annotations")
    yield from template_metadata_failures(metadata, path)
    yield from annotation_failures(annotations, spec, f"{path}.annotations")
    yield from pod_spec_failures(spec, f"{path}.spec", PodRules(minor))
    yield from profile_failures(annotations, spec, f"{path}.spec")
    if spec.get("ephemeralContainers"):
        yield forbidden(
            f"{path}.spec.ephemeralContainers", "ephemeral containers not allowed in pod template"
        )


def pod_spec_failures(spec: Values, path: str, rules: PodRules) -> Iterator[Failure]:
    volumes, failures = volume_failures(spec.get("volumes"), f"{path}.volumes", rules)
    yield from failures
    yield from _claims(spec.get("resourceClaims"), f"{path}.resourceClaims")
    scope = PodScope(spec, volumes, rules)
    yield from container_failures(scope, f"{path}.containers")
    yield from init_container_failures(scope, f"{path}.initContainers")
    yield from ephemeral_container_failures(scope, f"{path}.ephemeralContainers")
    yield from pod_resource_failures(spec, f"{path}.resources", scope.claims)
    yield from hosts.host_network_failures(spec, path, rules)
    for name, known in (("restartPolicy", _RESTARTS), ("dnsPolicy", _DNS)):
        if (value := spec.get(name)) not in known:
            yield unsupported(f"{path}.{name}", value, known)
    yield from label_failures(spec.get("nodeSelector"), f"{path}.nodeSelector")
    yield from pod_context_failures(spec, f"{path}.securityContext")
    yield from scheduling.affinity_failures(spec.get("affinity"), f"{path}.affinity")
    yield from hosts.dns_failures(spec, f"{path}.dnsConfig", rules)
    yield from _gates(spec, path)
    spread = spec.get("topologySpreadConstraints")
    yield from scheduling.spread_failures(spread, f"{path}.topologySpreadConstraints", rules)
    yield from host_process_failures(spec, path)
    yield from host_users_failures(spec, path)
    yield from hosts.host_name_failures(spec, path)
    yield from _names(spec, path)
    yield from _deadline(spec, path)
    yield from scheduling.toleration_failures(spec.get("tolerations"), f"{path}.tolerations")
    yield from hosts.alias_failures(spec.get("hostAliases"), f"{path}.hostAliases", rules.minor)
    if (policy := spec.get("preemptionPolicy")) is not None and policy not in _PREEMPTION:
        yield unsupported(f"{path}.preemptionPolicy", policy, _PREEMPTION)
    if isinstance(overhead := spec.get("overhead"), Mapping):
        yield from container_resource_failures({"limits": overhead}, f"{path}.overhead")
    yield from os_failures(spec, path)
    yield from _files(spec, path)


def _names(spec: Values, path: str) -> Iterator[Failure]:
    for name in ("serviceAccountName", "nodeName", "priorityClassName"):
        if value := text(spec, name):
            yield from wrong(f"{path}.{name}", value, content.subdomain(value))
    if isinstance(value := spec.get("runtimeClassName"), str):
        yield from wrong(f"{path}.runtimeClassName", value, content.subdomain(value))


def _deadline(spec: Values, path: str) -> Iterator[Failure]:
    deadline = number(spec, "activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= content.LARGEST_INT32:
        why = f"must be between 1 and {content.LARGEST_INT32}, inclusive"
        yield invalid(f"{path}.activeDeadlineSeconds", deadline, why)


def _gates(spec: Values, path: str) -> Iterator[Failure]:
    """validateReadinessGates, validateSchedulingGates."""
    for index, gate in enumerate(mappings(spec.get("readinessGates"))):
        kind = text(gate, "conditionType")
        place = f"{path}.readinessGates[{index}].conditionType"
        yield from wrong(place, kind, content.qualified_name(kind))
    seen: set[str] = set()
    for index, gate in enumerate(mappings(spec.get("schedulingGates"))):
        place, name = f"{path}.schedulingGates[{index}]", text(gate, "name")
        yield from wrong(place, name, content.qualified_name(name))
        if name in seen:
            yield duplicate(place, name)
        seen.add(name)


def _claims(claims: Any, path: str) -> Iterator[Failure]:
    """validatePodResourceClaims."""
    seen: set[str] = set()
    names = ("resourceClaimName", "resourceClaimTemplateName")
    for index, claim in enumerate(mappings(claims)):
        place, name = f"{path}[{index}]", text(claim, "name")
        if not name:
            yield required(f"{place}.name")
        elif name in seen:
            yield duplicate(f"{place}.name", name)
        else:
            yield from wrong(f"{place}.name", name, content.label(name))
        seen |= {name} - {""}
        references = [kind for kind in names if claim.get(kind) is not None]
        if len(references) > 1:
            why = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
            yield invalid(place, claim, why)
        if not references:
            yield invalid(
                place, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
            )
        for kind in references:
            value = text(claim, kind)
            yield from wrong(f"{place}.{kind}", value, content.subdomain(value))


def _files(spec: Values, path: str) -> Iterator[Failure]:
    """validateFileKeyRefVolumes."""
    sources = {text(volume, "name"): volume for volume in mappings(spec.get("volumes"))}
    for kind in _KINDS:
        for index, container in enumerate(mappings(spec.get(kind))):
            for item, variable in enumerate(mappings(container.get("env"))):
                reference = mapping(variable.get("valueFrom")).get("fileKeyRef")
                if not isinstance(reference, Mapping) or is_hashed(name := text(reference, "volumeName")):
                    continue
                place = f"{path}.{kind}[{index}].env[{item}].valueFrom.fileKeyRef.volumeName"
                if name not in sources:
                    yield not_found(place, name)
                elif "emptyDir" not in sources[name]:
                    yield invalid(place, name, "referenced volume must be of type emptyDir")
