"""The rule of the merge: it loses no key, it is associative, and it equals settings that are written by hand.

More runs than the suite has: ``MERGES=5000 python -m pytest -q tests/settings/base/test_merge.py``.
"""

import copy
import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings, strategies
from pydantic import BaseModel

from stacks.settings import Settings
from stacks.settings.base.merge import merge_key, merged
from stacks.settings.validation.commands import Path
from stacks.settings.validation.model_tree import fields_by_key, sections_of
from tests.settings.test_secrecy import STACKS, config_of

PROVED = settings(
    max_examples=int(os.environ.get("MERGES", "60")),
    deadline=None,
    derandomize="MERGES" not in os.environ,
    database=None,
)
names, scalars = strategies.sampled_from("abc"), strategies.integers(0, 3)


def _item(name: str) -> Any:
    return strategies.fixed_dictionaries(
        {"name": strategies.just(name)},
        optional={
            "image": scalars,
            "env": strategies.dictionaries(names, scalars),
            "secrets": _items(depth=1),
        },
    )


def _items(depth: int = 2) -> Any:
    item = (
        _item
        if depth > 1
        else lambda name: strategies.fixed_dictionaries(
            {"name": strategies.just(name)}, optional={"file": scalars}
        )
    )
    return strategies.lists(names, unique=True, max_size=3).flatmap(
        lambda unique: strategies.tuples(*(item(name) for name in unique)).map(list)
    )  # fmt: skip


DOCUMENTS = strategies.fixed_dictionaries(
    {},
    optional={
        "tags": strategies.dictionaries(names, scalars),
        "cluster": strategies.fixed_dictionaries(
            {}, optional={"tier": scalars, "system_pool": strategies.dictionaries(names, scalars)}
        ),
        "people": strategies.fixed_dictionaries({}, optional={"groups": strategies.lists(scalars)}),
        "workloads": _items(),
    },
)


def merge(base: Any, stack: Any) -> Any:
    return merged(base, stack).value


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each value with its path; items of a list that merges are named, in a tuple, instead of numbered."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and merge_key(tuple(step for step in path if isinstance(step, str))):
        for item in value:
            yield from leaves({key: item[key] for key in item if key != "name"}, (*path, (item["name"],)))
    else:
        yield path, value


@PROVED
@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_the_merge_is_associative_without_directives(first: Any, second: Any, third: Any) -> None:
    assert merge(first, merge(second, third)) == merge(merge(first, second), third)


@PROVED
@given(DOCUMENTS, DOCUMENTS)
def test_no_key_is_lost_and_the_stack_file_has_the_last_word(base: Any, stack: Any) -> None:
    before = copy.deepcopy((base, stack))
    both = dict(leaves(merge(base, stack)))
    assert (base, stack) == before
    empty = ({}, [])
    for path, value in leaves(stack):
        assert both.get(path) == value or value in empty
    for path, value in leaves(base):
        assert both.get(path) == value or path in dict(leaves(stack)) or value in empty


@PROVED
@given(DOCUMENTS)
def test_an_empty_stack_file_and_an_empty_base_change_nothing(document: Any) -> None:
    assert merge(document, {}) == merge({}, document) == merge(document, document) == document


@PROVED
@given(DOCUMENTS, DOCUMENTS)
def test_each_value_knows_where_it_stands(base: Any, stack: Any) -> None:
    result = merged(base, stack)
    for path, place in result.places.items():
        value = at(result.value, path)
        own = at(base, place.in_base) if place.in_stack is None else at(stack, place.in_stack)
        assert value == own or isinstance(value, dict | list)


def at(value: Any, path: Path | None) -> Any:
    for step in path or ():
        value = value[step]
    return value


def split(value: Any, path: Path, draw: random.Random) -> tuple[Any, Any]:
    """A base and a stack file that together are a value; MISSING: one has none of it."""
    kind = draw.random()
    if isinstance(value, dict) and value and kind < 0.8:
        parts = {key: split(inner, (*path, key), draw) for key, inner in value.items()}
        both = tuple(
            {key: part[side] for key, part in parts.items() if part[side] is not MISSING} for side in (0, 1)
        )
        return both[0], both[1]  # fmt: skip
    if isinstance(value, list) and value and merge_key(path) and kind < 0.8:
        return _split_items(value, path, draw)
    if kind < 0.4:
        return value, MISSING
    return (MISSING, value) if kind < 0.7 or isinstance(value, dict | list) else ("other", value)


MISSING = object()


