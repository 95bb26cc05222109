"""The simulated API server answers changes of objects as a real one did: recorded/README.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from rehearsal.simulators.kubernetes import operators
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.apiserver.admission import custom_refusal, refusal
from rehearsal.simulators.kubernetes.apiserver.custom_resources import schemas_in
from rehearsal.simulators.kubernetes.apiserver.openapi import declared
from tests.each import each
from tests.simulators.kubernetes.apiserver.recorded import OBJECTS, changed, recorded, without_hints

BUILT_IN: Final = declared("1.36.0")
CUSTOM: Final = schemas_in(Path(operators.__file__).parent / "external_secrets" / "crds")
MADE: Final = recorded("mutations.jsonl")
UPDATED: Final = recorded("updates.jsonl")


def _look(kind: GroupVersionKind, _namespace: str | None, name: str) -> dict[str, Any] | None:
    if kind.name == "PriorityClass" or (kind.name == "ServiceAccount" and name != "default"):
        return None
    return {"metadata": {"name": name}}


def _answer(object_: dict[str, Any], existing: dict[str, Any] | None = None) -> tuple[int, str]:
    kind = GroupVersionKind.of(object_)
    if BUILT_IN.serves(kind):
        refused = refusal(object_, existing, BUILT_IN, _look)
    else:
        refused = custom_refusal(object_, CUSTOM.get(kind), BUILT_IN)
    return (200, "") if refused is None else (refused.code, without_hints(str(refused)))


def _difference(row: Mapping[str, Any], answer: tuple[int, str]) -> str | None:
    status, message = answer
    expected = without_hints(row.get("message", message))
    if (status, message) == (row["status"], expected):
        return None
    change = repr(row["value"]) if "value" in row else "deleted"
    real, simulated = f"{row['status']} {expected}", f"{status} {message}"
    return f"{'.'.join(map(str, row['path']))}: {change}\n  real: {real}\n  simulated: {simulated}"


@each("name", OBJECTS)
def test_the_object_itself_is_accepted(name: str) -> None:
    assert _answer(OBJECTS[name]) == (200, "")


@pytest.mark.parametrize("name", MADE)
def test_a_changed_object_is_answered_as_the_real_api_server_did(name: str) -> None:
    differences = [_difference(row, _answer(changed(row))) for row in MADE[name]]
    assert not any(differences), "\n".join(filter(None, differences))


@pytest.mark.parametrize("name", UPDATED)
def test_an_update_is_answered_as_the_real_api_server_did(name: str) -> None:
    differences = [_difference(row, _answer(changed(row), OBJECTS[name])) for row in UPDATED[name]]
    assert not any(differences), "\n".join(filter(None, differences))


def test_most_refusals_are_recorded_with_their_message() -> None:
    refused = [row for rows in MADE.values() for row in rows if row["status"] != 200]
    assert len(refused) > 1000
    assert sum("message" in row for row in refused) > 0.85 * len(refused)
