"""The preview that `up` and `destroy` begin with, as Pulumi's own do."""

from pathlib import Path

import pytest

from tests.support.forks import Forks
from tests.support.rehearse import SKIP_PREVIEW
from tests.support.small_program import Program, errors, program

pytestmark = pytest.mark.engine

TWO_GROUPS = """
import pulumi
from pulumi_azure_native import resources


async def main():
    pulumi.log.warn("a warning of the program")
    if pulumi.Config().get_bool("refused") and pulumi.runtime.is_dry_run():
        raise pulumi.RunError("only a preview refuses this")
    kept = resources.ResourceGroup(
        "kept", resource_group_name="rg-kept", opts=pulumi.ResourceOptions(protect=True))
    resources.ResourceGroup(
        "lost", resource_group_name="rg-lost", opts=pulumi.ResourceOptions(depends_on=[kept]))


pulumi.run(main)
"""


def _groups(rehearsed: Program) -> list[str]:
    return sorted(entry["id"].rsplit("/", 1)[1] for entry in rehearsed.world()["azure"])


def test_what_only_a_preview_refuses_stops_an_up(tmp_path: Path, forks: Forks) -> None:
    refused = program(
        tmp_path / "program", TWO_GROUPS, "config: {azure-native:location: x, app:refused: true}\n", forks
    )
    document = refused.document("up", succeeds=False)
    assert "only a preview refuses this" in errors(document)
    assert (document["summary"], document["resources"]) == ({}, [])
    assert _groups(refused) == []
    assert refused.document("up", SKIP_PREVIEW)["summary"]["create"] == 3
    assert _groups(refused) == ["rg-kept", "rg-lost"]


def test_the_display_shows_preview_and_update_and_each_warning_once(tmp_path: Path, forks: Forks) -> None:
    shown = program(tmp_path / "program", TWO_GROUPS, forks=forks)
    done = shown.run("up")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("a warning of the program") == 1
    preview, update = done.stdout.split("Updating (dev):")
    assert "Previewing update (dev):" in preview
    assert "+ 3 to create" in preview
    assert "+ 3 created" in update
    document = shown.document("up")
    assert [entry["message"] for entry in document["diagnostics"]] == ["a warning of the program"]


def test_the_preview_of_a_destroy_refuses_before_anything_is_deleted(tmp_path: Path, forks: Forks) -> None:
    protected = program(tmp_path / "program", TWO_GROUPS, forks=forks)
    protected.document("up", SKIP_PREVIEW)
    assert "cannot be deleted" in errors(protected.document("destroy", succeeds=False))
    assert _groups(protected) == ["rg-kept", "rg-lost"]
    assert "cannot be deleted" in errors(protected.document("destroy", SKIP_PREVIEW, succeeds=False))
    assert _groups(protected) == ["rg-kept"]


def test_an_up_with_refresh_makes_again_what_was_deleted_by_hand(tmp_path: Path, forks: Forks) -> None:
    drifted = program(tmp_path / "program", TWO_GROUPS, forks=forks)
    drifted.document("up", SKIP_PREVIEW)
    world = drifted.world()
    world["azure"] = [entry for entry in world["azure"] if not entry["id"].endswith("/rg-lost")]
    drifted.change(world)
    assert set(drifted.document("up")["summary"]) == {"same"}
    assert drifted.document("up", "--refresh")["summary"]["create"] == 1
    assert _groups(drifted) == ["rg-kept", "rg-lost"]
