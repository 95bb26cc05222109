"""Section ``absentSecrets`` of a --cloud file: secrets that the vault lacks."""

from pathlib import Path

import pytest

from rehearsal.simulators.azure.arm import SUBSCRIPTION
from rehearsal.simulators.azure.invokes import invoke
from rehearsal.simulators.azure.keyvault import data_plane
from rehearsal.simulators.azure.keyvault.response import VaultResponseError
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.seed import apply_seed
from rehearsal.simulators.seed_document import SeedError
from rehearsal.simulators.world import World

VAULT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-seed"
EXISTS = {"azure": [{"id": VAULT, "location": "westeurope", "properties": {}}]}


def test_an_absent_secret_is_not_found_until_it_is_written(tmp_path: Path) -> None:
    world = World(tmp_path / "world")
    apply_seed(world, {**EXISTS, "absentSecrets": [f"{VAULT}/secrets/API-key"]})
    world.save()
    world = World(tmp_path / "world")
    vault = data_plane.find_vault(world, "kv-seed")
    with pytest.raises(VaultResponseError, match="SecretNotFound"):
        data_plane.read(world, vault, None, "secret", "api-key", "")
    assert data_plane.read(world, vault, None, "secret", "another", "").version
    apply_seed(world, {"azure": [{"id": f"{VAULT}/secrets/api-key", "properties": {"value": "x"}}]})
    assert data_plane.read(world, vault, None, "secret", "api-key", "").version


def test_arm_has_what_counts_as_present_and_not_what_is_absent(tmp_path: Path) -> None:
    world = World(tmp_path / "world")
    apply_seed(world, {**EXISTS, "absentSecrets": [f"{VAULT}/secrets/api-key"]})
    world.save()
    world = World(tmp_path / "world")
    world.put(VAULT.replace("kv-seed", "kv-made"), "azure-native:keyvault:Vault", {})

    def read(vault: str, name: str, kind: str = "Secret") -> str:
        names = {"resourceGroupName": "rg", "vaultName": vault, f"{kind.lower()}Name": name}
        return invoke(world, f"azure-native:keyvault:get{kind}", names, SUBSCRIPTION)["name"]

    assert (read("kv-seed", "another"), read("kv-seed", "sign", "Key")) == ("another", "sign")
    for vault, name in (("kv-seed", "API-key"), ("kv-made", "another"), ("kv-none", "another")):
        with pytest.raises(ProviderError, match="Status=404"):
            read(vault, name)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (VAULT, "is not the id of a secret"),
        ({"id": VAULT}, "should be the id of a secret, but it is a mapping"),
        (f"{VAULT}/secrets/here", "exists"),
    ],
)
def test_a_wrong_entry_is_refused(tmp_path: Path, entry: object, problem: str) -> None:
    here = {"id": f"{VAULT}/secrets/here", "properties": {"value": "x"}}
    document = {"azure": [*EXISTS["azure"], here], "absentSecrets": [entry]}
    with pytest.raises(SeedError, match=problem):
        apply_seed(World(tmp_path / "world"), document)
