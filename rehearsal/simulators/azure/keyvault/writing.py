"""Writing a secret into a vault through its data plane: who may, and what the vault then holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.simulators.azure import arm
from rehearsal.simulators.azure.entra import Caller
from rehearsal.simulators.azure.keyvault import rights, secrets
from rehearsal.simulators.azure.keyvault.response import VaultResponseError
from rehearsal.simulators.azure.types import TYPES
from rehearsal.simulators.world import AzureResource, World


def require_right_to_set(world: World, vault: AzureResource, caller: Caller | None, name: str) -> None:
    """Raise VaultResponseError unless the caller may set the secret. Without a caller nothing is checked."""
    if caller:
        rights.authorize(world, vault, caller, "secret", name, "set")


def require_free_name(world: World, vault: AzureResource, name: str) -> None:
    """Raise VaultResponseError if a deleted secret has the name."""
    if secret_id(vault, name).lower() in world.deleted_secrets:
        # Azure/azure-rest-api-specs#9222; the inner code: external-secrets#3519
        text = (
            f"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; "
            "in this state, the secret can only be recovered or purged."
        )
        raise VaultResponseError(409, "Conflict", text, "ObjectIsDeletedButRecoverable")


def secret_id(vault: AzureResource, name: str) -> str:
    """ARM id of a secret."""
    return f"{vault.id}/secrets/{name}"


def write_version(
    world: World, vault: AzureResource, name: str, properties: Mapping[str, Any], tags: Any
) -> AzureResource:
    """A new version; the first one of an object that the world does not have makes its resource.

    `properties`: as ARM has them, with the hash of the value.
    """
    id_, row = secret_id(vault, name), TYPES[secrets.SECRET]
    body: dict[str, Any] = {
        **(row.parse(id_) or {}),
        "properties": dict(properties),
        **({"tags": tags} if isinstance(tags, Mapping) else {}),
    }
    write = arm.Write.to(world, row, id_, body)
    computed = arm.RESPONSES[secrets.SECRET](write)
    computed["properties"].pop("attributes")  # those of the request hold
    return world.put(id_, secrets.SECRET, arm.merge(body, computed), write.serial)
