"""Custom resources as their definitions declare them.

The definitions are those of crds/, and CustomResourceDefinition objects of the cluster. Unknown fields and wrong types are said as of
built-in types: in the words of server-side apply. What else a schema says is said in the words of
k8s.io/apiextensions-apiserver, pkg/apiserver/validation (yugabyte/yugabyte-db#6349 shows the form).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.simulators.kubernetes.fields import invalid, is_sealed, shown, unsupported
from rehearsal.simulators.kubernetes.kinds import Kind
from rehearsal.simulators.kubernetes.typed import Findings, Schema, findings
from rehearsal.simulators.shape import Failure

_FOLDER: Final = Path(__file__).parent / "crds"
_OF_EVERY_OBJECT: Final[Schema] = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}


def schema_of(kind: Kind, definitions: Iterable[Mapping[str, Any]]) -> Schema | None:
    """None if nobody knows more than the name of the kind."""
    for definition in definitions:
        if (found := _schemas(definition).get(kind)) is not None:
            return found
    return _shipped().get(kind)


def custom_findings(manifest: Mapping[str, Any], schema: Schema) -> Findings:
    """Secrets in the manifest are still marked. What every object has need not be declared."""
    properties = {**_OF_EVERY_OBJECT, **(schema.get("properties") or {})}
    return findings(manifest, "", {"": {"type": "object", **schema, "properties": properties}})


def value_failures(value: Any, schema: Schema, path: str = "") -> Iterator[Failure]:
    """What a schema says of values beyond their types. `value` is `veiled`."""
    if is_sealed(value):
        return
    if isinstance(value, Mapping):
        properties, more = schema.get("properties") or {}, schema.get("additionalProperties")
        for name, item in value.items():
            below = properties.get(name, more)
            if isinstance(below, Mapping):
                yield from value_failures(item, below, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from value_failures(item, schema.get("items") or {}, f"{path}[{index}]")
    allowed = schema.get("enum")
    if allowed is not None and value not in allowed:
        yield unsupported(path, value, [str(one) for one in allowed])
    pattern = schema.get("pattern")
    if pattern is not None and isinstance(value, str) and not re.search(pattern, value):
        yield invalid(path, value, f"{path} in body should match '{pattern}'")
    least = schema.get("minLength")
    if least is not None and isinstance(value, str) and len(value) < least:
        yield Failure(path, f"{path}: Invalid value: {shown(value)}: {path} in body should be at least {least} chars long")


@cache
def _shipped() -> Mapping[Kind, Schema]:
    found: dict[Kind, Schema] = {}
    for file in _FOLDER.glob("*.yaml"):
        found |= _schemas(yaml.safe_load(file.read_text(encoding="utf-8")))
    return found


def _schemas(definition: Mapping[str, Any]) -> dict[Kind, Schema]:
    spec = definition.get("spec") or {}
    name = (spec.get("names") or {}).get("kind", "")
    return {
        Kind(spec.get("group", ""), version["name"], name): schema
        for version in spec.get("versions") or ()
        if (schema := (version.get("schema") or {}).get("openAPIV3Schema")) is not None
    }
