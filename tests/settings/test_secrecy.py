"""No message repeats a secret, wherever in a stack file a person has put it by mistake.

A marker stands at every position of every shipped stack: as a value, as a key, behind a key without the
space, in the continuation of the line above. ``SWEEP=all`` in the environment takes all positions.
"""

import copy
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.simulator_process import REPOSITORY
from stacks.settings.loader import read, report
from stacks.settings.validation.repeatable import may_hold_secret, repeatable
from tests.settings.cases import as_config, document, is_encrypted
from tests.settings.test_commands import untried_commands
from tests.settings.test_refused import CASES
from tests.support.walk import Position, positions

MARKERS = ("hunter2", "s3cr3t-Marker!", "Kx9qLmZt")
STACKS = sorted([*REPOSITORY.glob("Pulumi.*.yaml"), *REPOSITORY.glob("examples/*/Pulumi.*.yaml")])


def config_of(path: Path) -> dict[str, Any]:
    """The config of a stack file; its encrypted values are text to the program."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]
    return {
        key: "encrypted" if isinstance(value, dict) and list(value) == ["secure"] else value
        for key, value in document.items()
    }


def with_wrongs(config: dict[str, Any], at: Position, marker: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The document with the marker at a place, in every form in which it can get there."""
    values = {
        "value": marker,
        "continued": f"shop password:{marker}",
        "assigned": f"DB_PASSWORD={marker}",
        "in a list": [marker],
        "as a key of a map": {marker: "x"},
        "as a value of a map": {"value": marker},
        "as a lone key": {marker: None},
    }
    for form, value in values.items():
        yield form, _changed(config, at, lambda _, value=value: value)
    if isinstance(_value(config, at), dict):
        known = next(iter(_value(config, at)), "name")
        keys = {"as a key": marker, "glued": f"{known}:{marker}", "glued to a value": f"value:{marker}"}
        keys |= {"behind an equals sign": f"password={marker}", "as the beginning": f"{marker}:x"}
        for form, key in keys.items():
            yield form, _changed(config, at, lambda keys, key=key: {**keys, key: None})
            yield f"{form}, with a value", _changed(config, at, lambda keys, key=key: {**keys, key: "x"})
            yield f"{form}, with a number", _changed(config, at, lambda keys, key=key: {**keys, key: 5})


def _value(config: Any, at: Position) -> Any:
    for step in at:
        config = config[step]
    return config


def _changed(config: Any, at: Position, change: Any) -> Any:
    """The config with another value at a place. What is beside it is shared."""
    if not at:
        return change(config)
    step, *rest = at
    changed = copy.copy(config)
    changed[step] = _changed(config[step], tuple(rest), change)
    return changed


def is_shown(form: str, at: Position, before: Any) -> bool:
    """Whether a plain wrong value may be repeated: the key takes a name, a number or a word of a list."""
    path = (str(at[0]).rpartition(":")[2], *at[1:])
    plain = "in a list" if isinstance(before, list) else "value"
    return form == plain and not may_hold_secret(path)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password=hunter2", "password=…"),
        ("DB_PASSWORD:hunter2", "DB_PASSWORD=…"),
        ("/health?token=hunter2", "/health?token=…"),
        ("team=shop:noschedule", "team=shop:noschedule"),
        ("registry.example:5000/shop:1", "registry.example:5000/shop:1"),
        ("https://kv-shop.vault.azure.net/keys/etcd", "https://kv-shop.vault.azure.net/keys/etcd"),
    ],
)
def test_what_stands_behind_an_equals_sign_is_not_repeated(text: str, shown: str) -> None:
    assert repeatable(text) == shown


def leaks(path: Path, every: int) -> Iterator[str]:
    config = config_of(path)
    places = [*positions(config)]
    for index, at in enumerate(places):
        for marker in MARKERS:
            for number, (form, changed) in enumerate(with_wrongs(config, at, marker)):
                if (index + number) % every or is_shown(form, at, _value(config, at)):
                    continue
                text = report(read("aks-secrets", "dev", as_config(changed), is_encrypted)[1])
                if marker.lower() in text.lower():
                    line = next(line for line in text.splitlines() if marker.lower() in line.lower())
                    yield f"{path.name} {at}, {form}: {line}"


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_no_message_repeats_a_secret_that_stands_in_the_wrong_place(path: Path) -> None:
    every = 1 if os.environ.get("SWEEP") == "all" else 40
    assert list(leaks(path, every)) == []


def leaks_into_other_messages(every: int) -> Iterator[str]:
    """Refused cases in whose place of a secret another one stands: none of their messages repeats it."""
    number = 0
    for case in CASES:
        config = document(case.changes)
        for at in positions(config):
            path = (str(at[0]).rpartition(":")[2], *at[1:])
            if not isinstance(_value(config, at), str) or not may_hold_secret(path):
                continue
            number += 1
            markers = MARKERS if every == 1 else MARKERS[number % 3 :][:1]
            for marker in markers if number % every == 0 else ():
                changed = _changed(config, at, lambda _, marker=marker: marker)
                secret = {*case.secret, *filter(is_encrypted, config)}
                with untried_commands():  # their values are shown all the same, and more of them
                    text = report(read("aks-secrets", "dev", as_config(changed), secret.__contains__)[1])
                if marker.lower() in text.lower():
                    yield f"{case.rule} {at}: {text}"


def test_no_message_repeats_a_secret_that_stands_where_another_key_refers_to_it() -> None:
    assert list(leaks_into_other_messages(1 if os.environ.get("SWEEP") == "all" else 20)) == []
