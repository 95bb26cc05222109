"""CustomResourceDefinitions of the operators' kinds, from the upstream files beside the simulated ones.

A real operator that runs here brings the files of its own release, which come first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind, definition_of
from rehearsal.simulators.kubernetes.api.store import ObjectStore
from rehearsal.simulators.kubernetes.apiserver.custom_resources import schemas_in, schemas_of
from rehearsal.simulators.kubernetes.apiserver.discovery import custom_kind
from rehearsal.simulators.kubernetes.apiserver.typed import Schema
from rehearsal.simulators.kubernetes.registry import controllers

_APPROVED: Final = "api-approved.kubernetes.io"


def definition_for(
    objects: ObjectStore, kind: GroupVersionKind, folders: Sequence[Path] = ()
) -> dict[str, Any]:
    """The file that has the kind; one without a schema for kinds that have no file.

    `folders`: with the files that come first.
    """
    for definition in _files(folders):
        if kind in schemas_of(definition):
            return definition
    custom = custom_kind(objects, kind)
    assert custom is not None, "an operator serves the kind"
    return _open(definition_of(custom))


def restored_definition(definition: dict[str, Any], folders: Sequence[Path] = ()) -> dict[str, Any]:
    """A definition of an earlier operation or of a --cloud file, as a real API server takes it: each version
    has a schema. Where the world has none, it is that of the file, and without a file one that allows all.
    """
    name = definition["metadata"]["name"]
    own = [known for known in _in(folders) if known["metadata"]["name"] == name]
    if own:
        return own[0]
    if all(schema.get("schema") for schema in definition["spec"]["versions"]):
        return _open(definition)
    known = (known for known in _files(folders) if known["metadata"]["name"] == name)
    return next(known, None) or _open(definition)


def declared(manifest: Mapping[str, Any], folders: Sequence[Path]) -> dict[str, Any]:
    """The object as the definitions of `folders` take it: without the fields that they do not declare and
    that the API server has added, as defaults of another release's definition.
    """
    kind = GroupVersionKind.of(manifest)
    own = [schema for folder in folders if (schema := schemas_in(folder).get(kind)) is not None]
    others = [schema for controller in controllers() if (schema := schemas_in(controller.crds()).get(kind))]
    return _without_defaults(manifest, others[0], own[0]) if own and others else dict(manifest)


def _without_defaults(value: Any, other: Schema, own: Schema) -> Any:
    if isinstance(value, list):
        items = other.get("items") or {}, own.get("items") or {}
        return [_without_defaults(item, *items) for item in value]
    if not isinstance(value, Mapping):
        return value
    there, here = other.get("properties") or {}, own.get("properties") or {}
    return {
        name: _without_defaults(item, there.get(name) or {}, here.get(name) or {})
        for name, item in value.items()
        if name in here or "default" not in there.get(name, {}) or there[name]["default"] != item
    }


def _files(folders: Sequence[Path]) -> Iterator[dict[str, Any]]:
    yield from _in([*folders, *{controller.crds() for controller in controllers()}])


def _in(folders: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for folder in folders:
        for file in sorted(folder.glob("*.yaml")):
            yield yaml.safe_load(file.read_text(encoding="utf-8"))


def _open(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with a schema in each version: one that allows all, where there is none."""
    free = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    spec = definition["spec"]
    plural = spec["names"]["plural"]
    metadata = definition["metadata"]
    if str(spec["group"]).endswith((".k8s.io", ".kubernetes.io")):  # kubernetes/enhancements#1111
        annotations = {_APPROVED: "unapproved", **(metadata.get("annotations") or {})}
        metadata = {**metadata, "annotations": annotations}
    versions = [{"schema": free, **version} for version in spec["versions"]]
    return {
        **definition,
        "metadata": metadata,
        "spec": {**spec, "names": {"plural": plural, **spec["names"]}, "versions": versions},
    }
