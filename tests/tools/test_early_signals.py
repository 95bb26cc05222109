"""A signal that comes while a program starts its process: the process gets it, too, once it is known."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from operations.acceptance import children
from rehearsal import operations_process
from tools.ci import pulumi

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("default_signal_handlers")]

COMMAND = ["/bin/sh", "-c", "i=0; while [ $i -lt 3000 ]; do sleep 0.01; i=$((i+1)); done"]
"""Ends by itself after half a minute, with status 0."""


def _operations(folder: Path) -> int:
    signal.signal(signal.SIGTERM, lambda *_: None)  # the rehearsal's own: it waits for the command
    return operations_process._start(COMMAND, dict(os.environ))


def _ci(folder: Path) -> int:
    return pulumi.run(COMMAND, folder, os.environ)


def _acceptance(folder: Path) -> int:
    with pytest.raises(KeyboardInterrupt):
        children.run_child(COMMAND, os.environ, folder)
    return -signal.SIGINT


@pytest.mark.parametrize("start", [_operations, _ci, _acceptance])
def test_a_signal_before_the_process_is_known_ends_it(
    start: Callable[[Path], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Signaled(subprocess.Popen[Any]):
        """The signal comes when the process runs and its starter does not know it yet."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(subprocess, "Popen", Signaled)
    assert start(tmp_path) in {-signal.SIGINT, -signal.SIGTERM}
