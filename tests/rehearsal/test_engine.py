"""The engine's command line: interrupts, output without a reader, and the private names of Pulumi's SDK that
it depends on.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from pulumi.automation import PulumiCommand

from rehearsal.engine import EngineCommand, find_engine
from rehearsal.errors import RehearsalError
from rehearsal.simulator_process import REPOSITORY
from tests.support.small_program import program
from tests.tools.fake_engine import script

pytestmark = pytest.mark.engine


def test_the_private_names_of_the_sdk_are_there() -> None:
    """Names that an upgrade of Pulumi may remove without notice."""
    from pulumi import _types
    from pulumi.automation import LocalWorkspace, PulumiCommand, Stack, _stack

    from rehearsal.simulators import sdk_schema

    used = set(re.findall(r"\b_types\.(\w+)", Path(sdk_schema.__file__).read_text(encoding="utf-8")))
    missing = sorted(name for name in used if not hasattr(_types, name))
    assert used
    assert not missing, (
        f"pulumi._types lost {missing}: see pulumi/_types.py, and rehearsal/simulators/sdk_schema.py that "
        "reads types with it"
    )
    assert hasattr(_stack, "StackInitMode"), (
        "pulumi.automation._stack lost StackInitMode: see what Stack.create and Stack.select pass now, and "
        "open_stack in rehearsal/engine.py"
    )
    for owner, name in (
        (PulumiCommand, "run"),
        (LocalWorkspace, "select_stack"),
        (LocalWorkspace, "stack_outputs"),
        (LocalWorkspace, "set_all_config"),
        (Stack, "info"),
    ):
        assert hasattr(owner, name), (
            f"{owner.__name__}.{name} is gone: rehearsal/engine.py overrides or calls it"
        )
    for package in sdk_schema.PACKAGES:
        assert sdk_schema._classes(package), (
            f"{package}: no resource_modules= text in its __init__.py: see _classes in "
            "rehearsal/simulators/sdk_schema.py"
        )


def test_an_interrupt_while_the_engine_starts_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst moment: the process exists and is not assigned to a variable yet."""
    started: list[subprocess.Popen[str]] = []

    def popen(*args: Any, **keys: Any) -> subprocess.Popen[str]:
        started.append(real(*args, **keys))
        signal.raise_signal(signal.SIGINT)
        return started[-1]

    sleeper = tmp_path / "pulumi"
    sleeper.write_text("#!/bin/sh\nexec sleep 60\n")
    sleeper.chmod(0o755)
    engine, real = EngineCommand.__new__(EngineCommand), subprocess.Popen
    engine.command = str(sleeper)
    monkeypatch.setattr(subprocess, "Popen", popen)
    with pytest.raises(KeyboardInterrupt):
        engine.run(["up"], str(tmp_path), {})
    assert started[0].poll() is not None


def test_an_engine_that_does_not_start_is_named(tmp_path: Path) -> None:
    with pytest.raises(RehearsalError, match=r"the Pulumi engine .*/pulumi does not start; type: make setup"):
        EngineCommand(script(tmp_path / "pulumi", "exit 1"))


def test_opening_the_engine_runs_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Automation API would ask for the version each time, which takes as long as a small refresh."""
    path = find_engine()
    expected = PulumiCommand(root=str(path.parent.parent)).version
    monkeypatch.setattr(subprocess, "Popen", None)
    assert EngineCommand(path).version == expected


def test_output_without_a_reader_is_still_read(tmp_path: Path) -> None:
    """Otherwise the engine would wait for ever at a full pipe."""
    script = tmp_path / "pulumi"
    script.write_text("#!/bin/sh\nexec seq 1 50000\n")
    script.chmod(0o755)
    engine = EngineCommand.__new__(EngineCommand)
    engine.command = str(script)

    def closed(_line: str) -> None:
        raise BrokenPipeError

    assert engine.run(["up"], str(tmp_path), {}, closed).stdout.endswith("\n50000")


def test_an_interrupt_ends_the_engine_and_the_simulators(tmp_path: Path) -> None:
    slow = program(
        tmp_path / "program", 'from pulumi_azure_native import resources\nresources.ResourceGroup("group")\n'
    )
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = slow.command("up", "--latency", "azure-native:resources:ResourceGroup=120")
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if "ResourceGroup group creating" in line:
                break
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        assert len(children) == 2
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 130
    deadline = time.monotonic() + 30
    while any(alive(child) for child in children):
        assert time.monotonic() < deadline, "a child outlives its parent"
        time.sleep(0.05)
    assert slow.world()["azure"] == []


def alive(process: str) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
