"""CustomResourceDefinitions of the operators' kinds, from the upstream files beside the simulated ones."""

from __future__ import annotations

from typing import Any

import yaml

from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind, definition_of
from rehearsal.simulators.kubernetes.api.store import ObjectStore
from rehearsal.simulators.kubernetes.apiserver.custom_resources import schemas_of
from rehearsal.simulators.kubernetes.apiserver.discovery import custom_kind
from rehearsal.simulators.kubernetes.registry import controllers


def definition_for(objects: ObjectStore, kind: GroupVersionKind) -> dict[str, Any]:
    """The upstream file that has the kind; one without a schema for kinds that have no file."""
    for folder in {controller.crds() for controller in controllers()}:
        for file in folder.glob("*.yaml"):
            definition = yaml.safe_load(file.read_text(encoding="utf-8"))
            if kind in schemas_of(definition):
                return definition
    custom = custom_kind(objects, kind)
    assert custom is not None, "an operator serves the kind"
    return with_schemas(definition_of(custom))


def with_schemas(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition that a real API server takes: each version with a schema, here one that allows all."""
    free = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    spec = definition["spec"]
    plural = spec["names"]["plural"]
    versions = [{"schema": free, **version} for version in spec["versions"]]
    return {
        **definition,
        "spec": {**spec, "names": {"plural": plural, **spec["names"]}, "versions": versions},
    }
