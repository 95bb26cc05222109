"""Every expression reads 100 kB in no time, whatever the text is."""

import re
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import pytest

from rehearsal.simulators.azure.types import TYPES
from rehearsal.simulators.kubernetes import operators
from rehearsal.simulators.kubernetes.apiserver.custom_resources import schemas_in
from rehearsal.simulators.kubernetes.apiserver.go_regexp import matches
from stacks.settings.json_schema import stack_file_schema
from stacks.settings.types.go_template import actions, fields_of, unpaired
from tests.patterns.pumped import pumped
from tests.patterns.schema import patterns_of
from tests.patterns.source import REPOSITORY, expressions, sources

FOLDERS = sorted({file.parent for file in Path(operators.__file__).parent.glob("*/crds/*.yaml")})
SIZE = 100_000
SHORT = (12, 16, 20, 24, 28)
"""Lengths that an exponential expression reads slowly: without them it never ends with a long text."""
SECONDS = 0.5
"""CPU time that 100 kB may take; a quadratic expression needs a minute."""


def _slow(read: Callable[[str], object], texts: Callable[[int], Iterator[str]]) -> str | None:
    """The beginning of a text that is read too slowly. The size grows, so that a slow one ends soon.

    Four times the size takes 64 times as long if the time grows with the cube: a quarter that takes less than
    a hundredth of what the whole may take needs no second reading.
    """
    for *short, quarter, whole in zip(*map(texts, (*SHORT, SIZE // 4, SIZE)), strict=True):
        for text in (*short, quarter, whole):
            started = time.thread_time()
            read(text)
            took = time.thread_time() - started
            if took > SECONDS * len(text) / SIZE + 0.05:
                return f"{len(text)} characters: {text[:60]!r}"
            if text is quarter and took < SECONDS / 100:
                break
    return None


@cache
def _is_slow(pattern: str, anywhere: bool) -> str | None:
    compiled = re.compile(pattern)

    def read(text: str) -> object:
        return [None for _ in compiled.finditer(text)] if anywhere else compiled.fullmatch(text)

    return _slow(read, lambda size: pumped(pattern, size))


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_the_expressions_of_a_file_are_linear(path: Path) -> None:
    slow = {expression: _is_slow(expression.pattern, expression.anywhere) for expression in expressions(path)}
    assert {expression: text for expression, text in slow.items() if text} == {}


def test_the_types_of_the_settings_are_linear() -> None:
    patterns = patterns_of(stack_file_schema())
    assert len(patterns) > 20
    assert [(pattern, text) for pattern in patterns if (text := _is_slow(pattern, False))] == []


def test_the_patterns_of_definitions_are_linear() -> None:
    """They are not the project's: the API server decides them by an automaton, and the simulated one too."""
    patterns = patterns_of([dict(schema) for folder in FOLDERS for schema in schemas_in(folder).values()])
    assert len(patterns) > 5
    assert {pattern: _slow(partial(matches, pattern), partial(pumped, pattern)) for pattern in patterns} == (
        dict.fromkeys(patterns)
    )


def test_the_patterns_of_azures_types_are_linear() -> None:
    patterns = {pattern for row in TYPES.values() for pattern in row.patterns.values()}
    assert {pattern: text for pattern in patterns if (text := _is_slow(pattern, True))} == {}


@pytest.mark.parametrize("pattern", [r"[0-9]+\.?[0-9]*x", r"[a-z]*[a-z0-9]*-", r"a([-a-z]*[a-z])*"])
def test_a_slow_expression_is_found(pattern: str) -> None:
    compiled = re.compile(pattern)
    assert _slow(compiled.fullmatch, lambda size: pumped(pattern, size))


@pytest.mark.parametrize("read", [actions, fields_of, unpaired])
@pytest.mark.parametrize(
    "part",
    ["{{ ", "{{", " ", "{{/*", "}}", "{{ .a }}", '"', "`", '\\"', 'index . "', ".a-", ".a.", "$a ", "{{-  -"],
)
def test_a_template_is_read_once(read: Callable[[str], object], part: str) -> None:
    def texts(size: int) -> Iterator[str]:
        body = part * (size // len(part))
        yield from (body, "{{ " + body, "{{ " + body + "}}", '{{ "' + body + "}}")

    assert _slow(read, texts) is None
