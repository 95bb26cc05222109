"""Values that do not fit their declared type: unknown fields, wrong types, missing fields.

Words: server-side apply (sigs.k8s.io/structured-merge-diff, typed/validate.go and typed/helpers.go;
kubernetes/kubernetes#122480 shows a whole message). Values in secrets are never shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import MASK, is_hashed, required
from rehearsal.simulators.kubernetes.apiserver.validation.quantity import problem
from rehearsal.simulators.shape import Failure
from rehearsal.simulators.wire import UNKNOWN, Secret

_BITS: Final = {"int32": 31, "int64": 63}
_KEY_DEFAULTS: Final[Mapping[str, Any]] = {"protocol": "TCP"}
_QUANTITY: Final = "io.k8s.apimachinery.pkg.api.resource.Quantity"

Schema = Mapping[str, Any]


@dataclass
class Findings:
    """Problems of an object by the stage at which the API server finds them; it reports all problems of one
    stage.
    """

    misfits: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    """Those misfits that are about lists with keys, which only server-side apply knows."""
    undecodable: list[str] = field(default_factory=list)
    missing: list[Failure] = field(default_factory=list)


def findings(value: Any, type_name: str, types: Mapping[str, Schema]) -> Findings:
    """Problems of a value that should be of the named type. Unknown and hashed values fit any type."""
    walk = _Walk(types)
    walk.value(value, _Declared(type_name, types[type_name]), _At())
    return walk.findings


def declared_part(value: Any, type_name: str, types: Mapping[str, Schema]) -> Any:
    """The value without fields that its type does not declare, at any depth; nothing else is checked."""
    return _declared_part(value, {"$ref": f"#/{type_name}"}, types)


def _declared_part(value: Any, schema: Schema, types: Mapping[str, Schema]) -> Any:
    if isinstance(value, Secret):
        return Secret(_declared_part(value.value, schema, types))
    if reference := schema.get("$ref"):
        schema = types[reference.rsplit("/", 1)[1]]
    if isinstance(value, list):
        return [_declared_part(item, schema.get("items", {}), types) for item in value]
    properties, more = schema.get("properties"), schema.get("additionalProperties")
    if not isinstance(value, Mapping) or (properties is None and not isinstance(more, Mapping)):
        return value
    below = {name: (properties or {}).get(name, more) for name in value}
    return {
        name: _declared_part(item, below[name], types)
        for name, item in value.items()
        if isinstance(below[name], Mapping)
    }


@dataclass(frozen=True)
class _Declared:
    """A type and the name under which it is declared."""

    name: str
    schema: Schema


@dataclass(frozen=True)
class _At:
    """A place in the object, as server-side apply, validation and Go's decoder write it."""

    applied: str = ""
    validated: str = ""
    decoded: str = ""
    hidden: bool = False

    def field(self, name: str) -> _At:
        return _At(
            f"{self.applied}.{name}",
            f"{self.validated}.{name}".lstrip("."),
            f"{self.decoded}.{name}".lstrip("."),
            self.hidden,
        )

    def item(self, index: int, element: str) -> _At:
        return _At(f"{self.applied}{element}", f"{self.validated}[{index}]", self.decoded, self.hidden)


