"""Fixtures that tests on the real engine share.

The project's modules are imported in the fixtures: with pytest-xdist, the process that only hands out tests
reads this file before the workers start, and needs none of them.
"""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from _pytest.unraisableexception import gc_collect_iterations_key

from tests.isolation import Isolation

if TYPE_CHECKING:
    from rehearsal.simulator_process import Simulators
    from tests.support.forks import Forks

# Each rehearsal imports the program anew, and would compile it anew without its bytecode.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# The garbage collector need not run hundreds of times in the imports, and dozens of times in each build.
gc.set_threshold(100_000, 20, 50)
# The engine lives for a second: less of it goes into collecting garbage.
os.environ.setdefault("GOGC", "400")


_LEAVES_OUT = re.compile(r"not \w+(?: and not \w+)*")
_MARKED_FILE = re.compile(r"^pytestmark = pytest\.mark\.(\w+)", re.MULTILINE)
_FEW = 5
_SHORTEST_SHOWN = 0.005
"""Seconds: ``--durations`` shows nothing shorter."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--with-previews``: a slow run that finds what only a preview refuses."""
    parser.addoption("--with-previews", action="store_true", help="preview every rehearsed up and destroy")


def pytest_configure(config: pytest.Config) -> None:
    """Unit tests are held to what they are.

    A worker of pytest-xdist sends what is looked at: thousands of set-ups and tear-downs that are short
    and passed, and the begin and end of each test, are half the time of the process that counts.
    """
    config.pluginmanager.register(Isolation())
    # At its end, pytest collects garbage, to find what failed unseen: five times, for the sake of PyPy.
    config.stash[gc_collect_iterations_key] = 1
    if not hasattr(config, "workerinput") or config.option.verbose > 0 or config.getoption("xmlpath"):
        return
    for plugin in config.pluginmanager.get_plugins():
        if type(plugin).__name__ == "WorkerInteractor":  # of a module that the worker cannot import
            plugin.sendevent = partial(_send_what_is_looked_at, plugin.sendevent)


def _send_what_is_looked_at(send: Callable[..., None], name: str, **message: Any) -> None:
    report: dict[str, Any] = message.get("data", {}) if name == "testreport" else {}
    passed = report.get("outcome") == "passed" and report["when"] != "call"
    if name in ("logstart", "logfinish") or (passed and report["duration"] < _SHORTEST_SHOWN):
        return
    send(name, **message)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file whose tests all have a mark that the run leaves out is not even imported."""
    left_out = _LEAVES_OUT.fullmatch(config.option.markexpr or "")
    if left_out is None or not collection_path.name.startswith("test_"):
        return None
    marked = _MARKED_FILE.search(collection_path.read_text(encoding="utf-8"))
    return True if marked and f"not {marked[1]}" in left_out[0].split(" and ") else None


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """With ``-n auto``, three workers on two cores: tests of engines and servers wait for other processes.

    All tests took about a quarter less time so. Unit tests wait for nothing, and a third worker costs them
    more than it gives. A number in the environment counts.
    """
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ or "not engine" in (config.option.markexpr or ""):
        return None  # as many as cores
    return max(1, (os.cpu_count() or 1) * 3 // 2)


def pytest_collection_finish() -> None:
    """Modules that are imported now stay: the garbage collector need not look at them again and again."""
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each worker of pytest-xdist long tests first.

    A worker begins with an equal, connected part of the list and then takes tests from the end of another
    one's: short tests at the end of each part level the last seconds. A file's tests stay together, since
    they begin with the same state folders.
    """
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers == 1:
        return
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("engine"):
            files.setdefault(item.path, []).append(item)
    parts: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for tests in sorted(files.values(), key=len, reverse=True):
        min(parts, key=len).extend(tests)
    short = [item for item in items if not item.get_closest_marker("engine")]
    size = -(-len(items) // workers)
    for part in parts:
        missing = max(0, size - len(part))
        part += short[:missing]
        del short[:missing]
    items[:] = [item for part in parts for item in part] + short


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The files that take longest, all tests together: most of the time goes into thousands of short tests,
    and ``--durations`` shows none of them.
    """
    seconds: defaultdict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid.partition("::")[0]] += report.duration
    if len(seconds) > _FEW:
        longest = sorted(seconds, key=lambda file: seconds[file], reverse=True)[:_FEW]
        listed = ", ".join(f"{file} {seconds[file]:.0f} s" for file in longest)
        terminalreporter.write_line(f"longest files: {listed}")


@pytest.fixture(scope="session")
def simulators(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulators]:
    """One process of simulated providers; each test has a world of its own in it."""
    from rehearsal.simulator_process import Simulators
    from tests.rehearsal.key_server import key_server
    from tests.support.forks import Forks
    from tests.support.rehearse import Rehearsal
    from tests.support.starts import Starts

    Rehearsal.always_previews = bool(pytestconfig.getoption("--with-previews"))
    with (
        key_server() as environment,
        patch.dict(os.environ, environment),
        Simulators() as running,
        closing(Forks(running)) as forks,
    ):
        Rehearsal.starts, Rehearsal.forks = Starts(_session_folder(tmp_path_factory) / "starts"), forks
        yield running
        Rehearsal.starts = Rehearsal.forks = None


@pytest.fixture(scope="session")
def forks(simulators: Simulators) -> Forks:
    """The process that runs command lines in forks of itself, with the running simulators."""
    from tests.support.rehearse import Rehearsal

    assert Rehearsal.forks is not None
    return Rehearsal.forks


@pytest.fixture
def default_signal_handlers() -> Iterator[None]:
    """Signals as a terminal leaves them: Python's own handlers during the test, the earlier ones afterwards.

    A job that nohup or `&` starts ignores SIGHUP or SIGINT, and its children inherit that.
    """
    from tools.processes import INTERRUPTS

    before = {number: signal.signal(number, signal.SIG_DFL) for number in INTERRUPTS}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def _session_folder(factory: pytest.TempPathFactory) -> Path:
    """The temporary folder of the session. A worker of pytest-xdist has one of its own below it."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
