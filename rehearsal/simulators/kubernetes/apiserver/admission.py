"""Admission of objects, and of the pods that their owners will make.

Pure: `Lookup` reads the cluster. The order is the API server's: declared types, decoding, the ServiceAccount
plug-in, validation, Pod Security
(https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.errors import ApiError, DeniedError
from rehearsal.simulators.kubernetes.api.fields import (
    invalid_object,
    is_hashed,
    mapping,
    mappings,
    masked,
    text,
    veiled,
)
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import NAMESPACE, POD, SERVICE_ACCOUNT
from rehearsal.simulators.kubernetes.apiserver.custom_resources import custom_findings, value_failures
from rehearsal.simulators.kubernetes.apiserver.openapi import Declarations
from rehearsal.simulators.kubernetes.apiserver.parts import with_value
from rehearsal.simulators.kubernetes.apiserver.pod_security.admission import (
    Policy,
    Verdict,
    label_failures,
    verdict,
)
from rehearsal.simulators.kubernetes.apiserver.priority import priority_refusal
from rehearsal.simulators.kubernetes.apiserver.typed import Findings, Schema
from rehearsal.simulators.kubernetes.apiserver.validation.names import metadata_failures
from rehearsal.simulators.kubernetes.apiserver.validation.rules import (
    has_rules,
    object_failures,
    template_of,
)

OWNERS: Final = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job")
"""Kinds that make their pods at once; a CronJob makes Jobs later."""
_GENERATED: Final = 5
_FREE: Final[Schema] = {"x-kubernetes-preserve-unknown-fields": True}
FORBIDDEN: Final = 403
INTERNAL: Final = 500

Manifest = Mapping[str, Any]
Lookup = Callable[[GroupVersionKind, str, str], Manifest | None]
Mutate = Callable[[Manifest], Manifest]
"""The mutating webhooks. Raises DeniedError."""


def refusal(
    manifest: Manifest, live: Manifest | None, declarations: Declarations, look: Lookup
) -> ApiError | None:
    """The reason that the API server refuses an object; None if it admits it.

    Secrets in the manifest are still marked.
    """
    kind, bare = GroupVersionKind.of(manifest), veiled(manifest)
    metadata = mapping(bare.get("metadata"))
    namespace, name = str(metadata.get("namespace", "")), str(metadata.get("name", ""))
    findings = declarations.check(kind, manifest)
    if error := _misfit(kind, metadata, findings):
        return error
    if kind == POD and live is None and (why := missing_account(mapping(bare.get("spec")), namespace, look)):
        return ApiError(f'pods "{name}" is forbidden: {why}', FORBIDDEN)
    if kind == POD and live is None and (why := priority_refusal(mapping(bare.get("spec")), look)):
        return ApiError(f'pods "{name}" is forbidden: {why}', FORBIDDEN)
    for path, value in findings.wrapped.items():
        bare = with_value(bare, path, value)
    # Go has a zero value for what is absent: the rules of a kind know which is required.
    failures = [] if has_rules(kind.group, kind.name) else findings.missing
    failures = [*failures, *object_failures(kind.group, kind.name, bare, declarations.minor, live)]
    if kind == NAMESPACE:
        labels = mapping(metadata.get("labels"))
        before = mapping(mapping((live or {}).get("metadata")).get("labels"))
        failures += label_failures(labels) if labels != before else []
    if failures:
        named = f"{kind.name}.{kind.group}" if kind.group else kind.name
        return ApiError(invalid_object(named, name, failures))
    if (
        kind == POD
        and _images(bare) != _images(live)
        and (why := security(bare, declarations.minor, look).refusal)
    ):
        return ApiError(f'pods "{name}" is forbidden: {why}', FORBIDDEN)
    return None


def custom_refusal(manifest: Manifest, schema: Schema | None, declarations: Declarations) -> ApiError | None:
    """As `refusal`, for a custom resource, which its schema restricts, if it has one."""
    kind, bare = GroupVersionKind.of(manifest), veiled(manifest)
    metadata, schema = mapping(bare.get("metadata")), schema or _FREE
    findings = custom_findings(manifest, schema, declarations.types)
    if error := _misfit(kind, metadata, findings):
        return error
    own = [failure for failure in metadata_failures(kind.name, metadata, custom=True) if failure.reason]
    failures = [*own, *findings.missing, *value_failures(bare, schema)]
    if not failures:
        return None
    return ApiError(invalid_object(f"{kind.name}.{kind.group}", str(metadata.get("name", "")), failures))


def _misfit(kind: GroupVersionKind, metadata: Manifest, findings: Findings) -> ApiError | None:
    where = (
        f"{metadata.get('namespace', '')}/{metadata.get('name', '')}; {kind.group}/{kind.version}, "
        f"Kind={kind.name}"
    )
    if findings.misfits:
        # structuredMergeManager.Apply in k8s.io/apimachinery,
        # pkg/util/managedfields/internal/structuredmerge.go
        first = (
            findings.misfits[0] if len(findings.misfits) == 1 else "\n  ".join(["errors:", *findings.misfits])
        )
        return ApiError(f"failed to create typed patch object ({where}): {first}", INTERNAL)
    if findings.undecodable:
        # toVersioned there, and unstructuredToTyped in pkg/runtime/scheme.go
        version = f"{kind.group}/{kind.version}, Kind={kind.name}"
        why = f"unable to convert unstructured object to {version}: {findings.undecodable[0]}"
        return ApiError(f"failed to convert new object ({where}) to proper version: {why}", INTERNAL)
    return None


def security(manifest: Manifest, minor: int, look: Lookup) -> Verdict:
    """The verdict of Pod Security on a pod, or on an owner of pods, in its namespace."""
    kind, bare = GroupVersionKind.of(manifest), veiled(manifest)
    pod = bare if kind == POD else template_of(kind.group, kind.name, bare)
    if pod is None:
        return Verdict()
    policy = Policy.of(look(NAMESPACE, "", str(mapping(bare.get("metadata")).get("namespace", ""))))
    annotations = mapping(mapping(pod.get("metadata")).get("annotations"))
    return verdict(policy, annotations, mapping(pod.get("spec")), minor, enforced=kind == POD)


def missing_account(spec: Manifest, namespace: str, look: Lookup) -> str:
    """The reason that a pod's ServiceAccount is refused; empty if it exists.

    plugin/pkg/admission/serviceaccount/admission.go; kubernetes/kubernetes#75117 has the text.
    """
    account = spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"
    if is_hashed(account) or look(SERVICE_ACCOUNT, namespace, str(account)) is not None:
        return ""
    shown = masked(account)
    return f'error looking up service account {namespace}/{shown}: serviceaccount "{shown}" not found'


def failed_create(manifest: Manifest, minor: int, look: Lookup, mutate: Mutate) -> str:
    """Message of the FailedCreate event of an owner; empty if its pods are admitted or it has none.

    kubernetes/kubernetes, pkg/controller/controller_utils.go and
    pkg/controller/statefulset/stateful_pod_control.go; giantswarm/kube-stresscheck#7,
    openshift/microshift#1163 and rancher/k3k#578 show them.
    """
    kind, bare = GroupVersionKind.of(manifest), veiled(manifest)
    template = template_of(kind.group, kind.name, bare) if kind.name in OWNERS else None
    spec = mapping(bare.get("spec"))
    if template is None or 0 in (spec.get("replicas"), spec.get("parallelism")):
        return ""
    metadata, pod = mapping(bare.get("metadata")), mapping(template.get("spec"))
    owner, namespace = str(metadata.get("name", "")), str(metadata.get("namespace", ""))
    if kind.name == "StatefulSet":
        name = generated = f"{owner}-{mapping(spec.get('ordinals')).get('start', 0)}"
        doing = f"create Pod {name} in StatefulSet {owner} failed error: "
    else:
        generated = f"{replica_set(namespace, owner)}-" if kind.name == "Deployment" else f"{owner}-"
        name, doing = generated + _letters(_GENERATED, namespace, owner, "pod"), "Error creating: "
    if why := missing_account(pod, namespace, look):
        # This plug-in runs before the rest of the name is generated.
        return f'{doing}pods "{generated}" is forbidden: {why}'
    as_pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**mapping(template.get("metadata")), "namespace": namespace},
        "spec": pod,
    }
    named = {"name": name} if kind.name == "StatefulSet" else {}
    try:
        mutated = mutate({**as_pod, "metadata": {**as_pod["metadata"], **named}})
    except DeniedError as denied:
        return f"{doing}{denied}"
    changed = mapping(mutated.get("spec"))
    if kind.name == "StatefulSet" or changed != pod:
        # A template has been validated with its owner, but before 1.34 not that of a StatefulSet.
        added = [
            _claimed(text(mapping(c.get("metadata")), "name"))
            for c in mappings(spec.get("volumeClaimTemplates"))
        ]
        made = {**as_pod, "spec": {**changed, "volumes": [*added, *mappings(changed.get("volumes"))]}}
        if failures := list(object_failures("", "Pod", made, minor)):
            return doing + invalid_object("Pod", name, failures)
    as_pod["spec"] = changed
    why = security(as_pod, minor, look).refusal
    return f'{doing}pods "{name}" is forbidden: {why}' if why else ""


def _claimed(name: str) -> Manifest:
    """The volume of a claim that a StatefulSet makes of a template."""
    return {"name": name, "persistentVolumeClaim": {"claimName": name}}


def replica_set(namespace: str, deployment: str) -> str:
    """Name of a Deployment's ReplicaSet.

    In a cluster it ends in a hash of the template, here in one of the names.
    """
    return f"{deployment}-{_letters(10, namespace, deployment)}"


def pod_name(owner: Manifest, generation: int) -> str:
    """Name of the pod that an owner makes of its template in this generation."""
    kind, metadata = GroupVersionKind.of(owner), mapping(owner.get("metadata"))
    name, namespace = str(metadata.get("name", "")), str(metadata.get("namespace", ""))
    if kind.name == "StatefulSet":
        return f"{name}-{mapping(mapping(owner.get('spec')).get('ordinals')).get('start', 0)}"
    generated = replica_set(namespace, name) if kind.name == "Deployment" else name
    return f"{generated}-{_letters(_GENERATED, namespace, name, 'pod', str(generation))}"


def _letters(length: int, *parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:length]


def _images(pod: Manifest | None) -> Any:
    """Images of a pod. Pod Security checks an update only if they change (isSignificantPodUpdate)."""
    if pod is None:
        return None
    return [
        [c.get("image") for c in mappings(mapping(pod.get("spec")).get(kind))]
        for kind in ("initContainers", "containers")
    ]
