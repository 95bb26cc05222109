"""The one rule by which a stack file is merged over its base file.

- Sections merge key by key, at every depth; a value of the stack file replaces the value of the base.
- Lists of named things (``workloads``, ``secrets`` …) merge by ``name``: items keep the base's order, new
  ones follow. Where a name stands twice, the first item changes the first one, the second the second.
- Other lists are replaced.
- ``$patch: delete`` leaves out what the base has: an item (``{name: batch, $patch: delete}``) or a key
  (``monitoring: {$patch: delete}``). It is the directive of Kubernetes' strategic merge patch:
  https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/

Owns: the merge, and where each effective value stands. Deliberately not here: files (base_file.py) and what a
value may be.
"""

import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from pydantic import BaseModel

from components.workloads.strategic_merge import MERGE_KEYS
from stacks.settings.model.settings import Settings
from stacks.settings.validation.commands import Path
from stacks.settings.validation.model_tree import fields_by_key, sections_of
from stacks.settings.validation.problems import Problem
from stacks.settings.validation.registry import register_rule

PATCH, DELETE = "$patch", "delete"
_PAGE = (
    "https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/"
    "#use-strategic-merge-patch-to-update-a-deployment-using-the-retainkeys-strategy"
)
PATCH_HAS_EFFECT = register_rule(
    "patch-leaves-something-out", f"{_PAGE} (a directive without effect is a slip)"
).id


@dataclass(frozen=True)
class Place:
    """Place of an effective value."""

    in_base: Path | None
    in_stack: Path | None
    """Both: a section or an item that both files have."""


@dataclass
class Merged:
    """The effective values, and where each of them stands."""

    value: dict[str, Any]
    places: dict[Path, Place] = field(default_factory=dict[Path, Place])
    problems: list[Problem] = field(default_factory=list[Problem])
    """Directives that leave nothing out. Their paths are those of the stack file."""

    def place_of(self, path: Path) -> Place:
        """Place of a value, or of its nearest parent if there is none. Steps below are those of the path."""
        for end in range(len(path), 0, -1):
            if place := self.places.get(path[:end]):
                rest = path[end:]
                return Place(
                    None if place.in_base is None else (*place.in_base, *rest),
                    None if place.in_stack is None else (*place.in_stack, *rest),
                )
        return Place(None, path)


def merged(base: Mapping[str, Any], stack: Mapping[str, Any]) -> Merged:
    """The sections of a stack file over those of its base. Neither is changed."""
    result = Merged({})
    result.value = _keys(result, dict(base), dict(stack), (), (), ())
    return result


def merge_key(path: Path) -> str | None:
    """The key by which the items of a list merge: ``name``. None: the list is replaced."""
    if "overrides" in path:
        return MERGE_KEYS.get(str(path[-1]))
    return "name" if tuple(step for step in path if isinstance(step, str)) in _named_lists() else None


@cache
def _named_lists() -> frozenset[tuple[str, ...]]:
    return frozenset(_lists_below(Settings, ()))


def _lists_below(model: type[BaseModel], at: tuple[str, ...]) -> typing.Iterator[tuple[str, ...]]:
    for key, (section, is_list) in sections_of(model).items():
        if is_list and "name" in fields_by_key(section):
            yield (*at, key)
        yield from _lists_below(section, (*at, key))


def _value(result: Merged, base: Any, stack: Any, path: Path, in_base: Path, in_stack: Path) -> Any:
    """The value of a key that both files have."""
    result.places[path] = Place(in_base, in_stack)
    if isinstance(base, dict) and isinstance(stack, dict):
        return _keys(
            result, cast("dict[str, Any]", base), cast("dict[str, Any]", stack), path, in_base, in_stack
        )
    key = merge_key(path)
    if key and isinstance(base, list) and isinstance(stack, list):
        ours, theirs = cast("list[Any]", base), cast("list[Any]", stack)
        return _items(result, key, ours, theirs, path, in_base, in_stack)
    return _only(result, stack, path, None, in_stack)


