"""Every test of a command may send a signal."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def signals_of_a_terminal(default_signal_handlers: None) -> None:
    """The handlers of a terminal's job, for each test."""
