"""The lock that an engine has on the stack of a run, and whether that engine still runs."""

from __future__ import annotations

import json
import os
import socket
from typing import Any

from operations.acceptance.run_folder import RunFolder


def running_updates(folder: RunFolder) -> list[int]:
    """A process number for each lock; 0: that process has ended, or is none of this machine.

    https://github.com/pulumi/pulumi/blob/master/pkg/backend/diy/lock.go
    """
    locks = sorted((folder.path / "state").rglob("locks/**/*.json"))
    return [_running(lock.read_text(encoding="utf-8")) for lock in locks]


def _running(text: str) -> int:
    try:
        content: Any = json.loads(text)
        process = int(content["pid"])
        if content["hostname"] == socket.gethostname():
            os.kill(process, 0)
            return process
    except (ValueError, KeyError, TypeError, ProcessLookupError, PermissionError):
        pass  # half a file of an engine that was killed, or a process of another user, which is none of ours
    return 0
