"""Patterns of definitions are decided as Go decides them, and in linear time."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal.simulators.kubernetes.apiserver.go_regexp import matches
from tests.each import each

SYNCED = r"^[A-Za-z0-9]([-A-Za-z0-9]+([-._a-zA-Z0-9]?[A-Za-z0-9])*)?$"
"""Pattern of a SecretSync: Python's `re` takes exponential time for a text that does not match."""
_SHARED = (SYNCED, r"^(\w+-?){1,3}$", r"a.?b", r"^$", r"(?:x|yy)*z", r"[^a-c]{2,}", r"\d+\s\D", r"^(a*)*$")


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(_SHARED), st.text("abxyz-_. 0A", max_size=12))
def test_what_python_and_go_share_is_decided_alike(pattern: str, text: str) -> None:
    assert matches(pattern, text) is bool(re.search(pattern, text))


@each(
    "pattern, text, accepted",
    [
        (r"^a$", "a\n", False),  # Python: the place before a last newline
        (r"^\d$", "٣", False),  # Python: the digits of every script
        (r"^\w$", "é", False),
        (r"^.$", "\n", False),
        (r"b", "abc", True),
        (r"^b", "abc", False),
        (r"", "", True),
    ],
)
def test_where_go_decides_by_itself(pattern: str, text: str, accepted: bool) -> None:
    assert matches(pattern, text) is accepted


@each("text", ["a" * 100_000 + "\0", "a." * 50_000, "a" * 100_000])
def test_a_long_text_takes_no_time(text: str) -> None:
    started = time.thread_time()
    assert matches(SYNCED, text) is (text[-1] == "a")
    assert time.thread_time() - started < 0.5


def test_what_go_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="ASSERT in a pattern"):
        matches(r"(?=a)a", "a")
