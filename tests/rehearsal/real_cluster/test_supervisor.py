"""The programs of a real cluster end with the process that started them, and their folder goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.real_cluster import supervisor

pytestmark = pytest.mark.servers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "cluster"
    made.mkdir()
    return made


def started(folder: Path, *command: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", supervisor.__file__, str(folder)], stdin=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(command) + "\n")
    process.stdin.flush()
    return process


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def pid_of_child(folder: Path) -> int:
    log = folder / "sh.log"
    assert eventually(lambda: log.exists() and log.read_text().endswith("\n"))
    return int(log.read_text())


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]


LONG = ("/bin/sh", "-c", "echo $$; exec sleep 60")


def test_they_end_when_standard_input_closes(folder: Path) -> None:
    """As it does when the process that holds it is killed."""
    process = started(folder, *LONG)
    child = pid_of_child(folder)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(60) == 0
    assert is_gone(child)
    assert not folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process")
def test_they_end_with_a_killed_supervisor(folder: Path) -> None:
    process = started(folder, *LONG)
    child = pid_of_child(folder)
    process.kill()
    process.wait()
    assert process.stdin is not None
    process.stdin.close()
    assert eventually(lambda: is_gone(child))


def test_an_end_of_its_own_is_noted(folder: Path) -> None:
    process = started(folder, "/bin/sh", "-c", "echo 1; exit 3")
    assert eventually(lambda: (folder / "sh.exit").exists() and (folder / "sh.exit").read_text() == "3")
    assert process.stdin is not None
    process.stdin.close()
    process.wait(60)
