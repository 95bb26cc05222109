"""Updates that die: at a chosen write, by the death of a chosen process, or by an answer that is lost.

`python -m rehearsal campaign` makes many of them and prints how they end.
"""

import json
from collections.abc import Sequence
from typing import Any

from rehearsal.bad_days import comparison
from rehearsal.simulators.faults.document import VARIABLE
from tests.support.rehearse import SKIP_PREVIEW, Rehearsal
from tests.support.run import Run


def killed_up(
    stack: Rehearsal, victim: str, at: int, options: Sequence[str] = (), *, typed: bool = False
) -> Run:
    """An `up` in which one process is killed behind its write number `at`. Earlier ends count as such.

    Each victim is a process of this `up`. Unless it is `typed`, those of Python are forks.
    """
    environment = {VARIABLE: json.dumps({"kill": {"process": victim, "write": at}})}
    if typed:
        return stack.typed("up", SKIP_PREVIEW, *options, environment=environment)
    return stack.command("up", *options, own_simulators=True, environment=environment)


def lost_answers(stack: Rehearsal, tokens: Sequence[str], *, pending: bool = False) -> Run:
    """An `up` in which the first create of each type succeeds and its answer is lost. `pending`: Helm dies in
    the middle.
    """
    faults = {"lost_answers": list(tokens), "pending": pending}
    return stack.command("up", environment={VARIABLE: json.dumps(faults)})


def cloud_of(stack: Rehearsal) -> dict[str, Any]:
    """The resources that exist, comparable with those of another rehearsal."""
    return comparison.cloud_of(stack.state / "world")


def recovered(stack: Rehearsal) -> str:
    """How the stack comes back: by `up`, or by `resume` and `up`. Anything else is an AssertionError."""
    first = stack.command("up", "--json")
    if first.status == 0:
        return "up"
    assert "python -m rehearsal resume --stack" in first.output, first.output[-2000:]
    resumed = stack.command("resume", "--yes", "--mend-releases")
    assert resumed.status == 0, resumed.output[-3000:]
    second = stack.command("up", "--json")
    assert second.status == 0, second.output[-3000:]
    return "resume and up"