def _keys(
    result: Merged,
    base: dict[str, Any],
    stack: dict[str, Any],
    path: Path,
    in_base: Path,
    in_stack: Path,
) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    for key, value in base.items():
        inner = (*path, key)
        if key not in stack:
            keys[key] = _only(result, value, inner, (*in_base, key), None)
        elif _deletes(stack[key]):
            _check_alone(result, stack[key], (*in_stack, key), ())
        else:
            keys[key] = _value(result, value, stack[key], inner, (*in_base, key), (*in_stack, key))
    for key, value in stack.items():
        if key == PATCH:
            result.problems.append(_unknown_directive(in_stack))
        elif key not in base:
            if _deletes(value):
                result.problems.append(_nothing_there((*in_stack, key)))
            else:
                keys[key] = _only(result, value, (*path, key), None, (*in_stack, key))
    return keys


def _items(
    result: Merged,
    key: str,
    base: list[Any],
    stack: list[Any],
    path: Path,
    in_base: Path,
    in_stack: Path,
) -> list[Any]:
    changes = {label: index for index, label in enumerate(_labels(stack, key)) if label is not None}
    items: list[Any] = []
    known: set[int] = set()
    for index, label in enumerate(_labels(base, key)):
        at, of_base = (*path, len(items)), (*in_base, index)
        change = changes.get(label) if label is not None else None
        if change is None:
            items.append(_only(result, base[index], at, of_base, None))
            continue
        known.add(change)
        if _deletes(stack[change]):
            _check_alone(result, stack[change], (*in_stack, change), (key,))
        else:
            items.append(_value(result, base[index], stack[change], at, of_base, (*in_stack, change)))
    for index, item in enumerate(stack):
        if index in known:
            continue
        if _deletes(item):
            result.problems.append(_nothing_there((*in_stack, index)))
        else:
            items.append(_only(result, item, (*path, len(items)), None, (*in_stack, index)))
    return items


def _labels(items: list[Any], key: str) -> list[tuple[Any, int] | None]:
    """The name of each item, with how often it came before. None: an item without a name."""
    seen: dict[Any, int] = {}
    labels: list[tuple[Any, int] | None] = []
    for item in items:
        name = cast("dict[str, Any]", item).get(key) if isinstance(item, dict) else None
        if not isinstance(name, str | int):
            labels.append(None)
            continue
        labels.append((name, seen.get(name, 0)))
        seen[name] = seen.get(name, 0) + 1
    return labels


def _only(result: Merged, value: Any, path: Path, in_base: Path | None, in_stack: Path | None) -> Any:
    """The value of a key that one file has, or whose value in the other is replaced."""
    result.places[path] = Place(in_base, in_stack)
    if isinstance(value, dict):
        keys: dict[str, Any] = {}
        for key, inner in cast("dict[str, Any]", value).items():
            if in_stack is not None and _deletes(inner):
                result.problems.append(_nothing_there((*in_stack, key)))
            elif in_stack is not None and key == PATCH:
                result.problems.append(_unknown_directive(in_stack))
            else:
                keys[key] = _only(result, inner, (*path, key), _below(in_base, key), _below(in_stack, key))
        return keys
    if isinstance(value, list):
        items: list[Any] = []
        for index, item in enumerate(cast("list[Any]", value)):
            if in_stack is not None and _deletes(item):
                result.problems.append(_nothing_there((*in_stack, index)))
            else:
                at = (*path, len(items))
                items.append(_only(result, item, at, _below(in_base, index), _below(in_stack, index)))
        return items
    return value


def _below(path: Path | None, step: str | int) -> Path | None:
    return None if path is None else (*path, step)


def _deletes(value: Any) -> bool:
    return isinstance(value, dict) and cast("dict[str, Any]", value).get(PATCH) == DELETE


def _check_alone(result: Merged, value: Any, in_stack: Path, names: tuple[str, ...]) -> None:
    """Whether only a name stands beside the directive: other keys would have no effect."""
    if [key for key in value if key not in (PATCH, *names)]:
        problem = "$patch: delete leaves all of this out, so that the keys beside it have no effect"
        result.problems.append(Problem(PATCH_HAS_EFFECT, in_stack, problem, "remove them, or remove $patch"))


def _nothing_there(in_stack: Path) -> Problem:
    problem = "$patch: delete leaves nothing out, since the base file has nothing here"
    remedy = "remove it in the stack file, or correct the name"
    return Problem(PATCH_HAS_EFFECT, in_stack, problem, remedy)


def _unknown_directive(in_stack: Path) -> Problem:
    return Problem(PATCH_HAS_EFFECT, in_stack, "unknown value of $patch", "choose delete, or remove $patch")
