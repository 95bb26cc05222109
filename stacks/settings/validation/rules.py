"""What a refused setting looks like, and the register of every rule that can refuse one.

Owns: ``Problem`` (one refusal, in words), ``RULES`` (every rule with its source), the three ways to write a rule: ``Matches`` (the
spelling of a string), ``Between`` (the range of a number) and ``rule`` (what keys owe one another).
Deliberately not here: any rule of Azure or Kubernetes (they stand with the settings they bind) and the reading of config.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, TypeVar, cast

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

Path = tuple[str | int, ...]


class Section(BaseModel):
    """What every part of the settings is: frozen, and a key that is not known is an error."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        validate_default=False,
        use_attribute_docstrings=True,
        defer_build=True,  # start-up time: only the whole is ever read
    )


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the settings."""

    rule: str
    """Id of the rule that found it, a key of ``RULES``."""
    path: Path
    """Where: ``("workloads", 2, "technique")``."""
    wrong: str
    """What is wrong, with the value got, unless the value may be a secret."""
    allowed: str
    """What is allowed instead, or what to do."""
    set_to: str | None = None
    """A value that would do: becomes ``pulumi config set …``."""
    command: str | None = None
    """The command that mends it, where setting this key does not."""
    remove: bool = False
    """Taking the key out mends it."""

    def __str__(self) -> str:
        command = self.command
        if command is None and self.set_to is not None:
            command = set_command(self.path, self.set_to)
        return f"{spell(self.path)}: {self.wrong}; {self.allowed}" + (f" ({command})" if command else "")


def spell(path: Path) -> str:
    """``workloads[2].technique``: the form that ``pulumi config set --path`` takes."""
    spelled = ""
    for step in path:
        if isinstance(step, int):
            spelled += f"[{step}]"
        elif not spelled:
            spelled = step
        else:
            spelled += f".{step}" if re.fullmatch(r"[A-Za-z_][\w-]*", step) else f'["{shorten(step)}"]'
    return spelled


def shorten(text: str) -> str:
    """At most 80 characters of a value: a message is for reading."""
    return text if len(text) <= 80 else f"{text[:60]}… ({len(text)} characters)"


def one_of(words: Sequence[str]) -> str:
    """``sdk, csi or kubernetes-secret``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def set_command(path: Path, value: str) -> str:
    """The command that gives a key a value."""
    if len(path) == 1:
        return f"pulumi config set {spell(path)} {value}"
    return f"pulumi config set --path '{spell(path)}' {value}"


def remove_command(path: Path) -> str:
    """The command that takes a key out."""
    return f"pulumi config rm --path '{spell(path)}'" if len(path) > 1 else f"pulumi config rm {spell(path)}"


# ----------------------------------------------------------------------------------------------------------------- the register

Check = Callable[[Any], Iterator[Problem]]
_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True)
class Rule:
    """A rule that settings can break."""

    id: str
    source: str
    """The page or issue of Azure, Kubernetes or Pulumi that makes it a rule, or the design choice it follows from."""


RULES: dict[str, Rule] = {}
_CHECKS: dict[type[BaseModel], list[Check]] = {}


def register(rule_id: str, source: str) -> Rule:
    """Enter a rule; two rules of one name are a mistake of ours."""
    if rule_id in RULES:
        raise ValueError(f"two rules are called {rule_id}")
    RULES[rule_id] = Rule(rule_id, source)
    return RULES[rule_id]


@dataclass(frozen=True)
class Found:
    """A problem as a check says it: the path is relative to the section that the check looks at."""

    path: Path
    wrong: str
    allowed: str
    set_to: str | None = None
    command: str | None = None
    remove: bool = False
    """Taking the key out mends it."""


