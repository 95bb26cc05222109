"""Fields of typed nodes: plain values, ``UNKNOWN`` where only an update will tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from trust.graph import Node
from trust.values import UNKNOWN, Flag, Text

_VAULT_URL: Final = re.compile(r"^(?:https://)?([A-Za-z0-9-]+)\.vault\.[A-Za-z.]+(?::\d+)?/?$")
_VAULT_ID: Final = re.compile(r"/providers/microsoft\.keyvault/vaults/([^/]+)(?:/([^/]+)/([^/]+))?$", re.I)


def text(value: Any, default: str = "") -> Text:
    """A text; a missing one is the default."""
    if value is UNKNOWN:
        return UNKNOWN
    return default if value is None else str(value)


def flag(value: Any, *, default: bool = False) -> Flag:
    """A boolean, also one that is written as text; a missing one is the default."""
    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(value, str):
        return value.strip().lower() in ("true", "1")
    return default if value is None else bool(value)


def texts(value: Any) -> tuple[Text, ...]:
    """The texts of a list; a list that is unknown has one unknown text."""
    if value is UNKNOWN:
        return (UNKNOWN,)
    return tuple(text(item) for item in value) if isinstance(value, list | tuple) else ()


def mapping(value: Any) -> Mapping[str, Any]:
    """An object; what is none, or unknown, is empty."""
    return value if isinstance(value, Mapping) else {}


def listed(value: Any) -> list[Any]:
    """A list; what is none, or unknown, is empty."""
    return value if isinstance(value, list) else []


def vault_of_url(url: Any) -> Text:
    """The vault's name in its URL, in lower case as vaults are compared; empty if it is no URL of a vault."""
    if url is UNKNOWN:
        return UNKNOWN
    match = _VAULT_URL.match(str(url or "").strip())
    return match[1].lower() if match else ""


def vault_in_id(resource_id: Text) -> tuple[Text, str, str]:
    """The vault, the collection and the object in an ARM id; empty where there is none."""
    if resource_id is UNKNOWN:
        return UNKNOWN, "", ""
    match = _VAULT_ID.search(str(resource_id))
    return (match[1].lower(), (match[2] or "").lower(), match[3] or "") if match else ("", "", "")


def known(value: Text) -> str:
    """A text, or an empty one if it is unknown."""
    return "" if value is UNKNOWN else str(value)


def same_text(text_: Text, other: Text) -> Flag:
    """Whether two ids of Azure are one, which ignores upper and lower case."""
    if text_ is UNKNOWN or other is UNKNOWN:
        return UNKNOWN
    return str(text_).lower() == str(other).lower()


def switch(node: Node, path: str) -> Flag:
    """A switch of the resource: the program's word, or what Azure has if the program only reads it."""
    return flag(node.get(path) if node.external or not node.inputs else node.input(path))


def lower(value: Text) -> Text:
    """A name as Azure compares it."""
    return UNKNOWN if value is UNKNOWN else str(value).lower()
