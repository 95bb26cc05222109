"""Fixtures of the tests of tools/."""

import sys
from pathlib import Path

import pytest

from tests.tools.fake_python import Machine
from tools import bootstrap, engine_installer
from tools.engine_installer import EngineInstaller

GO_MOD = "module x\n\nrequire (\n\tgithub.com/pulumi/pulumi/pkg/v3 v3.256.0 // indirect\n)\n"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A repository with locks, and a PATH with nothing but fake Pythons."""
    machine = Machine(tmp_path)
    monkeypatch.setenv("PATH", str(machine.bin))
    monkeypatch.setenv("CALLS", str(machine.calls_file))
    for name, path in machine.flags.items():
        monkeypatch.setenv(name, str(path))
    monkeypatch.setattr(sys, "executable", "")
    monkeypatch.setattr(bootstrap, "_handle_signals", lambda: None)
    monkeypatch.setattr(bootstrap, "set_up_engine", lambda environment, quiet: 0)
    return machine


@pytest.fixture
def installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EngineInstaller:
    """A repository without an engine, on a machine with an empty PATH and no network."""
    (tmp_path / "repo" / "tools" / "pulumi").mkdir(parents=True)
    (tmp_path / "repo" / "tools" / "pulumi" / "go.mod").write_text(GO_MOD)
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(engine_installer, "connection_problem", lambda host: f"{host}: no network in tests")
    monkeypatch.setattr(engine_installer, "GO_FOLDER", str(tmp_path / "no-go-here"))
    return EngineInstaller(tmp_path / "repo", {"PATH": str(tmp_path / "bin")})
