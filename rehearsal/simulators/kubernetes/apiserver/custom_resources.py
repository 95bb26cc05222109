"""Custom resources as their definitions declare them.

Unknown fields and wrong types are refused in the words of server-side apply, as for built-in types.
Everything else that a schema requires is refused in the words of k8s.io/apiextensions-apiserver,
pkg/apiserver/validation (yugabyte/yugabyte-db#6349 shows the form).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.simulators.kubernetes.api.fields import invalid, is_hashed, unsupported
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.apiserver.go_regexp import matches
from rehearsal.simulators.kubernetes.apiserver.typed import Findings, Schema, findings
from rehearsal.simulators.shape import Failure

# libyaml reads the definitions in a tenth of the time; it may be missing where PyYAML was built without it.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_METADATA: Final = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_OF_EVERY_OBJECT: Final[Schema] = {
    "apiVersion": {"type": "string"},
    "kind": {"type": "string"},
    "metadata": {"$ref": f"#/$defs/{_METADATA}"},
}


def schemas_of(definition: Mapping[str, Any]) -> dict[GroupVersionKind, Schema]:
    """Schemas of a CustomResourceDefinition by version."""
    spec = definition.get("spec") or {}
    name = (spec.get("names") or {}).get("kind", "")
    return {
        GroupVersionKind(spec.get("group", ""), version["name"], name): schema
        for version in spec.get("versions") or ()
        if (schema := (version.get("schema") or {}).get("openAPIV3Schema")) is not None
    }


@cache
def schemas_in(folder: Path) -> Mapping[GroupVersionKind, Schema]:
    """Schemas of all definitions in a folder, which need not exist."""
    schemas: dict[GroupVersionKind, Schema] = {}
    for file in folder.glob("*.yaml"):
        schemas |= schemas_of(yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER))
    return schemas


def custom_findings(manifest: Mapping[str, Any], schema: Schema, types: Mapping[str, Schema]) -> Findings:
    """Problems of a custom resource, whose secrets are still marked.

    `apiVersion`, `kind` and `metadata` need no declaration: they are what the built-in `types` say.
    """
    properties = {**(schema.get("properties") or {}), **_OF_EVERY_OBJECT}
    return findings(manifest, "", {**types, "": {"type": "object", **schema, "properties": properties}})


def value_failures(value: Any, schema: Schema, path: str = "") -> Iterator[Failure]:
    """Values that break a rule of the schema beyond their type. `value` is `veiled`."""
    if is_hashed(value):
        return
    if isinstance(value, Mapping):
        properties, more = schema.get("properties") or {}, schema.get("additionalProperties")
        for name, item in value.items():
            below = properties.get(name, more)
            if isinstance(below, Mapping):
                yield from value_failures(item, below, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        below = schema.get("items") or {}
        for index, item in enumerate(value):
            place = f"{path}[{index}]"
            if item is None and below.get("type") and not below.get("nullable"):
                yield invalid(place, "null", f'{place} in body must be of type {below["type"]}: "null"')
            else:
                yield from value_failures(item, below, place)
    allowed = schema.get("enum")
    if allowed is not None and value not in allowed:
        yield unsupported(path, value, [str(item) for item in allowed])
    pattern = schema.get("pattern")
    if pattern is not None and isinstance(value, str) and not matches(pattern, value):
        yield invalid(path, value, f"{path} in body should match '{pattern}'")
    yield from _size_failures(value, schema, path)


def _size_failures(value: Any, schema: Schema, path: str) -> Iterator[Failure]:
    """Texts, lists and objects of a wrong size.

    kubeOpenAPIResultToFieldErrors in validation.go there; the forms are those of TooLong and TooMany in
    field/errors.go.
    """
    if isinstance(value, str):
        least, most = schema.get("minLength"), schema.get("maxLength")
        if least is not None and len(value) < least:
            yield invalid(path, value, f"{path} in body should be at least {least} chars long")
        if most is not None and len(value) > most:
            yield Failure(path, f"{path}: Too long: may not be more than {most} bytes")
    for type_, what, keys in (
        (Mapping, "properties", ("minProperties", "maxProperties")),
        (list, "items", ("minItems", "maxItems")),
    ):
        if not isinstance(value, type_):
            continue
        least, most = (schema.get(key) for key in keys)
        if least is not None and len(value) < least:
            yield Failure(
                path,
                f"{path}: Invalid value: {len(value)}: {path} in body should have at least {least} {what}",
            )
        if most is not None and len(value) > most:
            yield Failure(
                path,
                f"{path}: Too many: {len(value)}: must have at most {most} item{'' if most == 1 else 's'}",
            )


def defaulted(value: Any, schema: Schema) -> Any:
    """The value as the API server stores it: with the defaults of its schema, outermost first.

    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting
    """
    if isinstance(value, Mapping):
        properties, more = schema.get("properties") or {}, schema.get("additionalProperties")
        absent = {
            name: below["default"]
            for name, below in properties.items()
            if "default" in below and value.get(name) is None
        }
        present = {name: item for name, item in value.items() if item is not None}
        below = {
            name: properties.get(name, more if isinstance(more, Mapping) else {})
            for name in (*present, *absent)
        }
        return {name: defaulted(item, below[name]) for name, item in {**present, **absent}.items()}
    if isinstance(value, list):
        return [defaulted(item, schema.get("items") or {}) for item in value]
    return value
