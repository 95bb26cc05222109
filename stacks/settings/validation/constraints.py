"""Rules about one value, as annotations of a type: spelling of a string, range of a whole number."""

import re
from typing import LiteralString, cast

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from stacks.settings.validation.problems import truncate
from stacks.settings.validation.registry import Rule, register_rule


def refusal(rule_broken: Rule, problem: str, remedy: str, suggested_value: str | None) -> PydanticCustomError:
    """The error that pydantic carries to ``shape_problems``, which makes a ``Problem`` of it."""
    rule_id = cast(
        LiteralString, rule_broken.id
    )  # pydantic asks for a literal only to keep values out of the type
    return PydanticCustomError(
        rule_id, "refused", {"problem": problem, "remedy": remedy, "suggested_value": suggested_value}
    )


class Pattern:
    """The spelling of a string, an annotation of its type: ``Annotated[str, Pattern("vault-name", r"…",
    …)]``.
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
    ) -> None:
        self.rule = register_rule(rule_id, source)
        self._pattern = re.compile(pattern)
        self.is_a, self.remedy, self.example, self._shown, self._hyphenated = (
            is_a,
            remedy,
            example,
            shown,
            hyphenated,
        )

    def check(self, value: str) -> str:
        """Return the value if it matches."""
        if self._pattern.fullmatch(value):
            return value
        article = "an" if self.is_a[0] in "aeiou" else "a"
        got = repr(truncate(value)) if self._shown else "the value"
        raise refusal(self.rule, f"{got} is not {article} {self.is_a}", self.remedy, self._mended(value))

    def _mended(self, value: str) -> str | None:
        """A suggestion: the value with hyphens if that is valid, else the example, which is the name of
        something else.
        """
        hyphened = re.sub(r"[^0-9A-Za-z]+", "-", value).strip("-")
        candidates = [name for name in (hyphened, hyphened.lower()) if self._pattern.fullmatch(name)]
        return candidates[0] if self._hyphenated and candidates else self.example

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
        self.example = str(low if example is None else example)

    def check(self, value: int) -> int:
        """Return the value if it lies in the range."""
        if self.low <= value <= self.high:
            return value
        choices = f"choose {self.low} to {self.high}"
        raise refusal(
            self.rule, f"{truncate(str(value))} {self._unit} is out of range", choices, self.example
        )

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "minimum": self.low, "maximum": self.high}
