"""tools/bootstrap.py: what is installed when, and every message. All Pythons here are shell scripts."""

import pytest

from tests.tools.fake_python import Machine
from tools import bootstrap
from tools.bootstrap import LOCKS, main

pytestmark = pytest.mark.servers


def test_the_first_set_up_makes_an_environment_and_installs_the_locks(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.python("python3")
    assert main([], machine.root) == 0
    output, errors = capfd.readouterr()
    assert errors == ""
    lines = output.splitlines()
    assert lines[:4] == [
        "setup: making .venv with python3 (Python 3.12.1)",
        "setup: installing the packages of requirements.txt requirements-dev.txt "
        "(a minute or two the first time)",
        "  unpacking",
        "  compiling to bytecode",
    ]
    assert lines[4:] == [
        "setup: .venv done in 0 s",
        "setup: ready: Python 3.12.1 in .venv; type make preview or make test",
    ]
    install = next(line for line in machine.calls() if "pip install" in line)
    assert "--require-hashes" in install
    assert install.endswith(f"-r {machine.root}/requirements.txt -r {machine.root}/requirements-dev.txt")


def test_a_second_set_up_has_nothing_to_do_and_is_silent_as_a_prerequisite(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.python("python3")
    main([], machine.root)
    machine.calls()
    capfd.readouterr()
    assert main(["--quiet"], machine.root) == 0
    assert capfd.readouterr() == ("", "")
    assert not machine.installed()


def test_a_changed_lock_is_installed_into_the_same_environment(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.python("python3")
    main([], machine.root)
    before = machine.stamps()
    (machine.root / LOCKS[1]).write_text("a==2\n")
    capfd.readouterr()
    assert main(["--quiet"], machine.root) == 0
    output = capfd.readouterr().out
    assert "installing the packages" in output
    assert "making" not in output
    [stamp] = machine.stamps()
    assert [stamp] != before


def test_a_broken_environment_is_made_anew(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    machine.python("python3")
    main([], machine.root)
    capfd.readouterr()
    machine.flags["BROKEN"].touch()
    assert main(["--quiet"], machine.root) == 0
    assert "setup: making .venv with python3" in capfd.readouterr().out


def test_an_environment_whose_python_is_gone_is_made_anew(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.python("python3")
    main([], machine.root)
    python = machine.environment.python
    python.unlink()
    python.symlink_to(machine.root / "uninstalled")
    capfd.readouterr()
    assert main(["--quiet"], machine.root) == 0
    assert "setup: making .venv with python3" in capfd.readouterr().out


def test_another_python_makes_the_environment_anew_and_the_same_one_does_not(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.python("python3")
    machine.python("python3.13", "3.13.0")
    main([], machine.root)
    capfd.readouterr()
    assert main(["--python", "python3"], machine.root) == 0
    assert "making" not in capfd.readouterr().out
    assert main(["--python", "python3.13"], machine.root) == 0
    assert "setup: making .venv with python3.13 (Python 3.13.0)" in capfd.readouterr().out
    capfd.readouterr()
    assert main([], machine.root) == 0
    assert capfd.readouterr().out == "setup: ready: Python 3.13.0 in .venv; type make preview or make test\n"


def test_a_failing_venv_is_reported_with_its_last_line(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.python("python3")
    machine.flags["NO_VENV"].touch()
    assert main([], machine.root) == 1
    assert capfd.readouterr().err == (
        "setup: python3 could not make .venv: no space left on device; mend that and type make setup\n"
    )


def test_a_failing_pip_is_reported_and_the_next_set_up_goes_on(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.python("python3")
    machine.flags["NO_PIP"].touch()
    assert main([], machine.root) == 1
    assert capfd.readouterr().err == (
        "ERROR: no network\n"
        "setup: pip could not install the packages, its reason stands above; mend that and type make setup\n"
    )
    assert machine.stamps() == []
    machine.flags["NO_PIP"].unlink()
    assert main(["--quiet"], machine.root) == 0
    assert "making" not in capfd.readouterr().out


def test_an_engine_that_cannot_be_had_is_the_exit_status(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.python("python3")
    monkeypatch.setattr(bootstrap, "set_up_engine", lambda environment, quiet: 1)
    assert main(["scanner"], machine.root) == 1
    assert "ready" not in capfd.readouterr().out


@pytest.mark.parametrize(
    ("what", "contents", "folder"),
    [
        ("scanner", "Checkov", ".tools/checkov"),
        ("policy", "what the policy pack runs on", ".tools/policy"),
    ],
)
def test_what_has_other_pins_is_installed_once_into_an_environment_of_its_own(
    what: str, contents: str, folder: str, machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.python("python3")
    main([], machine.root)
    machine.calls()
    capfd.readouterr()
    assert main([what, "--quiet"], machine.root) == 0
    assert capfd.readouterr().out.splitlines() == [
        f"{what}: installing {contents} into {folder} (half a minute to two, once)",
        "  unpacking",
        "  compiling to bytecode",
        f"{what}: {folder} done in 0 s",
    ]
    assert any(line.startswith(f"{folder}/bin/python -m pip install") for line in machine.calls())
    assert main([what, "--quiet"], machine.root) == 0
    assert capfd.readouterr() == ("", "")
    assert not machine.installed()


def test_a_scanner_that_cannot_be_installed_is_reported(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.python("python3")
    main([], machine.root)
    machine.flags["NO_PIP"].touch()
    capfd.readouterr()
    assert main(["scanner"], machine.root) == 1
    assert capfd.readouterr().err.endswith(
        "scanner: pip could not install it, its reason stands above; mend that and type make scanner\n"
    )


def test_clean_removes_what_can_be_made_again_and_leaves_the_engine(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    outside = machine.root.parent / "outside"
    gone = [".rehearsal/dev", "rendered", ".pytest_cache", "stacks/settings/__pycache__", "__pycache__"]
    kept = [".tools/bin/__pycache__", "stacks/settings", str(outside)]
    for name in (*gone, *kept):
        (machine.root / name).mkdir(parents=True, exist_ok=True)
    (machine.root / ".venv").symlink_to(outside)
    assert main(["clean"], machine.root) == 0
    assert not any((machine.root / name).exists() for name in (*gone, ".venv"))
    assert all((machine.root / name).exists() for name in kept)
    assert (
        capfd.readouterr().out
        == "clean: done; engine, scanner and policy pack stay, rm -rf .tools removes them\n"
    )
