"""The values that go into the state as the inputs of a resource that exists."""

from typing import Any

import pytest

from operations.adoption.values import UNKNOWN, existing_inputs, has_unknown, known, plain, secret

HIDDEN = secret("hush")


@pytest.mark.parametrize(
    ("program", "live", "inputs"),
    [
        pytest.param({"a": 1}, {"a": 1, "default": 2}, {"a": 1}, id="a default of the service is left out"),
        pytest.param(
            {"a": 1}, {"a": 2}, {"a": 2}, id="the value that exists counts: `up` sees the difference"
        ),
        pytest.param(
            {"a": 1, "b": 2}, {"a": 1}, {"a": 1}, id="what does not exist is left out: `up` adds it"
        ),
        pytest.param(
            {"location": "westeurope"}, {"location": "West Europe"}, {"location": "westeurope"}, id="location"
        ),
        pytest.param(
            {"id": "/a/resourceGroups/b"},
            {"id": "/a/resourcegroups/b"},
            {"id": "/a/resourceGroups/b"},
            id="id",
        ),
        pytest.param(
            {"a": UNKNOWN}, {"a": "live"}, {"a": "live"}, id="an unknown value is the one that exists"
        ),
        pytest.param({"a": UNKNOWN}, {}, {}, id="an unknown value that does not exist"),
        pytest.param(
            {"p": {"value": HIDDEN}}, {"p": {}}, {"p": {"value": HIDDEN}}, id="no service returns a secret"
        ),
        pytest.param({"p": HIDDEN}, {"p": "other"}, {"p": "other"}, id="a secret that is returned"),
        pytest.param(
            {"ids": ["/x"]},
            {"ids": {"/X": {"clientId": "1"}}},
            {"ids": ["/x"]},
            id="a list that ARM returns as a mapping",
        ),
        pytest.param({"ids": [UNKNOWN]}, {"ids": {"/X": {}}}, {"ids": ["/X"]}, id="the same, unknown"),
        pytest.param({"l": ["b", "a"]}, {"l": ["a", "b"]}, {"l": ["b", "a"]}, id="order"),
        pytest.param(
            {"l": ["a"]}, {"l": ["a", "b"]}, {"l": ["a", "b"]}, id="an item that only the service has"
        ),
        pytest.param(
            {"pools": [{"name": "system", "count": 1}]},
            {"pools": [{"name": "apps", "count": 3}, {"name": "system", "count": 2, "os": "Linux"}]},
            {"pools": [{"name": "system", "count": 2}]},
            id="items with names: only the program's own",
        ),
    ],
)
def test_inputs_of_what_exists(program: Any, live: Any, inputs: Any) -> None:
    assert existing_inputs(program, live) == inputs


def test_a_property_that_is_not_returned_can_keep_the_programs_value() -> None:
    program = {"sku": "Standard", "subnet": {"id": "x"}, "unknown": UNKNOWN}
    assert existing_inputs(program, {"sku": "Basic"}, keep_absent=True) == {
        "sku": "Basic",
        "subnet": {"id": "x"},
    }


def test_unknown_values_stay_out_of_what_a_provider_reads() -> None:
    value = {"a": UNKNOWN, "b": [1, UNKNOWN], "c": {"d": UNKNOWN, "e": 2}, "f": [{"g": 1}]}
    assert has_unknown(value)
    assert known(value) == {"c": {"e": 2}, "f": [{"g": 1}]}
    assert not has_unknown(known(value))


def test_a_secret_is_what_it_was() -> None:
    assert plain(secret("hush")) == "hush"
    assert plain("open") == "open"
