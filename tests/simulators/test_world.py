"""The file of a world."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from rehearsal.simulators.storage import FILE
from rehearsal.simulators.world import KEY_FILE, World, WorldError
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import Azure, Kubernetes


def test_a_world_is_the_same_after_saving_and_loading(azure: Azure) -> None:
    azure.vault()
    azure.delete("keyvault:Secret", azure.secret())
    azure.cluster()
    Kubernetes(azure, kubeconfig_of(azure)).namespace()
    azure.world.save()
    again = World(azure.world.folder)
    assert again.document() == azure.world.document()


def test_the_key_of_the_hashes_is_its_owners_alone(tmp_path: Path) -> None:
    World(tmp_path)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_equal_secrets_have_equal_hashes_in_one_world_only(tmp_path: Path) -> None:
    first, second = World(tmp_path / "first"), World(tmp_path / "second")
    assert first.keyed_hash("a") == first.keyed_hash("a") != first.keyed_hash("b")
    assert first.keyed_hash("a") != second.keyed_hash("a")


def test_a_broken_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{}")
    with pytest.raises(
        WorldError, match=r"cloud\.json is not a simulated cloud .*; delete the state folder .* to start over"
    ):
        World(tmp_path)


def test_the_file_is_json_that_a_person_can_read(azure: Azure) -> None:
    azure.world.save()
    document = json.loads((azure.world.folder / FILE).read_text())
    assert document["azure"][0]["id"].endswith("/resourceGroups/rg")
