"""azure-native's own resource AccessPolicy: an entry in the list of a vault that somebody else manages.

pulumi-azure-native, provider/pkg/resources/customresources/custom_keyvault_accesspolicy.go: the entry is found by its object id, all
entries of a vault have one id, and an update of an object id that is not in the list fails. Not simulated: two writes at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.azure.arm import not_found
from rehearsal.simulators.provider import Properties, ProviderError
from rehearsal.simulators.world import AzureResource, World

TOKEN: Final = "azure-native:keyvault:AccessPolicy"
_VAULT: Final = "Microsoft.KeyVault/vaults"


def write(world: World, id_: str, body: Mapping[str, Any], *, exists: bool) -> Properties:
    """The outputs: what was given. `exists` says whether the program thinks that the entry is there."""
    vault, policy = _vault_of(world, id_), dict(body["policy"])
    entries, mine = _entries(vault), policy.get("objectId")
    found = [entry for entry in entries if entry.get("objectId") == mine]
    if bool(found) is not exists:
        raise ProviderError(f"access policy for {mine} {'does not exist' if exists else 'already exists'}")
    _store(world, vault, [*(entry for entry in entries if entry.get("objectId") != mine), policy])
    return {name: body[name] for name in ("resourceGroupName", "vaultName", "policy")}


def read(world: World, id_: str, known: Mapping[str, Any]) -> Properties | None:
    """The entry as it is now; None if it is gone, or its vault."""
    vault, mine = world.get(id_.rsplit("/", 1)[0]), (known.get("policy") or {}).get("objectId")
    if vault is None:
        return None
    policy = next((entry for entry in _entries(vault) if entry.get("objectId") == mine), None)
    return None if policy is None else {**known, "policy": policy}


def delete(world: World, id_: str, known: Mapping[str, Any]) -> None:
    if (vault := world.get(id_.rsplit("/", 1)[0])) is not None:
        mine = (known.get("policy") or {}).get("objectId")
        _store(world, vault, [entry for entry in _entries(vault) if entry.get("objectId") != mine])


def _vault_of(world: World, id_: str) -> AzureResource:
    id_ = id_.rsplit("/", 1)[0]
    vault = world.get(id_)
    if vault is None:
        raise ProviderError(f"request failed {id_}: {not_found(world, id_, _VAULT)}")
    return vault


def _entries(vault: AzureResource) -> list[dict[str, Any]]:
    return list((vault.properties.get("properties") or {}).get("accessPolicies") or [])


def _store(world: World, vault: AzureResource, entries: list[dict[str, Any]]) -> None:
    vault.properties["properties"] = {**vault.properties["properties"], "accessPolicies": entries}
    world.changed()
