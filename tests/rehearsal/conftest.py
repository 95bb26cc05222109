"""Signals as a terminal leaves them: a job that nohup or `&` starts ignores SIGHUP or SIGINT, and its
children inherit that.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tools.processes import INTERRUPTS


@pytest.fixture(autouse=True)
def default_signal_handlers() -> Iterator[None]:
    """Python's own handlers during the test, and the earlier ones afterwards."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in INTERRUPTS}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
