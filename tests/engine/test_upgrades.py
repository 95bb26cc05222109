"""The program of today on what earlier releases left: nothing that a user has is replaced. docs/upgrading.md
has the rules.
"""

from pathlib import Path

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal, Run
from tests.support.release import RELEASES, restored

pytestmark = pytest.mark.engine

KEPT = sorted(folder.name for folder in RELEASES.iterdir())


@pytest.fixture(params=KEPT)
def left(request: pytest.FixtureRequest, tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """A stack as a release left it."""
    return restored(request.param, tmp_path, simulators)


def _lost(run: Run) -> dict[str, int]:
    """Replaced and deleted resources, from the engine's summary: a preview writes no state that could be
    read.
    """
    assert run.status == 0, run.errors
    return {op: count for op, count in run.summary.items() if "replace" in op or op == "delete"}


def test_there_is_a_release_to_come_from() -> None:
    assert KEPT


def test_an_upgrade_replaces_and_deletes_nothing(left: Rehearsal) -> None:
    preview = left.run("preview")
    assert _lost(preview) == {}
    upgraded = left.run("up")
    assert _lost(upgraded) == {}
    assert left.up().summary == {}


def test_an_upgrade_with_other_tags_replaces_and_deletes_nothing(left: Rehearsal) -> None:
    """A preview shows a resource as replaced if the update of its parent leaves an input unknown."""
    left.config["aks-secrets:tags"] = {"environment": "dev", "upgraded": "yes"}
    preview = left.run("preview")
    assert _lost(preview) == {}
    assert "update" in preview.summary
    upgraded = left.run("up")
    assert _lost(upgraded) == {}
    assert left.up().summary == {}


def test_what_would_be_replaced_is_counted_in_a_preview_too(left: Rehearsal) -> None:
    """Proof that the tests above can fail: another name of the cluster is another cluster."""
    left.config["aks-secrets:cluster"]["name"] = "aks-other"
    assert "replace" in _lost(left.run("preview"))
