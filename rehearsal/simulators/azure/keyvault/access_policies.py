"""AccessPolicy, a resource of azure-native only: one access policy of a vault that is managed elsewhere.

pulumi-azure-native, provider/pkg/resources/customresources/custom_keyvault_accesspolicy.go: an entry is
identified by its object id, all entries of a vault have one resource id, and an update of an object id that
is not in the list fails. Not simulated: concurrent writes.
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
    """Add or replace the entry; returns the outputs, which equal the inputs.

    `exists`: the program expects that the entry exists. Raises ProviderError if that is wrong.
    """
    vault, policy = _vault_of(world, id_), dict(body["policy"])
    object_id = policy.get("objectId")
    others = [entry for entry in _entries(vault) if entry.get("objectId") != object_id]
    if (len(others) < len(_entries(vault))) is not exists:
        problem = "does not exist" if exists else "already exists"
        raise ProviderError(f"access policy for {object_id} {problem}")
    _store(world, vault, [*others, policy])
    return {name: body[name] for name in ("resourceGroupName", "vaultName", "policy")}


def read(world: World, id_: str, known: Mapping[str, Any]) -> Properties | None:
    """The current entry. None: the entry or its vault does not exist any more."""
    vault, object_id = world.get(id_.rsplit("/", 1)[0]), (known.get("policy") or {}).get("objectId")
    if vault is None:
        return None
    policy = next((entry for entry in _entries(vault) if entry.get("objectId") == object_id), None)
    return None if policy is None else {**known, "policy": policy}


def delete(world: World, id_: str, known: Mapping[str, Any]) -> None:
    if (vault := world.get(id_.rsplit("/", 1)[0])) is not None:
        object_id = (known.get("policy") or {}).get("objectId")
        _store(world, vault, [entry for entry in _entries(vault) if entry.get("objectId") != object_id])


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
