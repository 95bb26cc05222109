"""The commands that messages offer: each mends its own problem, raises no other, and loses nothing.

``tests/support/config_commands.py`` runs them as the CLI does; ``tests/engine/test_commands.py`` compares a
sample with the CLI itself. ``SWEEP=all`` in the environment takes every pair of cases instead of neighbors.
"""

import itertools
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import pytest

from stacks.settings import loader
from stacks.settings.loader import read
from stacks.settings.validation.constraints import IntRange, Pattern
from stacks.settings.validation.mending import Examined, place_of
from stacks.settings.validation.problems import Problem
from tests.each import each
from tests.settings.cases import Case, as_config, document
from tests.settings.test_every_key_matters import KEYS, Key, scene, with_value
from tests.settings.test_refused import CASES_BY_FILE
from tests.support.config_commands import RefusedError, apply_command

Config = tuple[Mapping[str, Any], tuple[str, ...]]
"""A parsed stack file, and its encrypted keys."""


def problems_of(config: Config) -> list[Problem]:
    return _problems_of(json.dumps(as_config(config[0])), config[1], loader.with_commands_that_mend)


@cache
def _problems_of(config: str, encrypted: tuple[str, ...], commands: object) -> list[Problem]:
    """The problems of a config. What the commands of neighbors leave is often the same."""
    return read("aks-secrets", "dev", json.loads(config), encrypted.__contains__)[1]


@contextmanager
def untried_commands() -> Iterator[None]:
    """Problems of the block have all their commands: the trial of each is most of the time of a reading."""
    with patch.object(loader, "with_commands_that_mend", _untried):
        yield


def _untried(examined: Examined, *_: object) -> list[Problem]:
    return examined.problems


def offered(problem: Problem) -> str | None:
    """The command at the end of a message, as a person copies it."""
    match = re.search(r"\((pulumi config .*)\)$", str(problem))
    return match[1] if match else None


def faults_of_commands(
    config: Config, problems_of: Callable[[Config], list[Problem]] = problems_of
) -> Iterator[str]:
    """The faults of the commands that the messages of a config offer."""
    problems = problems_of(config)
    before = Counter(map(place_of, problems))
    now, offering = config, [problem for problem in problems if offered(problem)]
    for problem in offering:
        command = offered(problem) or ""
        try:
            alone, now = apply_command(command, *config), apply_command(command, *now)
        except RefusedError as error:
            yield f"{problem}: the CLI refuses it: {error}"
            return
        with untried_commands():
            after = problems_of(alone)
        if str(problem).split(" (pulumi")[0] in [str(other).split(" (pulumi")[0] for other in after]:
            yield f"{problem}: it stays"
        if raised := Counter(map(place_of, after)) - before:
            yield f"{problem}: raises {sorted(raised)}"
    if not offering:
        return
    with untried_commands():
        at_the_end = Counter(map(place_of, problems_of(now)))
    if at_the_end - (before - Counter(map(place_of, offering))):
        yield f"one after another: {[offered(problem) for problem in offering]} leave {sorted(at_the_end)}"


@pytest.mark.parametrize("path", CASES_BY_FILE, ids=lambda path: path.stem)
def test_each_command_mends_its_problem_and_raises_no_other(path: Any) -> None:
    configs = [(document(case.changes), case.secret) for case in CASES_BY_FILE[path]]
    assert [fault for config in configs for fault in faults_of_commands(config)] == []


def merged(first: Any, other: Any) -> Any:
    """Both of two settings: the keys of maps, the items of lists one after another, without equal names."""
    if isinstance(first, dict) and isinstance(other, dict):
        return {
            **first,
            **other,
            **{key: merged(first[key], other[key]) for key in first.keys() & other.keys()},
        }
    if not (isinstance(first, list) and isinstance(other, list)):
        return other
    names = [item.get("name") for item in first if isinstance(item, dict)]
    more = [item for item in other if item not in first]
    return [
        *first,
        *({**item, "name": f"{item['name']}-b"} if _is_named(item, names) else item for item in more),
    ]


def _is_named(item: Any, names: list[Any]) -> bool:
    return isinstance(item, dict) and "technique" in item and item.get("name") in names


def pairs(cases: list[Case]) -> Iterator[Config]:
    """Two wrongs of one section together."""
    distance = len(cases) if os.environ.get("SWEEP") == "all" else 1
    for (i, case), (j, other) in itertools.combinations(enumerate(cases), 2):
        if j - i <= distance:
            both = merged(document(case.changes), document(other.changes))
            yield both, (*case.secret, *other.secret)


@pytest.mark.parametrize("path", CASES_BY_FILE, ids=lambda path: path.stem)
def test_the_commands_of_two_wrongs_do_not_contradict_each_other(path: Any) -> None:
    assert [fault for config in pairs(CASES_BY_FILE[path]) for fault in faults_of_commands(config)] == []


def constraint(key: Key, kind: type[Any]) -> Any:
    """The constraint of a kind on a key, or None."""
    annotations = [key.field.annotation]
    constraints = list(key.field.metadata)
    while annotations:
        annotation = annotations.pop()
        constraints += getattr(annotation, "__metadata__", ())
        annotations += [inner for inner in getattr(annotation, "__args__", ()) if not isinstance(inner, str)]
    return next((item for item in constraints if isinstance(item, kind)), None)


RANGES = [key for key in KEYS if constraint(key, IntRange)]


@each("key", RANGES, ids=lambda key: key.path)
def test_a_number_out_of_range_is_offered_the_nearest_one(key: Key) -> None:
    """The nearest number, or the next one inside if another rule does not allow that. Never an example."""
    bounds = constraint(key, IntRange)
    for value in (bounds.low - 1, bounds.low - 1000, bounds.high + 1, bounds.high * 10 + 7):
        config = with_value(scene(key.path), key.path, value), ()
        nearest = bounds.low if value < bounds.low else bounds.high
        commands = [command for problem in problems_of(config) if (command := offered(problem))]
        path = key.path.replace("[]", "[0]")
        values = {int(command.split()[-1]) for command in commands if f"'{path}'" in command}
        with untried_commands():
            refused = bool(problems_of((with_value(scene(key.path), key.path, nearest), ())))
        assert refused or values <= {nearest}
        assert all(bounds.low <= number <= bounds.high for number in values)
        assert list(faults_of_commands(config)) == []


PATTERNS = [key for key in KEYS if constraint(key, Pattern)]
NONSENSE = ("?", "¿que?", "not this", "Zürich/Nord:!", "x" * 300)


@each("key", PATTERNS, ids=lambda key: key.path)
def test_a_wrong_text_is_never_offered_the_example_of_something_else(key: Key) -> None:
    example = constraint(key, Pattern).example
    for value in NONSENSE:
        in_list = "tuple" in str(key.field.annotation)
        config = with_value(scene(key.path), key.path, [value] if in_list else value), ()
        commands = [command for problem in problems_of(config) if (command := offered(problem))]
        assert [command for command in commands if example and command.endswith(f" {example}")] == []
        assert list(faults_of_commands(config)) == []
