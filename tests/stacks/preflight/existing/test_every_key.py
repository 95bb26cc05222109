"""Each key that names something existing: a case in which it is not there, or a reason why no preview asks.

The keys are derived from the settings' models, so that a new one is in neither list and fails here.
"""

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stacks.settings.descriptions import descriptions
from stacks.settings.model.existing import ExistingSettings
from stacks.settings.model.settings import Settings
from stacks.settings.validation.constraints import Pattern
from stacks.settings.validation.model_tree import fields_by_key, sections_of, unwrap
from tests.stacks.preflight.existing.missing import ABSENT
from tests.stacks.preflight.test_refused import CASES

ADOPT = Path(__file__).parents[4] / "docs" / "adopt.md"
_EXISTS = re.compile(r"\bexist(s|ing)?\b|\balready\b", re.IGNORECASE)
_ID = re.compile(r"\bid\b|\bstack\b|\bobject name\b", re.IGNORECASE)
_MISSING = re.compile(r"there is no |cannot be read|has no output|has not been|is not up|has no stack")
NAME_NOTHING = {
    "cluster.system_pool": "required without an existing cluster",
    "network": "what AKS makes by default",
    "operators.akv2k8s.identity": "an entry of identities, whose own key existing has cases",
    "workloads[].dapr.app_id": "a name of its own",
    "workloads[].pushes[].name": "written by the operator",
    "workloads[].tolerations[].key": "Exists is an operator",
    "workloads[].tolerations[].operator": "Exists is an operator",
}
"""Keys whose description has the word and that name nothing which has to exist."""
ABOVE = {"resource_groups": "resource_groups[].existing"}
"""A list, and the key in it by which it is in one of the lists."""


def test_each_key_that_names_something_existing_has_a_case_or_a_reason() -> None:
    named = set(_named(Settings, ""))
    assert len(named) > 30
    reasons, reported = _reasons(), _reported()
    unclear = {
        key
        for key in named
        if ABOVE.get(key, key) not in reasons | set(NAME_NOTHING)
        and not any(_covers(ABOVE.get(key, key), path) for path in reported)
    }
    assert unclear == set(), "add a case to missing.py, or a row with the reason to docs/adopt.md"


def test_reasons_and_exceptions_are_of_keys_that_there_are() -> None:
    known = set(_named(Settings, ""))
    assert (_reasons() | set(NAME_NOTHING) | set(ABOVE)) - known == set()


def _named(model: type[BaseModel], at: str) -> Iterator[str]:
    """The keys that name something: by their type, their name or their description."""
    texts = descriptions(model)
    names = {field.alias or name: name for name, field in model.model_fields.items()}
    for key, field in fields_by_key(model).items():
        inner: Any = unwrap(field.annotation)
        is_class = isinstance(inner, type)
        values = [member.value for member in inner] if is_class and issubclass(inner, Enum) else []
        if (
            (is_class and issubclass(inner, ExistingSettings))
            or "existing" in values
            or key.startswith("existing")
            or any(_ID.search(pattern.is_a) for pattern in _patterns(field))
            or _EXISTS.search(texts.get(names[key], ""))
        ):
            yield f"{at}{key}"
        section = sections_of(model).get(key)
        if section and not issubclass(section[0], ExistingSettings):
            yield from _named(section[0], f"{at}{key}{'[]' if section[1] else ''}.")


def _patterns(field: FieldInfo) -> Iterator[Pattern]:
    yield from (each for each in field.metadata if isinstance(each, Pattern))
    yield from _patterns_in(field.annotation)


def _patterns_in(annotation: Any) -> Iterator[Pattern]:
    yield from (each for each in getattr(annotation, "__metadata__", ()) if isinstance(each, Pattern))
    for inner in get_args(annotation):
        yield from _patterns_in(inner)


def _reported() -> set[str]:
    """The keys of which a refused case says that what they name is not there."""
    lines = [line for case in (*CASES, *ABSENT) for line in case.says if _MISSING.search(line)]
    return {re.sub(r"\[[0-9]+\]", "[]", line.partition(": ")[0]) for line in lines}


def _covers(key: str, path: str) -> bool:
    """Whether a message is about the key, about an entry of its list, or about the list that it is in."""
    beside = key.rpartition(".")[0]
    return path in (key, f"{key}[]", f"{beside}.name")


def _reasons() -> set[str]:
    """The keys in the table of the page, each row with its reason."""
    section = ADOPT.read_text(encoding="utf-8").partition("## What a preview sees")[2].partition("\n## ")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
    assert all(len(row) == 2 and len(row[1]) > 20 for row in rows)
    return {key for row in rows for key in re.findall(r"`([^`]+)`", row[0])}