class _Walk:
    def __init__(self, types: Mapping[str, Schema]) -> None:
        self._types = types
        self.findings = Findings()

    def value(self, value: Any, declared: _Declared, at: _At, owner: str = "") -> None:
        while isinstance(value, Secret):
            value, at = value.value, _At(at.applied, at.validated, at.decoded, hidden=True)
        if value is None or value is UNKNOWN or is_hashed(value):
            return
        if reference := declared.schema.get("$ref"):
            name = reference.rsplit("/", 1)[1]
            declared = _Declared(name, self._types[name])
        schema = declared.schema
        types = schema.get("type", [])
        kind = types if isinstance(types, str) else next((name for name in types if name != "null"), "")
        if "oneOf" in schema or schema.get("format") == "date-time":
            self._scalar(value, declared, at)
        elif kind == "object":
            self._object(value, declared, at)
        elif kind == "array":
            self._list(value, schema, at, owner)
        elif kind == "string" and not isinstance(value, str):
            self._misfit(at, f"expected string, got &value.valueUnstructured{{Value:{_go(value, at)}}}")
        elif kind == "boolean" and not isinstance(value, bool):
            self._misfit(at, f"expected boolean, got &{{{_go(value, at, quote=False)}}}")
        elif kind in ("integer", "number"):
            self._number(value, kind, schema, at, owner)

    def _misfit(self, at: _At, text: str, *, ambiguous: bool = False) -> None:
        self.findings.misfits.append(f"{at.applied}: {text}")
        if ambiguous:
            self.findings.ambiguous.append(self.findings.misfits[-1])

    def _scalar(self, value: Any, declared: _Declared, at: _At) -> None:
        if isinstance(value, Mapping | list):
            self._misfit(at, f"expected any scalar, got &{{{_go(value, at, quote=False)}}}")
        elif declared.name == _QUANTITY and (why := problem(value)):
            self.findings.undecodable.append(why)

    def _number(self, value: Any, kind: str, schema: Schema, at: _At, owner: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._misfit(at, f"expected numeric (int or float), got {_go_type(value)}")
        elif kind == "integer":
            whole = schema.get("format", "int32")
            if not float(value).is_integer() or not -(2 ** _BITS[whole]) <= value < 2 ** _BITS[whole]:
                # encoding/json, UnmarshalTypeError
                number, name = MASK if at.hidden else value, owner.rsplit(".", 1)[-1]
                self.findings.undecodable.append(
                    f"json: cannot unmarshal number {number} into Go struct field {name}.{at.decoded} of "
                    f"type {whole}"
                )

    def _object(self, value: Any, declared: _Declared, at: _At) -> None:
        properties, more = declared.schema.get("properties"), declared.schema.get("additionalProperties")
        if properties is None and not isinstance(more, Mapping):
            return  # raw JSON: anything fits
        if not isinstance(value, Mapping):
            self._misfit(at, f"expected map, got &{{{_go(value, at, quote=False)}}}")
            return
        for name, item in value.items():
            if properties is not None and name in properties:
                self.value(item, _Declared("", properties[name]), at.field(name), declared.name)
            elif isinstance(more, Mapping):
                self.value(item, _Declared("", more), at.field(name), declared.name)
            elif item is not None and not declared.schema.get("x-kubernetes-preserve-unknown-fields"):
                # structured-merge-diff stops at the first one in a map; this walk reports the others as well.
                self._misfit(at.field(name), "field not declared in schema")
        for name in declared.schema.get("required", ()):
            if value.get(name) is None:
                self.findings.missing.append(required(at.field(name).validated))

    def _list(self, value: Any, schema: Schema, at: _At, owner: str) -> None:
        if not isinstance(value, list):
            self._misfit(at, f"expected list, got &{{{_go(value, at, quote=False)}}}")
            return
        keys, seen = schema.get("x-kubernetes-list-map-keys", ()), set[str]()
        for index, item in enumerate(value):
            element = f"[{index}]"
            bare = item.value if isinstance(item, Secret) else item
            hidden = at.hidden or isinstance(item, Secret)
            if keys and isinstance(bare, Mapping):
                values = {name: bare.get(name, _KEY_DEFAULTS.get(name)) for name in sorted(keys)}
                if all(key is None for key in values.values()):
                    names = " ".join(f'"{name}"' for name in keys)
                    missing = (
                        f"omits all key fields [{names}] (and doesn't have default values for any key fields)"
                    )
                    text = f"element {index}: associative list with keys has an element that {missing}"
                    self._misfit(at, text, ambiguous=True)
                    continue
                element = (
                    "["
                    + ",".join(
                        f"{name}={_key(key, hidden)}" for name, key in values.items() if key is not None
                    )
                    + "]"
                )
                identity = repr(list(values.values()))
            elif schema.get("x-kubernetes-list-type") == "set":
                element, identity = f"[={_key(bare, hidden)}]", repr(bare)
            else:
                identity = element
            if identity in seen:
                self._misfit(at, f"duplicate entries for key {element}", ambiguous=True)
            seen.add(identity)
            self.value(item, _Declared("", schema["items"]), at.item(index, element), owner)


def _key(value: Any, hidden: bool) -> str:
    if hidden or isinstance(value, Secret) or is_hashed(value):
        return MASK
    return json.dumps(value, ensure_ascii=False)


def _go(value: Any, at: _At, *, quote: bool = True) -> str:
    """The value as Go's %#v prints it; without `quote` as its %v does."""
    if at.hidden or isinstance(value, Secret):
        return MASK
    if isinstance(value, Mapping):
        items = [
            f"{json.dumps(n) if quote else n}:{_go(v, at, quote=quote)}" for n, v in sorted(value.items())
        ]
        return f"map[string]interface {{}}{{{', '.join(items)}}}" if quote else f"map[{' '.join(items)}]"
    if isinstance(value, list):
        items = [_go(item, at, quote=quote) for item in value]
        return f"[]interface {{}}{{{', '.join(items)}}}" if quote else f"[{' '.join(items)}]"
    return json.dumps(value, ensure_ascii=False) if quote or not isinstance(value, str) else value


def _go_type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    return {str: "string", list: "[]interface {}"}.get(type(value), "map[string]interface {}")
