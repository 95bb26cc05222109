"""Requests to the process of the simulators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulators.__main__ import _answer


@pytest.mark.parametrize(
    ("request_", "about", "problem"),
    [
        ({"latency": {"*": float("inf")}}, "latency", "the latency of * is inf; use seconds"),
        ({"latency": {"*": float("nan")}}, "latency", "the latency of * is nan; use seconds"),
        ({"cloud": {"azure": [{}]}}, "cloud", "azure[0]: the key 'id' is missing"),
        ({"latency": {"*": "soon"}}, "state", "defect of the rehearsal's simulator: TypeError"),
    ],
)
def test_every_error_is_an_answer(tmp_path: Path, request_: dict[str, Any], about: str, problem: str) -> None:
    answer = _answer({"open": str(tmp_path / "world"), **request_}, {})
    assert answer["about"] == about
    assert answer["error"].startswith(problem)