def _split_items(value: list[Any], path: Path, draw: random.Random) -> tuple[Any, Any]:
    key = merge_key(path)
    bases: list[Any] = []
    stacks: list[Any] = []
    for index, item in enumerate(value):
        base, stack = split(item, (*path, index), draw)
        names = [other.get(key) for other in value]
        if names.count(item.get(key)) > 1 or not isinstance(base, dict) or not isinstance(stack, dict):
            base, stack = dict(item), MISSING
        bases.append({**base, key: item[key]})
        if isinstance(stack, dict) and stack:
            stacks.append({**stack, key: item[key]})
    return bases, stacks


WHOLE = [path for path in STACKS if "aks-secrets:base" not in config_of(path)]


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_what_is_split_in_two_files_is_the_file_again(path: Any) -> None:
    """The effective settings are those that were written by hand."""
    config = {
        key.removeprefix("aks-secrets:"): value
        for key, value in config_of(path).items()
        if key.startswith("aks-secrets:")
    }
    whole = json.dumps(config, sort_keys=True)
    for seed in range(40):
        base, stack = split(config, (), random.Random(seed))
        if base is MISSING or stack is MISSING:
            continue
        result = merged(base, stack)
        assert (json.dumps(result.value, sort_keys=True), result.problems) == (whole, []), seed


def _named(model: type[BaseModel], at: Path = ()) -> Iterator[tuple[Path, bool]]:
    for key, (section, is_list) in sections_of(model).items():
        if is_list:
            yield (*at, key), "name" in fields_by_key(section)
        yield from _named(section, (*at, key))


@pytest.mark.parametrize(("path", "has_names"), [*_named(Settings)], ids=str)
def test_every_list_of_things_with_a_name_merges_by_it(path: Path, has_names: bool) -> None:
    assert merge_key(path) == ("name" if has_names else None)
    assert merge_key((path[0], 3, *path[1:])) == merge_key(path)


def test_the_lists_that_merge() -> None:
    """docs/config/stages.md lists them."""
    lists = {".".join(map(str, path)) for path, has_names in _named(Settings) if has_names}
    assert lists == {
        "cluster.user_pools",
        "identities",
        "namespaces",
        "resource_groups",
        "vaults",
        "workloads",
        "workloads.compose",
        "workloads.pushes",
        "workloads.secrets",
    }


def test_a_named_item_is_changed_left_out_and_added() -> None:
    base = {"workloads": [{"name": "a", "image": 1, "port": 80}, {"name": "b"}, {"name": "c"}]}
    stack = {"workloads": [{"name": "d"}, {"name": "b", "$patch": "delete"}, {"name": "a", "image": 2}]}
    assert merge(base, stack) == {
        "workloads": [{"name": "a", "image": 2, "port": 80}, {"name": "c"}, {"name": "d"}]
    }


def test_a_name_that_stands_twice_is_changed_in_order() -> None:
    base = {"workloads": [{"name": "w", "secrets": [{"name": "s", "env": "A"}, {"name": "s", "file": "f"}]}]}
    stack = {"workloads": [{"name": "w", "secrets": [{"name": "s"}, {"name": "s", "file": "g"}]}]}
    secrets = merge(base, stack)["workloads"][0]["secrets"]
    assert secrets == [{"name": "s", "env": "A"}, {"name": "s", "file": "g"}]


def test_an_item_is_replaced_by_leaving_it_out_and_adding_it() -> None:
    base = {"workloads": [{"name": "a", "port": 80}]}
    stack = {"workloads": [{"name": "a", "$patch": "delete"}, {"name": "a", "image": 2}]}
    assert merge(base, stack) == {"workloads": [{"name": "a", "image": 2}]}


def test_other_lists_are_replaced_and_keys_are_left_out() -> None:
    base = {
        "cluster": {"zones": ["1", "2"], "tier": "Free", "entra": {"enabled": True}},
        "monitoring": {"a": 1},
    }
    stack = {"cluster": {"zones": ["3"], "tier": {"$patch": "delete"}}, "monitoring": {"$patch": "delete"}}
    assert merge(base, stack) == {"cluster": {"zones": ["3"], "entra": {"enabled": True}}}


def test_overrides_merge_as_they_do_over_the_pod() -> None:
    """Their lists have merge keys of their own, and null is kept: it removes a key of the pod."""
    spec = {"containers": [{"name": "app", "tty": True, "ports": [{"containerPort": 1}]}], "tolerations": [1]}
    over = {"containers": [{"name": "app", "tty": None, "ports": [{"containerPort": 2}]}], "tolerations": [2]}
    base, stack = ({"workloads": [{"name": "w", "overrides": part}]} for part in (spec, over))
    assert merge(base, stack)["workloads"][0]["overrides"] == {
        "containers": [{"name": "app", "tty": None, "ports": [{"containerPort": 1}, {"containerPort": 2}]}],
        "tolerations": [2],
    }
