"""The simulated Random provider."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.random import RandomProvider
from rehearsal.simulators.wire import UNKNOWN, Secret
from tests.support.acting import Actor, CheckFailedError

PASSWORD = "index/randomPassword:RandomPassword"


@pytest.fixture
def random() -> Actor:
    return Actor(RandomProvider(), "random")


def test_a_password_is_secret_and_follows_its_options(random: Actor) -> None:
    made = random.create(PASSWORD, {"length": 40, "special": False, "minNumeric": 5})
    result = made.outputs["result"]
    assert isinstance(result, Secret)
    assert len(result.value) == 40
    assert result.value.isalnum()
    assert sum(letter.isdigit() for letter in result.value) >= 5


def test_a_password_is_unknown_in_a_preview(random: Actor) -> None:
    assert random.preview(PASSWORD, {"length": 8})["result"] is UNKNOWN


def test_minimums_beyond_the_length_are_refused(random: Actor) -> None:
    with pytest.raises(ProviderError, match="sum of the minimums"):
        random.create(PASSWORD, {"length": 2, "minNumeric": 3})


def test_no_alphabet_is_refused(random: Actor) -> None:
    with pytest.raises(ProviderError, match="at least one of"):
        random.create(
            PASSWORD, dict.fromkeys(("lower", "upper", "numeric", "special"), False) | {"length": 8}
        )


def test_any_change_is_a_replacement(random: Actor) -> None:
    made = random.create(PASSWORD, {"length": 8})
    assert random.diff(PASSWORD, made, {"length": 9}).replaces == {("length",)}
    assert not random.diff(PASSWORD, made, {"length": 8}).changes


def test_refreshing_keeps_the_value(random: Actor) -> None:
    made = random.create(PASSWORD, {"length": 8})
    again = random.read(PASSWORD, made)
    assert again is not None
    assert again.outputs == made.outputs


def test_a_misspelled_option_is_an_error(random: Actor) -> None:
    with pytest.raises(CheckFailedError, match="did you mean 'length'"):
        random.create(PASSWORD, {"lenght": 8, "length": 8})


@pytest.mark.parametrize(
    ("token", "inputs", "output"),
    [
        ("index/randomString:RandomString", {"length": 8}, "result"),
        ("index/randomId:RandomId", {"byteLength": 4}, "hex"),
        ("index/randomUuid:RandomUuid", {}, "result"),
        ("index/randomInteger:RandomInteger", {"min": 1, "max": 9}, "result"),
        ("index/randomBytes:RandomBytes", {"length": 4}, "hex"),
    ],
)
def test_other_kinds_draw_a_value(random: Actor, token: str, inputs: dict[str, Any], output: str) -> None:
    assert random.create(token, inputs).outputs[output]


def test_an_unknown_kind_is_an_error(random: Actor) -> None:
    with pytest.raises(ProviderError, match="does not simulate"):
        random.create("index/randomPet:RandomPet", {})
