"""A function in a fork of this process, which has imported everything: most of a small update."""

from __future__ import annotations

import json
import os
import signal
import time
import traceback
from collections.abc import Callable
from typing import Any, Final

LIMIT_SECONDS: Final = 900
"""A run that takes longer hangs. A run takes seconds; minutes with eight others on every core."""


class ForkError(Exception):
    """The fork did not end by itself, or ended by a defect."""


def in_a_fork(function: Callable[[], Any]) -> Any:
    """The function's result, by way of JSON. None: the fork was killed. Raises ForkError."""
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        os.close(reads)
        status = 1
        try:
            _write(writes, json.dumps(function()).encode())
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writes)
    text = _read(reads, child)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == -signal.SIGKILL and text is not None:
        return None
    if text is None:
        raise ForkError(f"it took more than {LIMIT_SECONDS} s")
    if status:
        raise ForkError("a defect of the rehearsal; its traceback is above")
    return json.loads(text)


def _write(descriptor: int, text: bytes) -> None:
    while text:
        text = text[os.write(descriptor, text) :]


def _read(descriptor: int, child: int) -> bytes | None:
    """Everything that the child writes. None: it did not end in time, and is killed."""
    import select

    deadline, text = time.monotonic() + LIMIT_SECONDS, b""
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        while True:
            if not select.select([stream], [], [], max(0.0, deadline - time.monotonic()))[0]:
                os.kill(child, signal.SIGKILL)
                return None
            part = stream.read(1 << 16)
            if not part:
                return text
            text += part
