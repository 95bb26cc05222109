"""When a Job fails or succeeds early: validatePodFailurePolicy, validateSuccessPolicy in
kubernetes/kubernetes 1.36.3, pkg/apis/batch/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    duplicate,
    invalid,
    invalid_value,
    mapping,
    mappings,
    not_negative,
    number,
    required,
    text,
    too_long,
    too_many,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.shape import Failure

_ACTIONS: Final = ("Count", "FailIndex", "FailJob", "Ignore")
_OPERATORS: Final = ("In", "NotIn")
_STATUSES: Final = ("False", "True", "Unknown")
_MOST_RULES: Final = 20
_MOST_CODES: Final = 255
_LONGEST_INDEXES: Final = 64 * 1024


def failure_policy_failures(spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    rules = mappings(mapping(spec.get("podFailurePolicy")).get("rules"))
    if len(rules) > _MOST_RULES:
        yield too_many(f"{path}.rules", len(rules), _MOST_RULES)
    pod = mapping(mapping(spec.get("template")).get("spec"))
    names = {text(c, "name") for kind in ("containers", "initContainers") for c in mappings(pod.get(kind))}
    for index, rule in enumerate(rules):
        place, action = f"{path}.rules[{index}]", text(rule, "action")
        if not action:
            yield required(f"{place}.action", f"valid values: {_quoted(_ACTIONS)}")
        elif action not in _ACTIONS:
            yield unsupported(f"{place}.action", action, _ACTIONS)
        elif action == "FailIndex" and number(spec, "backoffLimitPerIndex") is None:
            yield invalid(f"{place}.action", action, "requires the backoffLimitPerIndex to be set")
        codes, conditions = rule.get("onExitCodes"), mappings(rule.get("onPodConditions"))
        if isinstance(codes, Mapping):
            yield from _codes(codes, f"{place}.onExitCodes", names)
        yield from _conditions(conditions, f"{place}.onPodConditions")
        if codes is not None and conditions:
            yield invalid_value(place, "specifying both OnExitCodes and OnPodConditions is not supported")
        if codes is None and not conditions:
            yield invalid_value(place, "specifying one of OnExitCodes and OnPodConditions is required")


def success_policy_failures(spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    rules = mappings(mapping(spec.get("successPolicy")).get("rules"))
    if not rules:
        why = "at least one rules must be specified when the successPolicy is specified"
        yield required(f"{path}.rules", why)
    if len(rules) > _MOST_RULES:
        yield too_many(f"{path}.rules", len(rules), _MOST_RULES)
    completions = number(spec, "completions") or 0
    for index, rule in enumerate(rules):
        place, count, indexes = (
            f"{path}.rules[{index}]",
            number(rule, "succeededCount"),
            rule.get("succeededIndexes"),
        )
        if count is None and indexes is None:
            why = "at least one of succeededCount or succeededIndexes must be specified"
            yield required(place, why)
        total = 0
        if isinstance(indexes, str):
            if len(indexes) > _LONGEST_INDEXES:
                yield too_long(f"{place}.succeededIndexes", _LONGEST_INDEXES)
            parsed = _index_count(indexes, completions)
            total = parsed if isinstance(parsed, int) else 0
            if isinstance(parsed, str):
                why = f"error parsing succeededIndexes: {parsed}"
                yield invalid(f"{place}.succeededIndexes", indexes, why)
        if count is None:
            continue
        yield from not_negative(rule, place, "succeededCount")
        limit = "must be less than or equal to"
        if count > completions:
            why = f"{limit} {completions} (the number of specified completions)"
            yield invalid(f"{place}.succeededCount", count, why)
        if indexes is not None and count > total:
            why = f"{limit} {total} (the number of indexes in the specified succeededIndexes field)"
            yield invalid(f"{place}.succeededCount", count, why)


def _codes(codes: Mapping[str, Any], path: str, names: set[str]) -> Iterator[Failure]:
    operator, name = text(codes, "operator"), codes.get("containerName")
    if not operator:
        yield required(f"{path}.operator", f"valid values: {_quoted(_OPERATORS)}")
    elif operator not in _OPERATORS:
        yield unsupported(f"{path}.operator", operator, _OPERATORS)
    if isinstance(name, str) and name not in names:
        why = "must be one of the container or initContainer names in the pod template"
        yield invalid(f"{path}.containerName", name, why)
    listed = codes.get("values")
    values = [value for value in listed if isinstance(value, int)] if isinstance(listed, list) else []
    if not values:
        yield invalid(f"{path}.values", listed, "at least one value is required")
    elif len(values) > _MOST_CODES:
        yield too_many(f"{path}.values", len(values), _MOST_CODES)
    for index, value in enumerate(values):
        if operator == "In" and value == 0:
            yield invalid(f"{path}.values[{index}]", 0, "must not be 0 for the In operator")
        if value in values[:index]:
            yield duplicate(f"{path}.values[{index}]", value)
    if values != sorted(values):
        yield invalid(f"{path}.values", values, "must be ordered")


def _conditions(conditions: list[Mapping[str, Any]], path: str) -> Iterator[Failure]:
    if len(conditions) > _MOST_RULES:
        yield too_many(path, len(conditions), _MOST_RULES)
    for index, condition in enumerate(conditions):
        place, kind, status = f"{path}[{index}]", text(condition, "type"), text(condition, "status")
        yield from wrong(f"{place}.type", kind, content.qualified_name(kind))
        if not status:
            yield required(f"{place}.status", f"valid values: {_quoted(_STATUSES)}")
        elif status not in _STATUSES:
            yield unsupported(f"{place}.status", status, _STATUSES)


def _index_count(indexes: str, completions: int) -> int | str:
    """validateIndexesFormat: how many indexes a list such as `0,2-4` has, or what is wrong with it."""
    total, last = 0, -1
    for part in indexes.split(",") if indexes else []:
        limits = part.split("-")
        if len(limits) > 2:
            return (
                f'the fragment "{part}" violates the requirement that an index interval can have at most two '
                "parts separated by '-'"
            )
        numbers: list[int] = []
        for limit in limits:
            if not limit.removeprefix("+").isascii() or not limit.removeprefix("+").isdigit():
                return f'cannot convert string to integer for index: "{limit}"'
            if int(limit) >= completions:
                return f'too large index: "{limit}"'
            numbers.append(int(limit))
        if len(numbers) == 2 and numbers[0] >= numbers[1]:
            return f"non-increasing order, previous: {numbers[0]}, current: {numbers[1]}"
        if last >= numbers[0]:
            return f"non-increasing order, previous: {last}, current: {numbers[0]}"
        total, last = total + numbers[-1] - numbers[0] + 1, numbers[-1]
    return total


def _quoted(values: tuple[str, ...]) -> str:
    return "[" + " ".join(f'"{value}"' for value in values) + "]"
