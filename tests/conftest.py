"""What tests on the real engine share."""

from collections.abc import Iterator

import pytest

from rehearsal.simulator_process import Simulators


@pytest.fixture(scope="session")
def simulators() -> Iterator[Simulators]:
    """One process of simulated providers; each test has a world of its own in it."""
    with Simulators() as running:
        yield running
