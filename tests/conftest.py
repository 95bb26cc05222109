"""What tests on the real engine share."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.forks import Forks
from tests.support.rehearse import Rehearsal
from tests.support.starts import Starts

# Each rehearsal imports the program anew, and would compile it anew without its bytecode.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_finish() -> None:
    """What is imported now stays: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def simulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulators]:
    """One process of simulated providers; each test has a world of its own in it."""
    with Simulators() as running, closing(Forks(running)) as forks:
        Rehearsal.starts, Rehearsal.forks = Starts(_session_folder(tmp_path_factory) / "starts"), forks
        yield running
        Rehearsal.starts = Rehearsal.forks = None


def _session_folder(factory: pytest.TempPathFactory) -> Path:
    """The temporary folder of the session. A worker of pytest-xdist has one of its own below it."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
