"""The Python that makes .venv, and the progress of pip. All Pythons here are shell scripts."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.fake_python import Machine
from tools import bootstrap, environment
from tools.bootstrap import candidates_for, find_python, main
from tools.environment import Environment, SetupError, count_packages, show_pip_progress

pytestmark = pytest.mark.servers


def test_pythons_that_cannot_be_used_are_passed_over(machine: Machine) -> None:
    machine.python("python3", "3.9.2")
    machine.python("python3.13", "3.13.0", missing="venv")
    machine.python("python3.11", "3.11.7")
    assert find_python(candidates_for(None, machine.environment)) == ("python3.11", "3.11.7")


def test_without_a_usable_python_one_sentence_names_each_and_the_remedy(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.python("python3", "3.9.2")
    machine.python("python3.13", "3.13.0", missing="venv")
    assert main([], machine.root) == 1
    assert capfd.readouterr().err == (
        "setup: Python 3.11 or newer is needed; "
        "tried python3, python3.13, python3.12, python3.11, python3.14, python; python3 is 3.9.2; "
        "python3.13 is 3.13.0 but lacks the venv module (Debian, Ubuntu: apt install python3.13-venv); "
        "install one, or name it: make setup PYTHON=/path/to/python3\n"
    )


@pytest.mark.parametrize("name", ["/nowhere/python3", "python3.9"])
def test_the_chosen_python_is_the_only_candidate(
    machine: Machine, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.python("python3")
    machine.python("python3.9", "3.9.2")
    assert main(["--python", name], machine.root) == 1
    errors = capfd.readouterr().err
    assert errors.startswith(f"setup: Python 3.11 or newer is needed; tried {name}; ")
    assert not machine.environment.folder.exists()


def test_the_running_python_is_the_first_candidate(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/python3.12")
    assert candidates_for(None, machine.environment)[:2] == ["/opt/python3.12", "python3"]
    monkeypatch.setattr(sys, "executable", str(machine.environment.python))
    assert candidates_for(None, machine.environment)[0] == "python3"


def test_an_older_python_hands_over_to_one_that_is_new_enough(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.python("python3", "3.9.2")
    machine.python("python3.12")
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    assert main(["scanner", "--quiet"], machine.root) == 64  # the status of the fake for a script
    assert machine.calls()[-1].startswith("python3.12 -I -S ")
    assert machine.root.parent.exists()


@pytest.mark.parametrize("module", [bootstrap, environment])
def test_an_older_python_can_read_what_it_starts(module: object) -> None:
    path = Path(str(getattr(module, "__file__", "")))
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))


def test_packages_of_several_locks_are_counted_once() -> None:
    assert count_packages(["a==1 \\\n    --hash=sha256:00\nb-c.d==2 ; x\n", "# via b==1\na==1\n"]) == 2


def test_the_progress_of_pip_is_a_line_for_every_tenth_package(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"Collecting p{number}==1" for number in range(25)]
    lines += ["  Downloading p.whl", "Installing build dependencies", "Installing collected packages: p1"]
    show_pip_progress(lines, 30, terminal=False)
    assert capsys.readouterr().out == (
        "  10 of at most 30 packages\n  20 of at most 30 packages\n  unpacking\n"
    )


def test_the_progress_of_pip_is_one_updating_line_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show_pip_progress(["Collecting a<2,>=1 (from b)", "Installing collected packages: a"], 3, terminal=True)
    assert capsys.readouterr().out == "\r\033[K  1 of at most 3: a\r\033[K  unpacking\n"


def test_an_environment_without_a_version_is_none(tmp_path: Path) -> None:
    assert Environment(tmp_path, ".venv", ()).version() is None


def test_a_setup_error_is_one_sentence(machine: Machine) -> None:
    with pytest.raises(SetupError, match=r"^Python 3\.11 or newer is needed; tried python9; install one"):
        find_python(["python9"])


@pytest.mark.parametrize("command", ["operations", "rehearsal"])
def test_a_python_without_the_packages_is_told_which_one_has_them(command: str) -> None:
    """`python -m operations` with the system's Python. -S: without the packages of any environment."""
    run = [sys.executable, "-S", "-m", command]
    done = subprocess.run(run, cwd=bootstrap.REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"type .venv/bin/python -m {command} (make setup makes .venv)" in done.stderr
