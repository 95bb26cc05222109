"""The built-in types as an API server of one Kubernetes version declares them.

The declarations are the OpenAPI documents of Kubernetes, as the package kubernetes-validate carries them.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.apiserver.typed import Findings, Schema, findings


@dataclass(frozen=True)
class Declarations:
    """Built-in types by name, and the name of each kind's type."""

    minor: int
    types: Mapping[str, Schema]
    kinds: Mapping[GroupVersionKind, str]

    def serves(self, kind: GroupVersionKind) -> bool:
        return kind in self.kinds

    def check(self, kind: GroupVersionKind, manifest: Mapping[str, Any]) -> Findings:
        return findings(manifest, self.kinds[kind], self.types)


def minor_of(version: str) -> int | None:
    """The minor version, 33 for `1.33.5`; None if the text is no version."""
    parts = version.split(".")
    return int(parts[1]) if len(parts) > 1 and parts[0] == "1" and parts[1].isdigit() else None


def declared(version: str) -> Declarations:
    """Declarations of the nearest version that the package has; of the newest if the text is no version."""
    minors = _minors()
    minor = minor_of(version)
    return _load(max(minors) if minor is None else min(max(minor, min(minors)), max(minors)))


@cache
def _folder() -> Path:
    # Located, not imported: the import would spend a tenth of a second on validators that are not used.
    spec = importlib.util.find_spec("kubernetes_validate")
    if spec is None or not spec.submodule_search_locations:
        raise LookupError("the package kubernetes-validate is not installed; run `make setup`")
    return Path(spec.submodule_search_locations[0]) / "kubernetes-json-schema"


@cache
def _minors() -> frozenset[int]:
    return frozenset(int(path.name.split(".")[1]) for path in _folder().glob("v1.*-local-strict"))


@cache
def _load(minor: int) -> Declarations:
    """Declarations from the package's file, read once per version: each file has more than a megabyte."""
    path = _folder() / f"v1.{minor}.0-local-strict" / "_definitions.json"
    types: dict[str, Schema] = json.loads(path.read_text(encoding="utf-8"))["$defs"]
    kinds = {
        GroupVersionKind(kind["group"], kind["version"], kind["kind"]): name
        for name, schema in types.items()
        for kind in schema.get("x-kubernetes-group-version-kind", ())
    }
    return Declarations(minor, types, kinds)
