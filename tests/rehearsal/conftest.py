"""Every test of a command may send a signal."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def signals_of_a_terminal(request: pytest.FixtureRequest) -> None:
    """The handlers of a terminal's job, for each test."""
    request.getfixturevalue("default_signal_handlers")
