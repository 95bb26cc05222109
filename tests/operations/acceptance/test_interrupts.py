"""Ctrl-C, SIGTERM, a closed terminal: nothing is left behind without a sentence about it."""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from operations.acceptance import run
from operations.acceptance.children import INTERRUPTS, interrupts_raised, run_child
from operations.acceptance.locks import running_updates
from operations.acceptance.run_folder import RunFolder
from tests.each import each
from tests.operations.acceptance.runs import Runs

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("default_signal_handlers")]

LEFT = "something may be left; it costs money until you type:"


def _lines(runs: Runs, head: str) -> list[str]:
    """The lines that a person reads last."""
    return [head, *(f"  {line}" for line in _commands(runs))]


def _commands(runs: Runs) -> list[str]:
    return [
        f"python -m operations acceptance --clean-up {runs.folder.path}",
        f"az group delete --name {runs.names.resource_group} --yes",
        f"az keyvault purge --name {runs.vault} --location westeurope",
    ]


@pytest.mark.parametrize("step", ["up", "verify", "rotate", "destroy"])
def test_an_interrupted_step_is_a_failure_after_which_everything_goes(runs: Runs, step: str):
    runs.errors[step] = [KeyboardInterrupt()]
    work = runs.work()
    work.run()
    taken = [(each.name, each.outcome) for each in work.report.steps]
    assert taken[-3:] == [(step, "failed"), ("clean-up: destroy", "done"), ("clean-up: purge", "done")]
    assert (work.report.steps[-3].details, work.interrupted) == ("interrupted", True)
    assert "Pods" in work.report.evidence
    assert (runs.done[-1], runs.shown[-1]) == ("destroy", "everything is deleted")


def test_an_interrupt_before_anything_is_made_deletes_nothing(runs: Runs):
    runs.errors["doctor"] = [KeyboardInterrupt()]
    work = runs.work()
    work.run()
    assert (runs.done, work.interrupted, work.report.succeeded) == (["doctor"], True, False)
    assert runs.shown[-1].endswith("interrupted")


def test_with_keep_an_interrupt_leaves_everything_and_prints_the_clean_up(runs: Runs):
    runs.errors["up"] = [KeyboardInterrupt()]
    runs.take(keep=True)
    assert runs.done == ["doctor", "up"]
    head = "everything stays (--keep); it costs money until you type:"
    assert runs.shown[-4:] == _lines(runs, head)


def test_an_interrupt_while_evidence_is_collected_leaves_the_rest_of_it_out(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
):
    def interrupt(*_: object) -> dict[str, str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "collect", interrupt)
    runs.errors["up"] = [KeyboardInterrupt()]
    runs.take()
    assert (runs.done[-1], runs.shown[-1]) == ("destroy", "everything is deleted")


def test_an_interrupted_clean_up_says_what_is_left(runs: Runs):
    runs.errors = {"up": [KeyboardInterrupt()], "destroy": [KeyboardInterrupt()]}
    report = runs.take()
    assert runs.shown[-4:] == _lines(runs, LEFT)
    assert report.steps[-1].name == "clean-up: destroy", "nothing is to be purged"


def test_an_interrupt_between_two_steps_says_what_is_left(runs: Runs, monkeypatch: pytest.MonkeyPatch):
    work = runs.work()

    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    runs.errors["up"] = [KeyboardInterrupt()]
    monkeypatch.setattr(work, "_after_a_failure", interrupted)
    work.run()
    assert (work.interrupted, runs.shown[-4:]) == (True, _lines(runs, LEFT))


def test_a_defect_of_a_step_cleans_up_too_and_repeats_no_value(runs: Runs):
    runs.errors["up"] = [KeyError("S3cr3t")]
    report = runs.take()
    assert report.steps[1].details.startswith("defect of this program: KeyError in begin, line ")
    assert "S3cr3t" not in str(report) + "".join(runs.shown)
    assert (runs.done[-1], runs.shown[-1]) == ("destroy", "everything is deleted")


_READY = "echo ready; while :; do sleep 0.01; done"


def _interrupted_child(trap: str, number: signal.Signals, when: tuple[str, ...]) -> list[str]:
    """The lines of a child. This process gets the signal at some of them, alone, as by `kill`."""
    lines: list[str] = []

    def show(text: str) -> None:
        lines.append(text)
        if text in when:
            os.kill(os.getpid(), number)

    with pytest.raises(KeyboardInterrupt), interrupts_raised():
        run_child(["/bin/sh", "-c", f"trap '{trap}' INT; {_READY}"], os.environ, on_output=show)
    return lines


@each("number", INTERRUPTS, ids=lambda number: number.name)
def test_a_child_ends_what_it_has_begun_before_the_interrupt_is_raised(number: signal.Signals):
    assert _interrupted_child("echo ended; exit 7", number, ("ready",)) == ["ready", "ended"]


def test_a_second_interrupt_kills_a_child_that_goes_on():
    assert _interrupted_child("echo more", signal.SIGINT, ("ready", "more")) == ["ready", "more"]


def test_an_interrupt_that_is_ignored_stays_ignored():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with interrupts_raised():
        signal.raise_signal(signal.SIGHUP)
        ended = run_child(["/bin/sh", "-c", "kill -HUP $PPID; echo out; echo err >&2; exit 3"], os.environ)
    assert (ended.status, ended.output, ended.errors) == (3, ["out"], ["err"])


def test_the_lock_of_an_engine_counts_while_that_engine_runs(tmp_path: Path):
    folder = RunFolder(tmp_path, tmp_path)
    locks = tmp_path / "state/.pulumi/locks/organization/aks-secrets/acceptance-1"
    locks.mkdir(parents=True)
    gone = subprocess.Popen(["/bin/true"])
    gone.wait()
    host = socket.gethostname()
    texts = [json.dumps({"pid": pid, "hostname": host}) for pid in (os.getpid(), gone.pid)]
    elsewhere = json.dumps({"pid": os.getpid(), "hostname": f"not-{host}"})
    for number, text in enumerate([*texts, elsewhere, '{"pid":', "[]"]):
        (locks / f"{number}.json").write_text(text, encoding="utf-8")
    assert running_updates(folder) == [os.getpid(), 0, 0, 0, 0]
