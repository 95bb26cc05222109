"""Key vaults, with their soft deletion.

https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
"""

from __future__ import annotations

import re
from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, after_delete, response, rule
from rehearsal.simulators.world import AzureResource, DeletedVault, World

VAULT: Final = "azure-native:keyvault:Vault"
_SOFT_DELETE_HELP: Final = "https://go.microsoft.com/fwlink/?linkid=2149745"


@rule(VAULT)
def vault_name_is_valid(write: Write) -> None:
    """The name has 3 to 24 letters, digits and single hyphens, a letter first and no hyphen last.

    https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name
    """
    if not re.fullmatch(r"(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]", write.name):
        raise ArmError(
            400,
            "VaultNameNotValid",
            f"The vault name '{write.name}' is invalid. A vault's name must be between 3-24 alphanumeric "
            "characters. The name must begin with a letter, end with a letter or digit, and not contain "
            "consecutive hyphens. Follow this link for more information: "
            "https://go.microsoft.com/fwlink/?linkid=2147742",
        )


@rule(VAULT)
def vault_name_is_globally_unique(write: Write) -> None:
    """A vault's name is unique in Azure because it is a DNS name.

    Message: Azure/ARO-Landing-Zone-Accelerator#28.
    """
    for other in write.world.of_type(VAULT):
        if other.id.lower() != write.id.lower() and other.id.rsplit("/", 1)[1].lower() == write.name.lower():
            raise ArmError(
                409,
                "VaultAlreadyExists",
                f"The vault name '{write.name}' is already in use. Vault names are globally unique so it is "
                "possible that the name is already taken. If you are sure that the vault name was not taken "
                "then it is possible that a vault with the same name was recently deleted but not purged "
                "after being placed in a recoverable state. If the vault is in a recoverable state then the "
                "vault will need to be purged before reusing the name. For more information about "
                "VaultAlreadyExists, soft delete and purging a vault follow this link "
                "https://go.microsoft.com/fwlink/?linkid=2147740.",
            )


@rule(VAULT)
def deleted_name_must_be_recovered_or_purged(write: Write) -> None:
    """The name of a soft-deleted vault is unavailable.

    Message: alan-turing-institute/data-safe-haven#2523.
    """
    recovers = write.requested_value("properties", "createMode") == "recover"
    deleted = write.world.deleted_vaults.get(write.name.lower())
    if deleted and not recovers:
        raise ArmError(
            409,
            "ConflictError",
            "A vault with the same name already exists in deleted state. You need to either recover or purge "
            f"existing key vault. Follow this link {_SOFT_DELETE_HELP} for more information on soft delete.",
        )
    if (
        recovers
        and write.current is None
        and (deleted is None or deleted.vault.id.lower() != write.id.lower())
    ):
        # hashicorp/terraform-provider-azurerm#12972: a vault is recovered in its own group and subscription.
        raise ArmError(
            404,
            "SoftDeletedVaultDoesNotExist",
            "A soft deleted vault with the given name does not exist. Ensure that the name for the vault "
            "that is being attempted to recover is in a recoverable state. For more information on soft "
            f"delete follow this link {_SOFT_DELETE_HELP}.",
        )


@rule(VAULT)
def purge_protection_is_true_or_absent(write: Write) -> None:
    """Purge protection cannot be set to false or turned off (Azure/azure-cli#29115).

    https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview#purge-protection
    """
    requested = write.requested_value("properties", "enablePurgeProtection")
    current = write.current_value("properties", "enablePurgeProtection")
    if requested is False or (current and not requested):
        raise ArmError(
            400,
            "BadRequest",
            'The property "enablePurgeProtection" cannot be set to false. '
            "Enabling the purge protection for a vault is an irreversible action.",
        )


@rule(VAULT)
def soft_delete_cannot_be_turned_off(write: Write) -> None:
    """Soft deletion stays on. https://learn.microsoft.com/azure/key-vault/general/soft-delete-change"""
    if write.requested_value("properties", "enableSoftDelete") is False:
        raise ArmError(
            400,
            "BadRequest",
            'The property "enableSoftDelete" can be set to false only for creating new vault. '
            "Enabling the 'soft delete' functionality is an irreversible action.",
        )


@rule(VAULT)
def retention_is_set_once(write: Write) -> None:
    """The retention is 7 to 90 days and cannot be changed later.

    https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview#supporting-interfaces
    """
    requested = write.requested_value("properties", "softDeleteRetentionInDays")
    current = write.current_value("properties", "softDeleteRetentionInDays")
    if requested is not None and not 7 <= requested <= 90:
        raise ArmError(
            400,
            "BadRequest",
            'The parameter "softDeleteRetentionInDays" has an invalid value. It should be between 7 and 90.',
        )
    if current is not None and requested is not None and current != requested:
        raise ArmError(
            400,
            "BadRequest",
            'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.',
        )


