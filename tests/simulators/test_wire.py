"""Wire values, shapes and differences: pure functions."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.diff import changes, dotted, pruned, refreshed_inputs
from rehearsal.simulators.sdk_schema import resource_type
from rehearsal.simulators.shape import failures, preview_outputs
from rehearsal.simulators.wire import (
    UNKNOWN,
    Secret,
    decode,
    encode,
    has_secret,
    has_unknown,
    mark_secret_texts,
    mark_secrets,
    plain,
)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"text": "a", "number": 1, "fraction": 1.5, "yes": True, "nothing": None},
        {"list": [1, [2, {"a": []}]], "object": {"a": {}}},
        {"secret": Secret("hunter2"), "deep": [{"a": Secret({"b": [Secret(1)]})}]},
        {"unknown": UNKNOWN, "deep": [UNKNOWN, {"a": Secret(UNKNOWN)}]},
    ],
)
def test_a_property_bag_survives_the_wire(value: dict[str, Any]) -> None:
    assert decode(encode(value)) == value


def test_a_value_without_a_wire_form_is_an_error() -> None:
    with pytest.raises(TypeError, match="set"):
        encode({"a": {1}})


def test_a_secret_does_not_show_itself() -> None:
    assert "hunter2" not in repr({"a": Secret("hunter2")})


def test_plain_values_have_no_secret_marks_and_no_nulls() -> None:
    assert plain({"a": Secret({"b": None, "c": [Secret(1)]}), "d": None}) == {"a": {"c": [1]}}


def test_secrets_and_unknowns_are_found_at_any_depth() -> None:
    assert has_secret({"a": [{"b": Secret(1)}]})
    assert not has_secret({"a": [1]})
    assert has_unknown({"a": [{"b": Secret(UNKNOWN)}]})
    assert not has_unknown({"a": Secret(1)})


def test_outputs_are_marked_where_inputs_are_secret() -> None:
    outputs = {"a": {"b": "x", "c": "y"}, "d": ["z"], "e": 1}
    inputs = {"a": {"b": Secret("x"), "c": "y"}, "d": [Secret("z")]}
    assert mark_secrets(outputs, inputs) == {"a": {"b": Secret("x"), "c": "y"}, "d": Secret(["z"]), "e": 1}


def test_differences_are_paths() -> None:
    old = {"a": {"b": 1, "c": [1, 2]}, "gone": 1}
    new = {"a": {"b": 2, "c": [1, 3, 4]}, "new": 1}
    assert changes(old, new) == {
        ("a", "b"): "update",
        ("a", "c", 1): "update",
        ("a", "c", 2): "add",
        ("gone",): "delete",
        ("new",): "add",
    }
    assert dotted(("a", "c", 1)) == "a.c[1]"
    assert dotted(("a", "c", 1, "d"), index=False) == "a.c[].d"


def test_an_unknown_differs_from_every_old_value() -> None:
    assert changes({"a": 1}, {"a": UNKNOWN}) == {("a",): "update"}


def test_refreshed_inputs_take_over_changes_but_no_defaults() -> None:
    inputs = {"tags": {"a": "b"}, "name": "x"}
    old = {"tags": {"a": "b"}, "size": "default"}
    assert refreshed_inputs(inputs, old, old) == inputs
    assert refreshed_inputs(inputs, old, {"tags": {"a": "c"}, "size": "default"})["tags"] == {"a": "c"}
    assert refreshed_inputs(inputs, old, {"tags": {"a": "b"}, "size": "big"})["size"] == "big"
    assert refreshed_inputs(
        {"pools": [{"n": 1}, {"n": 2}]}, {"pools": [{"n": 1}, {"n": 2}]}, {"pools": [{"n": 1}, {"n": 3}]}
    ) == {"pools": [{"n": 1}, {"n": 3}]}


def test_wire_names_keep_arms_casing() -> None:
    sdk = resource_type("azure-native:containerservice:ManagedCluster")
    assert sdk is not None
    assert "enableRBAC" in sdk.inputs
    assert "issuerURL" in sdk.outputs["oidcIssuerProfile"].shape.properties
    assert sdk.inputs["agentPoolProfiles"].shape.item is not None
    assert sdk.inputs["agentPoolProfiles"].shape.item.properties["name"].required


def test_an_unknown_value_fits_every_shape() -> None:
    sdk = resource_type("azure-native:keyvault:Vault")
    assert sdk is not None
    assert not list(
        failures({"resourceGroupName": UNKNOWN, "properties": UNKNOWN, "tags": UNKNOWN}, sdk.inputs)
    )


def test_a_preview_of_a_list_goes_into_its_items() -> None:
    sdk = resource_type("azure-native:containerservice:ManagedCluster")
    assert sdk is not None
    seen = preview_outputs({"agentPoolProfiles": [{"name": "system"}]}, sdk.outputs)
    assert seen["agentPoolProfiles"][0]["name"] == "system"
    assert seen["agentPoolProfiles"][0]["nodeImageVersion"] is UNKNOWN


def test_texts_are_marked_if_and_only_if_they_are_secret_inputs() -> None:
    inputs = {
        "pools": [{"name": "a", "labels": {"x": Secret("s")}}],
        "all": Secret({"text": "t", "on": True, "days": 7}),
        "tag": Secret("u"),
    }
    response = {
        "pools": [{"name": "a", "labels": {"x": "s"}, "count": 1}, {"name": "b"}],
        "all": {"text": "t", "on": True, "days": 7, "uri": "https://a"},
        "tag": "u",
    }
    assert mark_secret_texts(response, inputs) == {
        "pools": [{"name": "a", "labels": {"x": Secret("s")}, "count": 1}, {"name": "b"}],
        "all": {"text": Secret("t"), "on": True, "days": 7, "uri": "https://a"},
        "tag": Secret("u"),
    }


def test_live_values_are_pruned_to_the_shape_of_the_inputs() -> None:
    live = {
        "a": {"b": 2, "more": 1},
        "list": [{"x": 1, "more": 1}, {"x": 2}],
        "empty": [],
        "other": {"y": 1},
        "s": "new",
        "more": 1,
    }
    inputs = {
        "a": {"b": 1},
        "list": [{"x": 1}],
        "empty": ["z"],
        "other": "text",
        "s": Secret("old"),
        "gone": 1,
    }
    assert pruned(live, inputs) == {
        "a": {"b": 2},
        "list": [{"x": 1}],
        "empty": [],
        "other": {"y": 1},
        "s": Secret("new"),
    }
