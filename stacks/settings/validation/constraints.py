"""Rules about one value, as annotations of a type: spelling of a string, range of a whole number."""

import re
from collections.abc import Callable, Iterable
from typing import LiteralString, cast

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from stacks.settings.validation.registry import Rule, register_rule
from stacks.settings.validation.repeatable import quoted, repeatable, truncate


def refusal(
    rule_broken: Rule,
    problem: str,
    remedy: str,
    suggested_value: str | Iterable[str] | None = None,
    *,
    hidden: str | None = None,
) -> PydanticCustomError:
    """The error that pydantic carries to ``shape_problems``, which makes a ``Problem`` of it.

    ``hidden`` is the problem without the value, for keys whose value may be a secret.
    """
    rule_id = cast(
        LiteralString, rule_broken.id
    )  # pydantic asks for a literal only to keep values out of the type
    values = (suggested_value,) if isinstance(suggested_value, str) else tuple(suggested_value or ())
    context = {"problem": problem, "hidden": hidden or problem, "remedy": remedy, "suggested_value": values}
    return PydanticCustomError(rule_id, "refused", context)


def hyphened(value: str) -> Iterable[str]:
    """The value with hyphens for what a name cannot have."""
    name = re.sub(r"[^0-9A-Za-z]+", "-", value).strip("-")
    return (name, name.lower())


def any_case(text: str) -> str:
    """The pattern of a text in any case, in the syntax that ECMAScript shares: editors compile it too."""
    return "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else re.escape(c) for c in text)


_SHORT = 300
"""Characters of a value for which a near one is looked for: nothing valid is longer, but ids by a little."""


class Pattern:
    """The spelling of a string, an annotation of its type: ``Annotated[str, Pattern("vault-name", r"…",
    …)]``.

    ``mended`` gives what a wrong value nearly is, ``hyphenated`` the value with hyphens; ``example`` is for a
    key that is missing.
    """

    def __init__(
        self,
        rule_id: str,
        pattern: str,
        *,
        is_a: str,
        remedy: str,
        example: str | None,
        source: str,
        shown: bool = True,
        hyphenated: bool = False,
        mended: Callable[[str], Iterable[str]] | None = None,
    ) -> None:
        self.rule = register_rule(rule_id, source)
        self._pattern = re.compile(pattern)
        self.is_a, self.remedy, self.example, self._shown = is_a, remedy, example, shown
        self._candidates = hyphened if hyphenated else mended

    def check(self, value: str) -> str:
        """Return the value if it matches."""
        if self._pattern.fullmatch(value):
            return value
        is_not = f"is not {'an' if self.is_a[0] in 'aeiou' else 'a'} {self.is_a}"
        hidden = f"the value {is_not}"
        problem = f"{quoted(value)} {is_not}" if self._shown else hidden
        raise refusal(self.rule, problem, self.remedy, self._mended(value), hidden=hidden)

    def _mended(self, value: str) -> list[str]:
        """A value that is nearly this one. Never an example: that is the name of something else."""
        candidates = (
            self._candidates(value) if self._shown and self._candidates and len(value) <= _SHORT else ()
        )
        # A part that messages do not repeat is not in the suggestion either.
        known = value if repeatable(value) == value else ""
        return [name for name in candidates if known and name != value and self._pattern.fullmatch(name)]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "pattern": f"^(?:{self._pattern.pattern})$"}


class IntRange:
    """The range of a whole number, both ends included."""

    def __init__(
        self, rule_id: str, low: int, high: int, *, unit: str, source: str, example: int | None = None
    ) -> None:
        self.rule = register_rule(rule_id, source)
        self.low, self.high, self._unit = low, high, unit
        self.remedy = f"choose {low} to {high}"
        self.example = str(low if example is None else example)

    def check(self, value: int) -> int:
        """Return the value if it lies in the range."""
        if self.low <= value <= self.high:
            return value
        # The nearest value, and the next one if another rule does not allow that.
        nearest = (self.low, self.low + 1) if value < self.low else (self.high, self.high - 1)
        raise refusal(
            self.rule,
            f"{truncate(str(value))} {self._unit_of(value)} is out of range",
            self.remedy,
            [str(number) for number in nearest],
        )

    def _unit_of(self, value: int) -> str:
        """The unit as a noun of the number: 1 hour, 2 hours, 1 pod per node."""
        if value != 1 or self._unit.startswith("as "):
            return self._unit
        return re.sub(r"^(\w+?)((?<=ss)es|s)\b", r"\1", self._unit)

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "minimum": self.low, "maximum": self.high}
