"""Values that do not fit their declared type: unknown fields, wrong types, missing fields.

Words: server-side apply (sigs.k8s.io/structured-merge-diff, typed/validate.go and typed/helpers.go;
kubernetes/kubernetes#122480 shows a whole message). Values in secrets are never shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from rehearsal.simulators.kubernetes.api.fields import MASK, is_hashed, required
from rehearsal.simulators.kubernetes.apiserver.validation.quantity import problem
from rehearsal.simulators.shape import Failure
from rehearsal.simulators.wire import UNKNOWN, Secret

_BITS: Final = {"int32": 31, "int64": 63}
_KEY_DEFAULTS: Final[Mapping[str, Any]] = {"protocol": "TCP"}
_INT_OR_STRING: Final = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
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
    wrapped: dict[str, int] = field(default_factory=dict)
    """Path → what Go makes of an integer that its type cannot hold, without a word."""
    missing: list[Failure] = field(default_factory=list)


def findings(value: Any, type_name: str, types: Mapping[str, Schema]) -> Findings:
    """Problems of a value that should be of the named type. Unknown and hashed values fit any type."""
    walk = _Walk(types)
    walk.value(value, _Declared(type_name, types[type_name]), _At())
    return walk.findings


class _Declared(NamedTuple):
    """A type and the name under which it is declared."""

    name: str
    schema: Schema


class _At(NamedTuple):
    """A place in the object, as server-side apply and validation write it."""

    applied: str = ""
    validated: str = ""
    hidden: bool = False

    def field(self, name: str) -> _At:
        return _At(
            f"{self.applied}.{name}",
            f"{self.validated}.{name}".lstrip("."),
            self.hidden,
        )

    def item(self, index: int, element: str) -> _At:
        return _At(f"{self.applied}{element}", f"{self.validated}[{index}]", self.hidden)


class _Walk:
    def __init__(self, types: Mapping[str, Schema]) -> None:
        self._types = types
        self.findings = Findings()

    def value(self, value: Any, declared: _Declared, at: _At) -> None:
        while isinstance(value, Secret):
            value, at = value.value, _At(at.applied, at.validated, hidden=True)
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
            self._list(value, schema, at)
        elif kind == "string" and not isinstance(value, str):
            self._misfit(at, f"expected string, got &value.valueUnstructured{{Value:{_go(value, at)}}}")
        elif schema.get("format") == "byte" and (wrong := _wrong_with_base64(value)) is not None:
            text = f"error decoding from json: illegal base64 data at input byte {wrong}"
            self.findings.undecodable.append(text)
        elif kind == "boolean" and not isinstance(value, bool):
            self._misfit(at, f"expected boolean, got &{{{_go(value, at, quote=False)}}}")
        elif kind in ("integer", "number"):
            self._number(value, kind, schema, at)

    def _misfit(self, at: _At, text: str, *, ambiguous: bool = False) -> None:
        self.findings.misfits.append(f"{at.applied}: {text}")
        if ambiguous:
            self.findings.ambiguous.append(self.findings.misfits[-1])

    def _scalar(self, value: Any, declared: _Declared, at: _At) -> None:
        if declared.name == _INT_OR_STRING:
            self._int_or_string(value, at)
        elif isinstance(value, Mapping | list):
            self._misfit(at, f"expected any scalar, got &{{{_go(value, at, quote=False)}}}")
        elif declared.name == _QUANTITY and (why := problem(value)):
            self.findings.undecodable.append(why)

    def _int_or_string(self, value: Any, at: _At) -> None:
        """UnmarshalJSON in k8s.io/apimachinery, pkg/util/intstr/intstr.go."""
        kinds = {bool: "bool", list: "array", dict: "object"}
        kind = kinds.get(type(value), f"number {MASK if at.hidden else value}")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        whole = number and float(value).is_integer() and -(2**31) <= value < 2**31
        if not whole and not isinstance(value, str):
            text = f"json: cannot unmarshal {kind} into Go value of type int32"
            self.findings.undecodable.append(text)

    def _number(self, value: Any, kind: str, schema: Schema, at: _At) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._misfit(at, f"expected numeric (int or float), got {_go_type(value)}")
        elif kind == "integer":
            whole = schema.get("format", "int32")
            if not float(value).is_integer():
                # fromUnstructured in k8s.io/apimachinery, pkg/runtime/converter.go
                self.findings.undecodable.append(f"cannot convert float64 to {whole}")
            elif not -(2 ** _BITS[whole]) <= value < 2 ** _BITS[whole]:
                half = 2 ** _BITS[whole]
                self.findings.wrapped[at.validated] = (int(value) + half) % (2 * half) - half

    def _object(self, value: Any, declared: _Declared, at: _At) -> None:
        properties, more = declared.schema.get("properties"), declared.schema.get("additionalProperties")
        if properties is None and not isinstance(more, Mapping):
            return  # raw JSON: anything fits
        if not isinstance(value, Mapping):
            self._misfit(at, f"expected map, got &{{{_go(value, at, quote=False)}}}")
            return
        for name, item in value.items():
            if properties is not None and name in properties:
                self.value(item, _Declared("", properties[name]), at.field(name))
            elif isinstance(more, Mapping):
                self.value(item, _Declared("", more), at.field(name))
            elif not declared.schema.get("x-kubernetes-preserve-unknown-fields"):
                # structured-merge-diff stops at the first one in a map; this walk reports the others as well.
                self._misfit(at.field(name), "field not declared in schema")
        for name in declared.schema.get("required", ()):
            if value.get(name) is None:
                self.findings.missing.append(required(at.field(name).validated))

    def _list(self, value: Any, schema: Schema, at: _At) -> None:
        if not isinstance(value, list):
            self._misfit(at, f"expected list, got &{{{_go(value, at, quote=False)}}}")
            return
        keys, seen = schema.get("x-kubernetes-list-map-keys", ()), set[str]()
        for index, item in enumerate(value):
            element = f"[{index}]"
            bare = item.value if isinstance(item, Secret) else item
            hidden = at.hidden or isinstance(item, Secret)
            is_set = schema.get("x-kubernetes-list-type") == "set"
            if bare is None and (keys or is_set):
                text = "with keys may not have a null element"
                text = text if keys else "without keys has an element that's an explicit null"
                self._misfit(at, f"element {index}: associative list {text}", ambiguous=True)
                continue
            if keys and not isinstance(bare, Mapping) and not is_hashed(bare):
                text = f"element {index}: associative list with keys may not have non-map elements"
                self._misfit(at, text)
                continue
            if is_set and isinstance(bare, Mapping):
                text = f"element {index}: associative list without keys has an element that's a map type"
                self._misfit(at, text)
                continue
            if keys and isinstance(bare, Mapping):
                values = {name: bare.get(name, self._default(schema, name)) for name in sorted(keys)}
                if all(key is None for key in values.values()):
                    names = " ".join(f'"{name}"' for name in keys)
                    missing = (
                        f"omits all key fields [{names}] (and doesn't have default values for any key fields)"
                    )
                    text = f"element {index}: associative list with keys has an element that {missing}"
                    self._misfit(at, text, ambiguous=True)
                    continue
                shown = ",".join(
                    f"{name}={_key(key, hidden)}" for name, key in values.items() if key is not None
                )
                element, identity = f"[{shown}]", repr(list(values.values()))
            elif is_set:
                element, identity = f"[={_key(bare, hidden)}]", repr(bare)
            else:
                identity = element
            if identity in seen:
                self._misfit(at, f"duplicate entries for key {element}", ambiguous=True)
            seen.add(identity)
            self.value(item, _Declared("", schema["items"]), at.item(index, element))

    def _default(self, schema: Schema, name: str) -> Any:
        """The value of an absent key. Go's types have a zero value for each; a definition has its own."""
        if name in _KEY_DEFAULTS:
            return _KEY_DEFAULTS[name]
        items = schema["items"]
        if reference := items.get("$ref"):
            items = self._types[reference.rsplit("/", 1)[1]]
            return 0 if items["properties"][name].get("type") == "integer" else ""
        return items.get("properties", {}).get(name, {}).get("default")


def _wrong_with_base64(value: str) -> int | None:
    """Position at which Go's encoding/base64 stops; None if it decodes the text. Line ends do not count."""
    places = [index for index, letter in enumerate(value) if letter not in "\r\n"]
    letters = "".join(value[index] for index in places)
    for start in range(0, len(letters), 4):
        part = letters[start : start + 4]
        known = len(re.match(r"[A-Za-z0-9+/]*", part)[0])  # type: ignore[index] it matches the empty text
        if known == 4:
            continue
        padded = known >= 2 and part[known:] == "=" * (4 - known)
        if padded and start + 4 == len(letters):
            return None
        if padded:
            return places[start + 4]
        if len(part) < 4 and known == len(part):
            return places[start]
        at = start + known
        at += part[known] == "=" and known >= 2
        return places[at] if at < len(places) else len(value)
    return None


def _key(value: Any, hidden: bool) -> str:
    if hidden or isinstance(value, Secret) or is_hashed(value):
        return MASK
    return "" if isinstance(value, Mapping) else json.dumps(value, ensure_ascii=False)


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
