"""Whether an assignment of Azure Policy denies, and resources of which types.

https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-basics. An effect is a
parameter as a rule: of the definition, which the initiative sets, whose own parameter the assignment sets.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from operations.azure.api_versions import POLICY
from operations.azure.documents import at, objects_at, text_at
from operations.azure.reads import AzureReads

_PARAMETER: Final = re.compile(r"\[parameters\('([^']+)'\)\]")
_INITIATIVE: Final = "/policysetdefinitions/"
_Values = Mapping[str, Any]


def denies(reads: AzureReads, assignment: Mapping[str, Any], types: Collection[str]) -> bool:
    """Whether a definition of the assignment denies resources of one of these types, in lower case."""
    id_ = text_at(assignment, "properties", "policyDefinitionId")
    values = _values(at(assignment, "properties", "parameters"))
    return any(
        _denies(reads, member, set_values, types) for member, set_values in _members(reads, id_, values)
    )


def _members(reads: AzureReads, id_: str, values: _Values) -> Iterator[tuple[str, _Values]]:
    """The definitions with the values of their parameters; of an initiative, all its definitions."""
    if _INITIATIVE not in id_.lower():
        yield id_, values
        return
    initiative = reads.get_if_exists(id_, POLICY)
    own = {**_defaults(initiative), **values}
    for member in objects_at(initiative, "properties", "policyDefinitions"):
        set_values = _values(at(member, "parameters"))
        yield (
            text_at(member, "policyDefinitionId"),
            {name: _resolved(value, own) for name, value in set_values.items()},
        )


def _denies(reads: AzureReads, id_: str, values: _Values, types: Collection[str]) -> bool:
    effect = values.get("effect")
    if isinstance(effect, str) and effect.lower() != "deny" and not _PARAMETER.fullmatch(effect):
        return False  # initiatives have hundreds of definitions that audit: none of them is read
    definition = reads.get_if_exists(id_, POLICY) if id_.startswith("/") else None
    own = {**_defaults(definition), **values}
    effect = _resolved(text_at(definition, "properties", "policyRule", "then", "effect"), own)
    if str(effect).lower() != "deny":
        return False
    named = set(_types_in(at(definition, "properties", "policyRule", "if")))
    return not named or bool(named & set(types)) or any("[" in name or "*" in name for name in named)


def _values(parameters: Any) -> dict[str, Any]:
    if not isinstance(parameters, Mapping):
        return {}
    return {str(name): at(value, "value") for name, value in parameters.items()}


def _defaults(definition: Any) -> dict[str, Any]:
    parameters = at(definition, "properties", "parameters")
    if not isinstance(parameters, Mapping):
        return {}
    return {str(name): at(value, "defaultValue") for name, value in parameters.items()}


def _resolved(value: Any, values: _Values) -> Any:
    match = _PARAMETER.fullmatch(value) if isinstance(value, str) else None
    return values.get(match[1]) if match else value


def _types_in(rule: Any) -> Iterator[str]:
    """The resource types that a condition names, in lower case."""
    if isinstance(rule, list):
        for each in rule:
            yield from _types_in(each)
    elif isinstance(rule, Mapping):
        if str(rule.get("field", "")).lower() == "type":
            for name, value in rule.items():
                if name != "field":
                    yield from (str(each).lower() for each in (value if isinstance(value, list) else [value]))
        else:
            for each in rule.values():
                yield from _types_in(each)
