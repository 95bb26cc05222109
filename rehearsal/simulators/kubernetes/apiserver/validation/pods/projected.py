"""Volumes of files from several sources: validateProjectionSources, validateDownwardAPIVolumeFile,
validateKeyToPath in kubernetes/kubernetes 1.36.3, pkg/apis/core/validation/validation.go. The sources
`clusterTrustBundle` and `podCertificate` are behind gates that are off; the API server drops them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    forbidden,
    invalid,
    mapping,
    mappings,
    number,
    required,
    text,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.pods.environment import (
    FIELDS_OF_VOLUMES,
    field_failures,
    resource_failures,
)
from rehearsal.simulators.shape import Failure

_MODE: Final = "must be a number between 0 and 0777 (octal), both inclusive"
_TWICE: Final = "conflicting duplicate paths"
_SOURCES: Final = ("secret", "configMap", "downwardAPI", "serviceAccountToken")


def mode_failures(values: Mapping[str, Any], name: str, path: str) -> Iterator[Failure]:
    mode = number(values, name)
    if mode is not None and not 0 <= mode <= 0o777:
        yield invalid(f"{path}.{name}", mode, _MODE)


def item_failures(items: Any, path: str) -> Iterator[Failure]:
    """Keys and their paths in a Secret or ConfigMap."""
    for index, item in enumerate(mappings(items)):
        place, where = f"{path}[{index}]", text(item, "path")
        if not text(item, "key"):
            yield required(f"{place}.key")
        if not where:
            yield required(f"{place}.path")
        yield from wrong(f"{place}.path", where, content.free_path(where))
        yield from mode_failures(item, "mode", place)


def downward_failures(items: Any, path: str) -> Iterator[Failure]:
    """Files of the pod's own fields. The API server leaves the index out of the path."""
    for item in mappings(items):
        if not (where := text(item, "path")):
            yield required(f"{path}.path")
        yield from wrong(f"{path}.path", where, content.free_path(where))
        field, resource = item.get("fieldRef"), item.get("resourceFieldRef")
        if field is not None:
            yield from field_failures(mapping(field), FIELDS_OF_VOLUMES, f"{path}.fieldRef")
            if resource is not None:
                why = "fieldRef and resourceFieldRef can not be specified simultaneously"
                yield invalid(path, "resource", why)
        elif resource is not None:
            yield from resource_failures(mapping(resource), f"{path}.resourceFieldRef", in_volume=True)
        else:
            yield required(path, "one of fieldRef and resourceFieldRef is required")
        yield from mode_failures(item, "mode", path)


def projected_failures(volume: Mapping[str, Any], path: str) -> Iterator[Failure]:
    yield from mode_failures(volume, "defaultMode", path)
    paths: set[str] = set()
    for index, source in enumerate(mappings(volume.get("sources"))):
        place = f"{path}.sources[{index}]"
        for kind in ("secret", "configMap"):
            if isinstance(inner := source.get(kind), Mapping):
                yield from _files(inner, path, f"{place}.{kind}", paths)
        if isinstance(inner := source.get("downwardAPI"), Mapping):
            yield from downward_failures(inner.get("items"), f"{place}.downwardAPI")
            for item in mappings(inner.get("items")):
                where = text(item, "path")
                yield from _twice(where, where, path, paths)
        if isinstance(inner := source.get("serviceAccountToken"), Mapping):
            yield from _token(inner, path, f"{place}.serviceAccountToken")
        if sum(kind in source for kind in _SOURCES) > 1:
            yield forbidden(place, "may not specify more than 1 volume type per source")


def _files(source: Mapping[str, Any], path: str, place: str, paths: set[str]) -> Iterator[Failure]:
    name = text(source, "name")
    if not name:
        yield required(f"{place}.name")
    yield from item_failures(source.get("items"), f"{place}.items")
    for item in mappings(source.get("items")):
        yield from _twice(text(item, "path"), name, path, paths)


def _twice(where: str, shown: str, path: str, paths: set[str]) -> Iterator[Failure]:
    if where and where in paths:
        yield invalid(path, shown, _TWICE)
    paths.add(where)


def _token(token: Mapping[str, Any], path: str, place: str) -> Iterator[Failure]:
    seconds = number(token, "expirationSeconds")
    if seconds is not None and seconds < 600:
        why = "may not specify a duration less than 10 minutes"
        yield invalid(f"{place}.expirationSeconds", seconds, why)
    if seconds is not None and seconds > 1 << 32:
        why = "may not specify a duration larger than 2^32 seconds"
        yield invalid(f"{place}.expirationSeconds", seconds, why)
    if not (where := text(token, "path")):
        yield required(f"{path}.path")
    else:
        yield from wrong(f"{path}.path", where, content.free_path(where))
