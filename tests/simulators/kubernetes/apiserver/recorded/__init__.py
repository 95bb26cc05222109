"""Objects that a real API server took, and its answers to changes of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).parent
OBJECTS: Final[Mapping[str, dict[str, Any]]] = yaml.safe_load(
    (FOLDER / "objects.yaml").read_text(encoding="utf-8")
)
"""Name → object."""


def recorded(file: str) -> dict[str, list[dict[str, Any]]]:
    """Name of an object → its recorded changes: path, value (absent: the path is deleted), status, message.

    A message is absent where the simulator refuses in other words.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    for line in (FOLDER / file).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows.setdefault(row["object"], []).append(row)
    return rows


def changed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The object with the recorded change. It has in common with the object what the change leaves alone."""
    object_ = copy(OBJECTS[row["object"]])
    *parents, last = row["path"]
    place: Any = object_
    for part in parents:
        place[part] = copy(place[part])
        place = place[part]
    if "value" in row:
        place[last] = row["value"]
    else:
        del place[last]
    return object_


def without_hints(message: str) -> str:
    """The message without the examples and expressions that API servers append to it."""
    return re.sub(r"\s+", " ", re.sub(r" \(e\.g\. .*?'\)| \(regex used .*?'\)", "", message))
