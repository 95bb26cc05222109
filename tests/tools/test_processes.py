"""tools/processes.py: an interrupt ends what was started, and an ignored signal stays ignored."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.tools.fake_engine import on_path, script
from tools.engine_installer import EngineInstaller
from tools.processes import (
    INTERRUPTS,
    LongCommand,
    deferred_interrupts,
    install_signal_handlers,
    raise_interrupt,
)

pytestmark = pytest.mark.servers

REPOSITORY = Path(__file__).resolve().parents[2]


def test_stopping_it_ends_the_build_and_leaves_nothing_half_made(installer: EngineInstaller) -> None:
    pid = installer.root / "pid"
    script(
        on_path(installer).with_name("go"),
        f'echo half > {installer.root}/half; echo $$ > "{pid}"; exec /bin/sleep 60',
    )
    program = (
        "import signal, sys; from pathlib import Path; from tools import engine, engine_installer\n"
        "from tools.processes import raise_interrupt\n"
        "engine_installer.connection_problem = lambda host: 'no network in tests'\n"
        "signal.signal(signal.SIGTERM, raise_interrupt)\n"
        "sys.exit(engine.main([], engine_installer.EngineInstaller(Path(sys.argv[1]))))"
    )
    command = [sys.executable, "-c", program, str(installer.root)]
    run = subprocess.Popen(
        command, cwd=REPOSITORY, env=dict(installer.environment), stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (pid.exists() and pid.read_text().endswith("\n")):
        assert time.monotonic() < deadline, "the build does not start"
        time.sleep(0.02)
    run.send_signal(signal.SIGTERM)
    _, output = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "stopped" in output
    assert "Traceback" not in output
    assert not installer.own_binary.exists()
    assert not list(installer.tools.glob("making-*"))
    assert _is_gone(int(pid.read_text()))


@pytest.mark.usefixtures("default_signal_handlers")
@pytest.mark.parametrize("number", INTERRUPTS)
def test_an_interrupt_while_a_process_starts_ends_it(
    installer: EngineInstaller,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
) -> None:
    """The worst moment: the process runs, but the caller does not know it yet."""
    started: list[subprocess.Popen[str]] = []

    def popen(*args: Any, **keys: Any) -> subprocess.Popen[str]:
        started.append(real(*args, **keys))
        signal.raise_signal(number)
        return started[-1]

    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", popen)
    install_signal_handlers(raise_interrupt)
    with pytest.raises(KeyboardInterrupt):
        LongCommand("sleeping", ["/bin/sleep", "60"], installer.root, {}).wait()
    assert started[0].poll() is not None


@pytest.mark.usefixtures("default_signal_handlers")
def test_an_ignored_signal_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    install_signal_handlers(raise_interrupt)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    with deferred_interrupts():
        signal.raise_signal(signal.SIGHUP)


def _is_gone(process: int) -> bool:
    """Whether the process ends within half a minute: init, which inherits it, may take a while to reap it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
