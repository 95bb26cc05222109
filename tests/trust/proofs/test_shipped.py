"""No false alarm: every shipped stack file and example keeps every proof."""

from pathlib import Path

import pytest

from aks_secrets_testing import build_stack
from tests.trust.graphs import STACK_FILES, shipped_chain
from tests.trust.proofs.broken import not_proved
from tests.trust.recording import recorded
from trust import read_preview, read_rehearsal, read_state
from trust.chain import Chain
from trust.proofs import run


@pytest.mark.parametrize("stack_file", STACK_FILES, ids=lambda path: path.stem.removeprefix("Pulumi."))
def test_a_shipped_stack_keeps_every_proof(stack_file: Path) -> None:
    verdicts = [
        verdict
        for verdict in not_proved(run(shipped_chain(stack_file)))
        if verdict.proof.name != "image-pinned"  # as often as the program itself warns: test_images.py
    ]
    assert [judged.text for verdict in verdicts for judged in verdict.findings] == []


@pytest.mark.parametrize("name", ["rehearsal_before", "rehearsal_after"])
def test_a_rehearsal_keeps_every_proof(name: str) -> None:
    verdicts = not_proved(run(Chain.read(read_rehearsal(recorded(name)))))
    assert [judged.text for verdict in verdicts for judged in verdict.findings] == []


def test_a_first_preview_breaks_nothing_and_says_what_it_does_not_know() -> None:
    chain = Chain.read(read_preview(recorded("preview_new")))
    assert {verdict.status for verdict in not_proved(run(chain, ()))} == {"unknown"}


@pytest.mark.parametrize("name", ["preview_same", "preview_changed"])
def test_the_preview_of_a_stack_that_is_up_knows_everything(name: str) -> None:
    assert not not_proved(run(Chain.read(read_preview(recorded(name))), ()))


def test_the_state_of_a_stack_that_is_up_keeps_every_proof() -> None:
    assert not not_proved(run(Chain.read(read_state(recorded("state_before")))))


@pytest.mark.parametrize("stack_file", STACK_FILES, ids=lambda path: path.stem.removeprefix("Pulumi."))
def test_a_first_preview_of_a_shipped_stack_breaks_no_proof(stack_file: Path) -> None:
    cloud = stack_file.with_name("cloud.yaml")
    graph = build_stack(stack_file, cloud=cloud if cloud.is_file() else None, preview=True).graph
    broken = [
        f"{verdict.proof.name}: {judged.text}"
        for verdict in run(Chain.read(graph))
        for judged in verdict.findings
        if judged.status == "broken" and verdict.proof.name != "image-pinned"  # true in a preview, too
    ]
    assert broken == []
