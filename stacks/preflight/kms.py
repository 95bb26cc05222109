"""TODO: what this module owns."""

from datetime import UTC, datetime

import pulumi
from pulumi_azure_native import keyvault

from components.resource_ids import ArmId, KeyId
from stacks.context import StackContext
from stacks.preflight.existing import invoke_or_refuse
from stacks.settings.model.kms import KmsSettings


def check_kms_key(context: StackContext, kms: KmsSettings) -> None:
    """A vault that AKS can ask, and a key that works.

    Raises:
        pulumi.RunError: it is not, or does not.
    """
    if kms.vault_id.lower() in {vault.id.lower() for vault in context.vaults.values() if not vault.exists}:
        raise pulumi.RunError(
            "cluster.kms.vault_id: a vault that this stack makes, and it makes that after the cluster; use a vault that is there"
        )
    if not context.deployer.reaches(kms.vault_id):
        return
    vault_id = ArmId.parse(kms.vault_id)
    group, vault = vault_id.resource_group, vault_id.name
    what = f"vault {vault!r} in resource group {group!r}"
    found = invoke_or_refuse(
        lambda: keyvault.get_vault(resource_group_name=group, vault_name=vault),
        "cluster.kms.vault_id",
        what,
        "az keyvault list --output table",
    ).properties
    if not found.enable_rbac_authorization:
        raise pulumi.RunError(
            f"cluster.kms.vault_id: vault {vault!r} keeps access policies, and the cluster gets its right by role; move it to RBAC"
            f" (az keyvault update --name {vault} --enable-rbac-authorization true)"
        )
    # https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption#limitations
    if found.public_network_access == "Disabled" or (
        found.network_acls and found.network_acls.default_action == "Deny"
    ):
        raise pulumi.RunError(
            f"cluster.kms.vault_id: vault {vault!r} has a firewall, through which AKS reaches no key; use a vault of the key's own that is"
            " open to all networks: only who has a role there can use it"
        )
    if not found.enable_purge_protection:
        pulumi.log.warn(
            f"cluster.kms.vault_id: vault {vault!r} has no purge protection, and a key that is purged takes the cluster's Secrets with it;"
            f" switch it on (az keyvault update --name {vault} --enable-purge-protection true)"
        )
    _must_work(kms, group, vault)


def _must_work(kms: KmsSettings, group: str, vault: str) -> None:
    name = KeyId.parse(kms.key_id).name
    key = invoke_or_refuse(
        lambda: keyvault.get_key(resource_group_name=group, vault_name=vault, key_name=name),
        "cluster.kms.key_id",
        f"key {name!r} in vault {vault!r}",
        f"az keyvault key list --vault-name {vault} --output table",
    )
    if not (key.kty or "").startswith("RSA"):
        # Azure/AKS#3575: an elliptic one neither encrypts nor decrypts.
        raise pulumi.RunError(
            f"cluster.kms.key_id: {name!r} is of type {key.kty}; AKS encrypts with an RSA key"
        )
    # Of the newest version, which need not be the one that is named.
    newest = (key.key_uri_with_version or "").rstrip("/").lower() == kms.key_id.lower()
    if newest and key.attributes and key.attributes.enabled is False:
        raise pulumi.RunError(
            f"cluster.kms.key_id: key {name!r} is disabled, and without it the API server stops; switch it on"
            f" (az keyvault key set-attributes --id {kms.key_id} --enabled true)"
        )
    if newest and key.attributes and key.attributes.expires:
        day = datetime.fromtimestamp(key.attributes.expires, UTC).date()
        pulumi.log.warn(
            f"cluster.kms.key_id: key {name!r} expires on {day}, and the API server stops with it; name another version before that, and"
            " keep this one until every Secret was written again (docs/config/cluster.md#clusterkms)"
        )
