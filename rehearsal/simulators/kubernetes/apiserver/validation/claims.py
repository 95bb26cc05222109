"""Claims of volumes, and templates of them: ValidatePersistentVolumeClaimSpec,
ValidatePersistentVolumeClaimTemplate in kubernetes/kubernetes 1.36.3, pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    forbidden,
    invalid,
    mapping,
    masked,
    required,
    text,
    texts,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.names import annotation_failures
from rehearsal.simulators.kubernetes.apiserver.validation.quantity import canonical, parse
from rehearsal.simulators.kubernetes.apiserver.validation.selectors import label_failures, selector_failures
from rehearsal.simulators.shape import Failure

_MODES: Final = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_IN_TEMPLATES: Final = ("annotations", "labels")
_CLAIM: Final = "PersistentVolumeClaim"


def claim_failures(manifest: Mapping[str, Any], _: int) -> Iterator[Failure]:
    return spec_failures(mapping(manifest.get("spec")), "spec")


def template_failures(template: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """The template of an ephemeral volume."""
    metadata = mapping(template.get("metadata"))
    yield from annotation_failures(metadata.get("annotations"), f"{path}.metadata.annotations")
    yield from label_failures(metadata.get("labels"), f"{path}.metadata.labels")
    for name, value in metadata.items():
        if name not in _IN_TEMPLATES and value not in ("", 0, None):
            yield forbidden(f"{path}.metadata.{name}", "cannot be set")
    yield from spec_failures(mapping(template.get("spec")), f"{path}.spec")


def spec_failures(spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    modes = texts(spec.get("accessModes"))
    if not modes:
        yield required(f"{path}.accessModes", "at least 1 access mode is required")
    yield from selector_failures(spec.get("selector"), f"{path}.selector")
    yield from (unsupported(f"{path}.accessModes", mode, _MODES) for mode in modes if mode not in _MODES)
    if "ReadWriteOncePod" in modes and {*modes} & set(_MODES[:3]):
        yield forbidden(f"{path}.accessModes", "may not use ReadWriteOncePod with other access modes")
    requests, place = mapping(mapping(spec.get("resources")).get("requests")), f"{path}.resources[storage]"
    if "storage" not in requests:
        yield required(place)
    elif (amount := parse(requests["storage"])) is not None and amount <= 0:
        shown = masked(requests["storage"])
        shown = canonical(shown) if shown is requests["storage"] else shown
        yield invalid(place, shown, "must be greater than zero")
    for name in ("storageClassName", "volumeAttributesClassName"):
        if value := text(spec, name):
            yield from wrong(f"{path}.{name}", value, content.subdomain(value))
    if (mode := spec.get("volumeMode", "Filesystem")) not in ("Block", "Filesystem"):
        yield unsupported(f"{path}.volumeMode", mode, ("Block", "Filesystem"))
    yield from _sources(spec, path)


def _sources(spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    source, reference = spec.get("dataSource"), spec.get("dataSourceRef")
    for name, value in (("dataSource", source), ("dataSourceRef", reference)):
        if isinstance(value, Mapping):
            yield from _source(value, f"{path}.{name}")
    if isinstance(source, Mapping) and isinstance(reference, Mapping):
        if text(reference, "namespace"):
            why = "may not be specified when dataSourceRef.namespace is specified"
            yield invalid(path, f"{path}.dataSource", why)
        elif any(source.get(name) != reference.get(name) for name in ("apiGroup", "kind", "name")):
            yield invalid(path, f"{path}.dataSource", "must match dataSourceRef")


def _source(source: Mapping[str, Any], path: str) -> Iterator[Failure]:
    kind, group = text(source, "kind"), text(source, "apiGroup")
    yield from (required(f"{path}.{name}") for name in ("name", "kind") if not text(source, name))
    if not group and kind != _CLAIM:
        yield invalid(path, kind, f"must be '{_CLAIM}' when referencing the default apiGroup")
    if group:
        yield from wrong(f"{path}.apiGroup", group, content.subdomain(group))
    if namespace := text(source, "namespace"):
        yield from wrong(f"{path}.namespace", namespace, content.label(namespace))