def rule(
    rule_id: str, on: type[_M], *, source: str
) -> Callable[[Callable[[_M], Iterator[Found]]], Callable[[_M], Iterator[Found]]]:
    """Enter a check that compares keys of one section; it yields what it finds and runs once the section has its shape."""
    register(rule_id, source)

    def enter(check: Callable[[_M], Iterator[Found]]) -> Callable[[_M], Iterator[Found]]:
        def problems(section: _M) -> Iterator[Problem]:
            for found in check(section):
                yield Problem(
                    rule_id, found.path, found.wrong, found.allowed, found.set_to, found.command, found.remove
                )

        _CHECKS.setdefault(on, []).append(problems)
        return check

    return enter


def broken_rules(section: BaseModel, at: Path = ()) -> Iterator[Problem]:
    """Every problem that the checks of a section, and of the sections within it, find."""
    for check in (check for kind in type(section).__mro__ for check in _CHECKS.get(kind, [])):
        for problem in check(section):
            path = at + problem.path
            command = remove_command(path) if problem.remove else problem.command
            yield Problem(problem.rule, path, problem.wrong, problem.allowed, problem.set_to, command)
    for name, field in type(section).model_fields.items():
        yield from broken_rules_within(getattr(section, name), (*at, field.alias or name))


def broken_rules_within(value: object, at: Path) -> Iterator[Problem]:
    """The same for the value of a key: a section, a list of sections, or neither."""
    if isinstance(value, BaseModel):
        yield from broken_rules(value, at)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from broken_rules_within(item, (*at, index))  # pyright: ignore[reportUnknownArgumentType]


# -------------------------------------------------------------------------------------------------------- rules about one value


def refusal(rule_broken: Rule, wrong: str, allowed: str, set_to: str | None) -> PydanticCustomError:
    """What pydantic carries to ``shape_problems``, where it becomes a ``Problem`` with its path."""
    rule_id = cast(
        "LiteralString", rule_broken.id
    )  # pydantic asks for a literal only to keep values out of the type
    return PydanticCustomError(rule_id, "refused", {"wrong": wrong, "allowed": allowed, "set_to": set_to})


class Matches:
    """The spelling of a string: ``Annotated[str, Matches("vault-name", r"…", is_a="vault name", allowed=…, example=…, source=…)]``."""

    def __init__(
        self,
        rule_id: str,
        pattern: str,
        *,
        is_a: str,
        allowed: str,
        example: str | None,
        source: str,
        shown: bool = True,
        hyphenated: bool = False,
    ) -> None:
        self.rule = register(rule_id, source)
        self._pattern = re.compile(pattern)
        self._is_a, self.allowed, self.example, self._shown, self._hyphenated = (
            is_a,
            allowed,
            example,
            shown,
            hyphenated,
        )

    def check(self, value: str) -> str:
        """Return the value, or refuse it."""
        if self._pattern.fullmatch(value):
            return value
        article = "an" if self._is_a[0] in "aeiou" else "a"
        got = repr(shorten(value)) if self._shown else "what stands there"
        raise refusal(self.rule, f"{got} is not {article} {self._is_a}", self.allowed, self._mended(value))

    def _mended(self, value: str) -> str | None:
        """Of a name: what was meant, where hyphens make it right. Pasted, the example would be somebody else's name."""
        hyphened = re.sub(r"[^0-9A-Za-z]+", "-", value).strip("-")
        near = [one for one in (hyphened, hyphened.lower()) if self._pattern.fullmatch(one)]
        return near[0] if self._hyphenated and near else self.example

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "pattern": f"^(?:{self._pattern.pattern})$"}


class Between:
    """The range of a whole number, both ends included."""

    def __init__(
        self, rule_id: str, low: int, high: int, *, unit: str, source: str, example: int | None = None
    ) -> None:
        self.rule = register(rule_id, source)
        self._low, self._high, self._unit = low, high, unit
        self.example = str(low if example is None else example)

    def check(self, value: int) -> int:
        """Return the value, or refuse it."""
        if self._low <= value <= self._high:
            return value
        choices = f"choose {self._low} to {self._high}"
        raise refusal(self.rule, f"{shorten(str(value))} {self._unit} is out of range", choices, self.example)

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "minimum": self._low, "maximum": self._high}
