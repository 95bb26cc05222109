"""A base file is YAML as the engine reads it; a fault is shown with its line, and without its text.

tests/engine/test_stages.py compares the values with the engine's.
"""

import pytest

from stacks.settings.base.yaml_document import YamlFaultError, parse
from tests.each import each

_NO_ANCHOR = "a value begins with an asterisk; put it in quotes, or anchor that name above"
_TEN_EACH = [f"{c}: &{c} [{','.join(['*' + chr(ord(c) - 1)] * 10)}]" for c in "cdefgh"]
_BOMB = "\n".join(["a: 1", "b: &b [x,x,x,x,x,x,x,x,x,x]", *_TEN_EACH])
FAULTS = {
    "a: 1\nb: [1, canary": "line 2: a bracket is not closed, or a comma is missing",
    "a: 1\nb: 'canary\nc: 1\n": "line 2: a quote is not closed",
    "a: canary: c": "line 1: a colon stands in a value; put the value in quotes",
    "a: 1\ncanary\nb: 1": "line 2: a line has no key, or no space behind its colon",
    "a: 1\ncanary": "line 2: a line has no key, or no space behind its colon",
    "a:\n\tcanary: 1": "line 2: a tab stands where only spaces indent",
    "a: @canary": "line 1: a value begins with a character that needs quotes around it",
    "a:\n  b: 1\n c: canary": "line 3: the indentation does not fit the lines above",
    "a: 1\n---\nb: canary": "line 2: a second document begins; keep one",
    "a: *canary": f"line 1: {_NO_ANCHOR}",
    "a: &canary [*canary]": f"line 1: {_NO_ANCHOR}",
    "? [canary]\n: 1": "line 1: a key is no text",
    "{{ canary }}: 1": "line 1: a key is no text",
    "a:\n  b: 1\n  c: 2\n  b: canary": "line 4: a key is listed twice",
    "<<: canary": "line 1: <<: needs keys with values",
    "a: .inf": "line 1: a value is no number that JSON has; put it in quotes",
    "a: \x01canary": "line 1: a character is not allowed in YAML",
    "%CANARY\n---\na: 1": "line 1: the text is no YAML from here on",
    "[" * 5000: "line 1: more than 100 levels",
    _BOMB: "line 7: more than 200000 values",
}  # fmt: skip


@each("text", FAULTS, ids=lambda text: text[:20].encode("unicode_escape").decode())
def test_a_fault_is_told_with_its_line_and_without_its_text(text: str) -> None:
    with pytest.raises(YamlFaultError) as fault:
        parse(text)
    assert str(fault.value) == FAULTS[text]
    assert "canary" not in str(fault.value)


def test_no_tag_makes_an_object() -> None:
    assert parse("a: !!python/object/apply:os.system ['exit 1']").value == {"a": ["exit 1"]}


def test_each_value_has_its_line() -> None:
    document = parse("a:\n  b:\n    - x\n    - {c: 1}\n<<: {d: 2}\n")
    lines = {path: document.line_of(path) for path in [("a",), ("a", "b", 1, "c"), ("d",), ("a", "zzz")]}
    assert lines == {("a",): 1, ("a", "b", 1, "c"): 4, ("d",): 5, ("a", "zzz"): 1}


def test_anchors_and_merged_keys_are_those_of_yaml() -> None:
    text = "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\nz: {b: 3, <<: [{b: 4, c: 5}, {c: 6}]}\nw: *x\n"
    value = {"a": 1, "b": 2}
    assert parse(text).value == {"x": value, "y": {"a": 1, "b": 3}, "z": {"b": 3, "c": 5}, "w": value}


def test_an_empty_text_is_nothing() -> None:
    assert [parse(text).value for text in ("", "# comment\n", "---\n")] == [None, None, None]
