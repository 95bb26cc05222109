"""A first preview of every shipped stack: what is unknown is unknown, and breaks nothing."""

from pathlib import Path

import pytest

from aks_secrets_testing import build_stack
from tests.trust.graphs import STACK_FILES
from trust.chain import Chain
from trust.proofs import run


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
