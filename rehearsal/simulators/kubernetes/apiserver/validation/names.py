"""Validation of metadata: names, labels, annotations, owners, finalizers. Pure, in the API server's words.

https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ (subdomain, label, path segment)
k8s.io/apimachinery v0.36.3, pkg/api/validation/objectmeta.go; kubernetes/kubernetes 1.36.3,
pkg/apis/core/validation/validation.go: ValidateObjectMeta, validateKubeFinalizerName. Formats: content.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    invalid,
    mapping,
    mappings,
    not_negative,
    required,
    text,
    texts,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.selectors import label_failures
from rehearsal.simulators.shape import Failure

_NAMED_AS_LABELS: Final = frozenset({"Namespace", "Service", "StatefulSet"})
"""Before Kubernetes 1.36 a Service's name has to begin with a letter as well: service.py checks that."""
_NAMED_AS_PATH_SEGMENTS: Final = frozenset(
    # roles and bindings: kubernetes.io/docs/reference/access-authn-authz/rbac/#api-overview; the last two
    # hold colons
    {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "ClusterTrustBundle", "IPAddress"}
)
_LONGEST_CRON_JOB: Final = 52
"""https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ (11 characters are appended)"""
_MOST_ANNOTATIONS: Final = 256 * 1024
_TEMPLATES: Final = (("spec", "template"), ("spec", "jobTemplate", "spec", "template"))
_FINALIZERS: Final = ("kubernetes", "orphan", "foregroundDeletion")


def name_failures(manifest: Mapping[str, Any]) -> Iterator[Failure]:
    """Problems of an object's metadata and of the pod templates in it. Unknown values fit."""
    yield from metadata_failures(str(manifest.get("kind", "")), mapping(manifest.get("metadata")))
    for path in _TEMPLATES:
        template: Any = manifest
        for step in path:
            template = template.get(step) if isinstance(template, Mapping) else None
        if isinstance(template, Mapping):
            yield from template_metadata_failures(mapping(template.get("metadata")), ".".join(path))


def metadata_failures(kind: str, metadata: Mapping[str, Any], *, custom: bool = False) -> Iterator[Failure]:
    """ValidateObjectMeta. A missing namespace is not checked: the provider fills it in.

    Finalizers of a custom resource need no domain.
    """
    path = "metadata"
    if isinstance(prefix := metadata.get("generateName"), str) and prefix:
        masked = f"{prefix[:-2]}a" if len(prefix) > 1 and prefix.endswith("-") else prefix
        yield from wrong(f"{path}.generateName", prefix, _wrong_with_name(kind, masked))
    if isinstance(name := metadata.get("name"), str):
        if name:
            yield from wrong(f"{path}.name", name, _wrong_with_name(kind, name))
        else:
            yield required(f"{path}.name", "name or generateName is required")
    if isinstance(namespace := metadata.get("namespace"), str) and namespace:
        yield from wrong(f"{path}.namespace", namespace, content.label(namespace))
    yield from not_negative(metadata, path, "generation")
    yield from label_failures(metadata.get("labels"), f"{path}.labels")
    yield from annotation_failures(metadata.get("annotations"), f"{path}.annotations")
    yield from _owner_failures(metadata.get("ownerReferences"), f"{path}.ownerReferences")
    finalizers = texts(metadata.get("finalizers"))
    yield from _finalizer_failures(finalizers, f"{path}.finalizers", custom=custom)
    if kind == "CronJob" and isinstance(name, str) and len(name) > _LONGEST_CRON_JOB:
        yield invalid(f"{path}.name", name, f"must be no more than {_LONGEST_CRON_JOB} characters")


def template_metadata_failures(metadata: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """Labels and annotations of a pod template: the API server leaves `metadata` out of their paths."""
    yield from label_failures(metadata.get("labels"), f"{path}.labels")
    yield from annotation_failures(metadata.get("annotations"), f"{path}.annotations")


def annotation_failures(annotations: Any, path: str) -> Iterator[Failure]:
    for key in mapping(annotations):
        # Unlike a label's, the prefix of an annotation may have capitals.
        yield from wrong(path, key, content.qualified_name(key.lower()))
    size = sum(
        len(key.encode()) + len(value.encode())
        for key, value in mapping(annotations).items()
        if isinstance(value, str)
    )
    if size > _MOST_ANNOTATIONS:
        yield Failure(path, f"{path}: Too long: may not be more than {_MOST_ANNOTATIONS} bytes")


def finalizer_failures(name: str, path: str, item: str) -> Iterator[Failure]:
    """ValidateFinalizerName, validateKubeFinalizerName; `item` is the path of the second."""
    yield from wrong(path, name, content.qualified_name(name))
    if "/" not in name and name not in _FINALIZERS:
        yield invalid(item, name, "name is neither a standard finalizer name nor is it fully qualified")


def _wrong_with_name(kind: str, name: str) -> Iterator[str]:
    if kind in _NAMED_AS_PATH_SEGMENTS:
        return content.path_segment(name)
    return content.label(name) if kind in _NAMED_AS_LABELS else content.subdomain(name)


def _owner_failures(owners: Any, path: str) -> Iterator[Failure]:
    controller = ""
    for owner in mappings(owners):
        version = text(owner, "apiVersion")
        if not version.rpartition("/")[2] or version.count("/") > 1:
            yield invalid(f"{path}.apiVersion", text(owner, "apiVersion"), "version must not be empty")
        for name in ("kind", "name", "uid"):
            if not text(owner, name):
                yield invalid(f"{path}.{name}", "", "must not be empty")
        if (owner.get("apiVersion"), owner.get("kind")) == ("v1", "Event"):
            yield invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner")
        if owner.get("controller") is True:
            current = f"{text(owner, 'kind')}/{text(owner, 'name')}"
            if controller:
                yield invalid(
                    path,
                    owners,
                    'Only one reference can have Controller set to true. Found "true" in references for '
                    f"{controller} and {current}",
                )
            controller = controller or current


def _finalizer_failures(names: list[str], path: str, *, custom: bool) -> Iterator[Failure]:
    for index, name in enumerate(names):
        if custom:
            yield from wrong(path, name, content.qualified_name(name))
        else:
            yield from finalizer_failures(name, path, f"{path}[{index}]")
    if {"orphan", "foregroundDeletion"} <= set(names):
        yield invalid(path, names, "finalizer orphan and foregroundDeletion cannot be both set")
