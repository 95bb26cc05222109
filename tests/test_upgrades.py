"""The program of today on what earlier releases left: nothing that a user has is replaced. docs/upgrading.md has the rules."""

from pathlib import Path

import pytest

from rehearsal.simulation import Simulators
from tests.rehearse import Rehearsal, Run
from tests.release import RELEASES, restored

pytestmark = pytest.mark.engine

KEPT = sorted(folder.name for folder in RELEASES.iterdir())


@pytest.fixture(params=KEPT)
def left(request: pytest.FixtureRequest, tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """A stack as a release left it."""
    return restored(request.param, tmp_path, simulators)


def _lost(run: Run) -> list[str]:
    return [
        f"{one['op']} {one['type']} {one['name']}" for one in run.document["resources"] if "replace" in one["op"] or one["op"] == "delete"
    ]


def test_there_is_a_release_to_come_from() -> None:
    assert KEPT


def test_an_upgrade_replaces_and_deletes_nothing(left: Rehearsal) -> None:
    preview = left.run("preview")
    assert preview.status == 0, preview.errors
    assert _lost(preview) == []
    upgraded = left.run("up")
    assert upgraded.status == 0, upgraded.errors
    assert _lost(upgraded) == []
    assert left.up().summary == {}


def test_an_upgrade_with_other_tags_replaces_and_deletes_nothing(left: Rehearsal) -> None:
    """What an update of its parent leaves unknown in a preview would show as replaced."""
    left.config["aks-secrets:tags"] = {"environment": "dev", "upgraded": "yes"}
    preview = left.run("preview")
    assert preview.status == 0, preview.errors
    assert _lost(preview) == []
    assert "update" in preview.summary
    upgraded = left.run("up")
    assert upgraded.status == 0, upgraded.errors
    assert _lost(upgraded) == []
    assert left.up().summary == {}
