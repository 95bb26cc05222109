"""The state with rows that were added."""

from typing import Any

import pytest

from operations.adoption.candidates import Planned
from operations.adoption.deployment import State


def _row(name: str, **more: Any) -> dict[str, Any]:
    return {"urn": name, "type": "t", "custom": True, "id": name, **more}


@pytest.mark.parametrize(
    "reference",
    [
        {"parent": "z"},
        {"provider": "z::some-id"},
        {"dependencies": ["z"]},
        {"propertyDependencies": {"name": ["z"], "none": []}},
        {"deletedWith": "z"},
        {"replaceWith": ["z"]},
        {"viewOf": "z"},
    ],
    ids=lambda reference: next(iter(reference)),
)
def test_each_row_stands_behind_every_row_that_it_refers_to(reference: dict[str, Any]) -> None:
    """The CLI refuses a state in another order."""
    state = State({"deployment": {"resources": [_row("a", **reference), _row("z")]}}, {})
    assert [row["urn"] for row in state.document()["deployment"]["resources"]] == ["z", "a"]


def test_a_row_that_is_not_there_is_no_dependency() -> None:
    rows = [_row("a", dependencies=["gone", "b"], propertyDependencies={"name": ["gone"]}), _row("b")]
    (_, row) = State({"deployment": {"resources": rows}}, {}).document()["deployment"]["resources"]
    assert row["dependencies"] == ["b"]
    assert row["propertyDependencies"] == {"name": []}


def test_what_waits_for_its_deletion_stays() -> None:
    """Beside a row of the same URN that replaced it."""
    rows = [_row("a"), _row("a", delete=True, id="old")]
    state = State({"deployment": {"resources": rows}}, {})
    assert [row["id"] for row in state.document()["deployment"]["resources"]] == ["a", "old"]


def test_parents_and_providers_come_along() -> None:
    def planned(urn: str, type_: str, **goal: Any) -> Planned:
        return Planned(urn, {"type": type_, "name": urn, "custom": type_ != "component", **goal}, ("create",))

    all_ = {
        each.urn: each
        for each in (
            planned("stack", "pulumi:pulumi:Stack", custom=False),
            planned("parent", "component", parent="stack"),
            planned("p", "pulumi:providers:random", inputDiff={"adds": {"version": "4", "__internal": {}}}),
            planned(
                "it", "random:index/randomPassword:RandomPassword", parent="parent", provider="p::unknown"
            ),
        )
    }
    state = State({"deployment": {}}, all_)
    state.adopt_value(all_["it"], "none", {"result": "x"})
    rows = {row["urn"]: row for row in state.document()["deployment"]["resources"]}
    assert set(rows) == {"stack", "parent", "p", "it"}
    assert rows["it"]["provider"] == f"p::{rows['p']['id']}"
    assert rows["p"]["outputs"] == {"version": "4"}
    assert "id" not in rows["parent"]
