"""tools/check.py: the order of the steps, and the remedy that a failed one shows. Nothing is run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import check

QUICK = ["ruff", "ruff", "pyright", "tools.conventions", "tools.workflows"]
MAKEFILE = Path(__file__).resolve().parents[2] / "Makefile"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The modules that are run; the one called ``broken`` fails."""
    calls: list[list[str]] = []

    def call(command: list[str], cwd: Path) -> int:
        assert command[:2] == [sys.executable, "-m"]
        assert cwd == MAKEFILE.parent
        calls.append(command[2:])
        return 3 if "broken" in command else 0

    monkeypatch.setattr(subprocess, "call", call)
    return calls


def test_the_tests_come_last_and_take_further_arguments(
    calls: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check.main(["-k", "vault"]) == 0
    assert [call[0] for call in calls] == [*QUICK, "pytest"]
    assert calls[-1][-2:] == ["-k", "vault"]
    assert capsys.readouterr().out.splitlines() == [
        f"check: {name}" for name in ("format", "lint", "types", "conventions", "workflows", "tests")
    ]


def test_a_quick_check_runs_no_tests(calls: list[list[str]]) -> None:
    assert check.main(["--quick"]) == 0
    assert [call[0] for call in calls] == QUICK


def test_a_failed_step_shows_its_remedy_and_ends_the_check(
    calls: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = (check.QUICK[0], check.Step("types", "mend it", ("broken",)), check.QUICK[1])
    monkeypatch.setattr(check, "QUICK", steps)
    assert check.main([]) == 1
    assert [call[0] for call in calls] == ["ruff", "broken"]
    assert capsys.readouterr().err == "check: types failed; mend it\n"


def test_the_tests_are_those_of_make_test() -> None:
    assert f"@$(PY) -m {' '.join(check.TESTS.command)} $(ARGS)\n" in MAKEFILE.read_text(encoding="utf-8")
