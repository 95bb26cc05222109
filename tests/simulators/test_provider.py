"""The provider protocol that all simulated providers share."""

from __future__ import annotations

import threading
from typing import Any, cast

import pytest

from rehearsal.simulators.provider import ProviderError, SimulatedProvider

NO_CONTEXT = cast("Any", None)


def test_a_cancellation_ends_the_wait_in_progress_and_no_later_one() -> None:
    provider, errors, waiting = SimulatedProvider(), list[str](), threading.Event()

    def create() -> None:
        waiting.set()
        with pytest.raises(ProviderError) as cancelled:
            provider.wait(30)
        errors.append(str(cancelled.value))

    thread = threading.Thread(target=create)
    thread.start()
    waiting.wait()
    while not errors:
        provider.Cancel(None, NO_CONTEXT)
        thread.join(0.01)
    assert errors == ["context canceled"]
    provider.wait(0.001)
