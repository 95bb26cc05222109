"""Checks run side by side, with their progress.

Standard output is the command's result; the progress goes to standard error, as one line that moves on a
terminal, and as a line now and then in a log.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from operations.checks.finding import Finding
from operations.errors import OperationError

_THREADS: Final = 8
"""Checks at a time: most of their time is waiting for an answer."""
_PAUSE_SECONDS: Final = 2.0


@dataclass(frozen=True)
class Check:
    """Something to look at; its run takes a request or several."""

    subject: str
    name: str
    run: Callable[[], Iterable[Finding]]


def run_checks(checks: Sequence[Check], title: str, *, threads: int = _THREADS) -> list[Finding]:
    """The findings of all checks, in the order of the checks."""
    return [finding for findings in run_each(checks, title, threads=threads) for finding in findings]


def run_each(checks: Sequence[Check], title: str, *, threads: int = _THREADS) -> list[list[Finding]]:
    """The findings of each check."""
    findings: dict[int, list[Finding]] = {}
    with _progress(title, len(checks)) as done, ThreadPoolExecutor(threads) as pool:
        futures: dict[Future[list[Finding]], int] = {
            pool.submit(_run, check): index for index, check in enumerate(checks)
        }
        try:
            for future in as_completed(futures):
                index = futures[future]
                findings[index] = future.result()
                done(checks[index])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [findings[index] for index in sorted(findings)]


def _run(check: Check) -> list[Finding]:
    try:
        return list(check.run())
    except OperationError as error:
        return [Finding(check.subject, check.name, "unknown", str(error))]
    except Exception as error:
        # An answer that no client expects makes clients fail in ways of their own. It must not take the
        # other findings along, and its text may repeat the answer, which may hold a value.
        text = f"the answer was not understood ({type(error).__name__})"
        return [Finding(check.subject, check.name, "unknown", text)]


@contextlib.contextmanager
def _progress(title: str, total: int) -> Iterator[Callable[[Check], None]]:
    if not sys.stderr.isatty():
        count, last = 0, time.monotonic()

        def line(check: Check) -> None:
            nonlocal count, last
            count += 1
            if count == total or time.monotonic() - last >= _PAUSE_SECONDS:
                last = time.monotonic()
                text = f"{title}: {count} of {total}: {check.subject}: {check.name}"
                print(text, file=sys.stderr, flush=True)

        yield line
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda check: progress.update(
            task, advance=1, description=f"{title}: {check.subject}: {check.name}"
        )
