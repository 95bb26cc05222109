"""The fields of pods and of the kinds that own them, as Kubernetes declares them.

The provider turns a manifest into these types and drops a key that they do not have, without a word. The data
is in kubernetes_types.json, which `python -m tools.kubernetes_types` writes.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from stacks.settings.validation.problems import Path as KeyPath
from stacks.settings.validation.repeatable import register_fields

Fault = Literal["unknown", "mapping", "list", "text", "whole number", "number", "boolean", "number or text"]


@dataclass(frozen=True)
class Finding:
    """A part of a manifest that its kind does not have, or has in another form."""

    path: KeyPath
    fault: Fault
    """The expected type; `unknown`: the kind does not have the key."""
    known: tuple[str, ...] = ()
    """The keys that the type has."""
    type: str = ""
    """Name of the type, as Kubernetes' reference has it."""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_SCALARS: Mapping[str, tuple[Fault, Callable[[object], bool]]] = {
    "string": ("text", lambda value: isinstance(value, str)),
    "boolean": ("boolean", lambda value: isinstance(value, bool)),
    "integer": ("whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "number": ("number", _is_number),
    "int-or-string": (
        "number or text",
        lambda value: isinstance(value, int | str) and not isinstance(value, bool),
    ),
    "quantity": ("number or text", lambda value: isinstance(value, str) or _is_number(value)),
}


@cache
def _document() -> Mapping[str, Any]:
    return json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


@register_fields
def field_names() -> Iterator[str]:
    """The names of all fields."""
    for fields in _document()["types"].values():
        yield from fields


def findings(kind: str, manifest: Any) -> Iterator[Finding]:
    """The keys in a fragment of a manifest that its kind does not have. Null is allowed: it removes a key."""
    return _findings(_document()["kinds"][kind], manifest, ())


def _findings(form: str, value: Any, at: KeyPath) -> Iterator[Finding]:
    if value is None or form == "any":
        return
    if form in _SCALARS:
        expected, fits = _SCALARS[form]
        if not fits(value):
            yield Finding(at, expected)
    elif form.startswith("[]"):
        if not isinstance(value, list | tuple):
            yield Finding(at, "list")
            return
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _findings(form[2:], item, (*at, index))
    elif not isinstance(value, Mapping):
        yield Finding(at, "mapping")
    elif form.startswith("{}"):
        for key, item in cast("Mapping[Any, Any]", value).items():
            yield from _findings(form[2:], item, (*at, str(key)))
    else:
        fields: Mapping[str, str] = _document()["types"][form]
        for key, item in cast("Mapping[Any, Any]", value).items():
            if key in fields:
                yield from _findings(fields[key], item, (*at, key))
            elif not str(key).startswith("$"):  # a patch directive, which has a rule of its own
                yield Finding((*at, str(key)), "unknown", tuple(fields), form.rsplit(".", 1)[-1])


_OWNERS = ("PodSpec", "Container", "ObjectMeta", "SecurityContext", "PodSecurityContext", "PodTemplateSpec")
"""Types in which a misplaced key usually belongs."""


def owner_of(key: str, kind: str) -> str | None:
    """The type that has a key: the spec of the kind, or a usual one of a pod. None: no such type has it."""
    types: Mapping[str, Mapping[str, str]] = _document()["types"]
    having = {name.rsplit(".", 1)[-1] for name, fields in types.items() if key in fields}
    return next((name for name in (f"{kind}Spec", *_OWNERS) if name in having), None)
