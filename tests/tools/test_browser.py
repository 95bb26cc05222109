"""tools/browser.py: the browser that is used, and the message where there is none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools import browser as module
from tools.browser import BrowserError, browser, main


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module, "_MACOS", "no-chrome-here")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path


def add(folder: Path, name: str) -> str:
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_an_installed_browser_is_used(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = add(programs, "google-chrome")
    assert browser() == path
    assert main() == 0
    assert capsys.readouterr().out == f"{path}\n"


def test_root_on_debian_gets_the_package(programs: Path) -> None:
    add(programs, "apt-get")
    commands: list[str] = []

    def run(command: Sequence[str]) -> int:
        commands.append(" ".join(command))
        if "install" in command:
            add(programs, "chromium")
        return 0

    assert browser(run) == str(programs / "chromium")
    assert commands == ["apt-get -qq update", "apt-get -qq install --yes --no-install-recommends chromium"]


@pytest.mark.parametrize(
    ("has_apt", "user", "status", "problem"),
    [
        (False, 0, 0, "not on PATH"),
        (True, 1000, 0, "sudo apt-get install chromium"),
        (True, 0, 100, "apt-get -qq update failed"),
        (True, 0, 0, "has installed no chromium"),
    ],
)
def test_without_one_the_remedy_is_named(
    programs: Path, monkeypatch: pytest.MonkeyPatch, has_apt: bool, user: int, status: int, problem: str
) -> None:
    if has_apt:
        add(programs, "apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: user)
    with pytest.raises(BrowserError, match=problem):
        browser(lambda _: status)


def test_the_command_fails_in_one_sentence(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 1
    assert capsys.readouterr().err.count("\n") == 1
