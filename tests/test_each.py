"""tests/each.py: one test tries all cases and names each that fails."""

import pytest

from tests.each import each

TRIED: list[int] = []


@each("number", [1, 2, 3])
@each("letter, length", [("a", 1), ("bb", 2)], ids=lambda case: case[0])
def check(number: int, letter: str, length: int) -> None:
    TRIED.append(number)
    assert len(letter) == length
    assert number != 2 or letter == "a", "no match"


def test_every_case_is_tried_and_each_that_fails_is_named_with_its_reason() -> None:
    TRIED.clear()
    with pytest.raises(pytest.fail.Exception) as failure:
        check()
    assert TRIED == [1, 1, 2, 2, 3, 3]
    text = str(failure.value)
    assert text.startswith("1 of 3 cases\n[2] ")
    assert "1 of 2 cases\n[bb] " in text
    assert "test_each.py:15: AssertionError: no match" in text
    assert 'assert number != 2 or letter == "a", "no match"' in text


@each("number", [1, 2])
def test_fixtures_are_those_of_the_test(number: int, tmp_path: object) -> None:
    assert tmp_path


@pytest.mark.parametrize(("cases", "ids"), [([], []), ([1], [])])
def test_each_case_has_a_name(cases: list[int], ids: list[str]) -> None:
    with pytest.raises(AssertionError):
        each("number", cases, ids)