@rule(VAULT)
def network_rules_need_service_endpoints(write: Write) -> None:
    """A subnet that a vault admits has the service endpoint Microsoft.KeyVault.

    hashicorp/terraform-provider-azurerm#11759; message: Azure/avdaccelerator#818.
    """
    for admitted in write.requested_value("properties", "networkAcls", "virtualNetworkRules") or []:
        if admitted.get("ignoreMissingVnetServiceEndpoint"):
            continue
        subnet = str(admitted.get("id", ""))
        network, _, name = subnet.rpartition("/subnets/")
        endpoints = _service_endpoints(write.world, subnet)
        if "microsoft.keyvault" not in (endpoints or ()):
            # ARM's message does not tell that the subnet is missing.
            missing = f" (rehearsal: there is no subnet {subnet})" if endpoints is None else ""
            raise ArmError(
                400,
                "SubnetsHaveNoServiceEndpointsConfigured",
                f"Subnets {name} of virtual network {network} do not have ServiceEndpoints for "
                "Microsoft.KeyVault resources configured. Add Microsoft.KeyVault to subnet's "
                "ServiceEndpoints collection before trying to ACL Microsoft.KeyVault resources to these "
                f"subnets.{missing}",
            )


def _service_endpoints(world: World, subnet_id: str) -> set[str] | None:
    """Services of the subnet's endpoints in lower case.

    None: there is no such subnet, neither by itself nor in its network's body.
    """
    network_id, _, name = subnet_id.rpartition("/subnets/")
    subnet = world.get(subnet_id)
    network = world.get(network_id)
    inline = (network.properties.get("subnets") if network else None) or []
    bodies = (
        [subnet.properties]
        if subnet
        else [s for s in inline if str(s.get("name", "")).lower() == name.lower()]
    )
    if not bodies:
        return None
    return {
        str(endpoint.get("service", "")).lower()
        for body in bodies
        for endpoint in body.get("serviceEndpoints") or []
    }


@response(VAULT)
def _vault(write: Write) -> dict[str, Any]:
    deleted = write.world.deleted_vaults.pop(write.name.lower(), None)
    for content in deleted.contents if deleted else []:
        write.world.restore(content)
    requested = write.properties
    return {
        "properties": {
            "vaultUri": f"https://{write.name.lower()}.vault.azure.net/",
            "provisioningState": "Succeeded",
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": requested.get("softDeleteRetentionInDays")
            or write.current_value("properties", "softDeleteRetentionInDays")
            or (deleted.vault.properties["properties"].get("softDeleteRetentionInDays") if deleted else None)
            or 90,
            "enableRbacAuthorization": bool(requested.get("enableRbacAuthorization")),
            "publicNetworkAccess": requested.get("publicNetworkAccess") or "Enabled",
            "accessPolicies": requested.get("accessPolicies") or [],
            "createMode": None,  # ARM accepts it and never returns it
        }
    }


@after_delete(VAULT)
def _vault_is_soft_deleted(world: World, resource: AzureResource, removed: list[AzureResource]) -> None:
    """Secrets are soft-deleted with their vault; role assignments on it are deleted for good.

    https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery
    """
    prefix = resource.id.lower() + "/"
    contents = [
        r for r in removed if r.id.lower().startswith(prefix) and r.token.startswith("azure-native:keyvault:")
    ]
    name = resource.id.rsplit("/", 1)[1]
    world.deleted_vaults[name.lower()] = DeletedVault(name, resource, contents)


def purge(world: World, vault_name: str) -> None:
    """`az keyvault purge`: the name becomes available again. Purge protection forbids it."""
    deleted = world.deleted_vaults.get(vault_name.lower())
    if deleted is None:
        raise ArmError(
            404, "DeletedVaultNotFound", f"The specified deleted vault '{vault_name}' does not exist."
        )
    if deleted.vault.properties.get("properties", {}).get("enablePurgeProtection"):
        raise ArmError(
            409,
            "MethodNotAllowed",
            "Operation 'DeletedVaultPurge' is not allowed on a vault with purge protection enabled. "
            "(In a rehearsal: delete the state folder to start over.)",
        )
    del world.deleted_vaults[vault_name.lower()]
    prefix = deleted.vault.id.lower() + "/"
    for id_ in [id_ for id_ in world.deleted_secrets if id_.startswith(prefix)]:
        del world.deleted_secrets[id_]
    world.changed()
