"""Secrets of key vaults as ARM and azure-native handle them, with their soft deletion.

https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
"""

from __future__ import annotations

import re
from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, response, rule
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.world import AzureResource, World

SECRET: Final = "azure-native:keyvault:Secret"


@rule(SECRET)
def secret_name_is_valid(write: Write) -> None:
    """The name has 1 to 127 letters, digits and hyphens.

    https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name
    """
    if not re.fullmatch(r"[A-Za-z0-9-]{1,127}", write.name):
        raise ArmError(
            400,
            "BadParameter",
            f"The request URI contains an invalid name: {write.name}",
        )


@rule(SECRET)
def secret_has_at_most_fifteen_tags(write: Write) -> None:
    """A secret has at most 15 tags.

    https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-tags
    """
    if len(write.requested_value("tags") or {}) > 15:
        raise ArmError(
            400,
            "BadParameter",
            "Property 'tags' has an invalid value: too many tags. At most 15 are allowed.",
        )


@rule(SECRET)
def secret_value_is_at_most_25_kilobytes(write: Write) -> None:
    """A value has at most 25k bytes.

    https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
    """
    if len(str(write.requested_value("properties", "value") or "").encode()) > 25 * 1024:
        raise ArmError(400, "BadParameter", "The value of the secret is too long: at most 25 KB are allowed.")


def vault_of(world: World, secret_id: str) -> AzureResource:
    """The vault whose data plane deletes the secret. Without the vault its host name does not exist."""
    vault = world.get(secret_id.rsplit("/", 2)[0])
    if vault is None:
        host = secret_id.split("/")[-3].lower() + ".vault.azure.net"
        raise ProviderError(
            f'Delete "https://{host}/secrets/{secret_id.rsplit("/", 1)[1]}?api-version=7.6": dial tcp: '
            f"lookup {host}: no such host"
        )
    return vault


def delete_secret(world: World, secret_id: str) -> None:
    """Soft-delete a secret through the data plane, because ARM has no DELETE for secrets.

    Role assignments on the secret stay: ARM's authorization service is not involved. This is an assumption
    without a source. custom_keyvault.go in pulumi-azure-native, provider/pkg/resources/customresources.
    """
    vault_of(world, secret_id)
    if deleted := world.remove_only(secret_id):
        world.deleted_secrets[deleted.id.lower()] = deleted


def recover_secret(world: World, secret_id: str) -> None:
    """Recover a soft-deleted secret, as azure-native ≥ 3.29 does before a write.

    pulumi-azure-native#4759.
    """
    if deleted := world.deleted_secrets.pop(secret_id.lower(), None):
        world.restore(deleted)


@response(SECRET)
def _secret(write: Write) -> dict[str, Any]:
    vault, name = write.parent_id.rsplit("/", 1)[1].lower(), write.name
    base = f"https://{vault}.vault.azure.net/secrets/{name}"
    number = (write.current.versions if write.current else 0) + 1
    return {
        "properties": {
            "secretUri": base,
            "secretUriWithVersion": f"{base}/{write.world.hex(32, write.id, number)}",
            "attributes": {
                "enabled": write.requested_value("properties", "attributes", "enabled") is not False
            },
        }
    }
