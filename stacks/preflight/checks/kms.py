"""The key of section ``cluster.kms``: whether AKS can reach its vault, and whether it can encrypt."""

from collections.abc import Iterator

from pulumi_azure_native import keyvault

from components.resource_ids import ArmId, KeyId
from stacks.preflight.existing import get_vault
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import check
from stacks.settings.validation.registry import Violation

LIMITATIONS = "https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption#limitations"
VAULT_PATH, KEY_PATH = ("cluster", "kms", "vault_id"), ("cluster", "kms", "key_id")


@check(
    "kms-vault-exists-before-the-cluster",
    "our own choice: a cluster is created before the vaults of its stack",
)
def kms_vault_is_not_created_here(lookup: Lookup) -> Iterator[Violation]:
    """The cluster needs the key at its creation."""
    if _is_created_here(lookup):
        yield Violation(
            VAULT_PATH, "is created by this stack after the cluster", "use a vault that already exists"
        )


@check("kms-vault-uses-rbac", "our own choice: the cluster's right to the key is a role assignment")
def kms_vault_uses_rbac(lookup: Lookup) -> Iterator[Violation]:
    """A role assignment has no effect in a vault with access policies."""
    vault = kms_vault(lookup)
    if vault and not vault.properties.enable_rbac_authorization:
        yield Violation(
            VAULT_PATH,
            f"vault {vault.name!r} uses access policies, but the cluster gets its right by role assignment",
            "move the vault to RBAC",
            command=f"az keyvault update --name {vault.name} --enable-rbac-authorization true",
        )


@check("kms-vault-is-reachable", LIMITATIONS)
def kms_vault_has_no_firewall(lookup: Lookup) -> Iterator[Violation]:
    """The cluster uses the vault's public endpoint (`keyVaultNetworkAccess: Public`)."""
    vault = kms_vault(lookup)
    if vault is None:
        return
    rules = vault.properties.network_acls
    if vault.properties.public_network_access == "Disabled" or (rules and rules.default_action == "Deny"):
        yield Violation(
            VAULT_PATH,
            f"vault {vault.name!r} has a firewall, through which AKS reaches no key",
            "use a vault for the key alone that is open to all networks; only principals with a role there"
            " can use it",
        )


@check("kms-key-is-rsa", "https://github.com/Azure/AKS/issues/3575")
def kms_key_is_rsa(lookup: Lookup) -> Iterator[Violation]:
    """An elliptic-curve key neither encrypts nor decrypts."""
    key = _kms_key(lookup)
    if key and not (key.kty or "").startswith("RSA"):
        yield Violation(KEY_PATH, f"key {key.name!r} is of type {key.kty}", "AKS encrypts with an RSA key")


@check("kms-key-is-enabled", LIMITATIONS)
def kms_key_is_enabled(lookup: Lookup) -> Iterator[Violation]:
    """The API server stops without the key."""
    key, kms = newest_version(lookup), lookup.settings.cluster.kms
    if kms and key and key.attributes and key.attributes.enabled is False:
        yield Violation(
            KEY_PATH,
            f"key {key.name!r} is disabled, and the API server stops without it",
            "enable it",
            command=f"az keyvault key set-attributes --id {kms.key_id} --enabled true",
        )


def _is_created_here(lookup: Lookup) -> bool:
    kms, context = lookup.settings.cluster.kms, lookup.context
    existing = {label for _, label, vault in lookup.settings.all_vaults if vault.existing}
    created = {vault.id.lower() for label, vault in context.vaults.items() if label not in existing}
    return kms is not None and kms.vault_id.lower() in created


def kms_vault(lookup: Lookup) -> keyvault.GetVaultResult | None:
    """Azure's answer about the vault.

    None: no key is configured, or the vault is in another subscription or cannot be read.
    """
    kms = lookup.settings.cluster.kms
    if kms is None or _is_created_here(lookup) or not lookup.context.deployer.reaches(kms.vault_id):
        return None
    vault_id = ArmId.parse(kms.vault_id)
    return get_vault(lookup, VAULT_PATH, vault_id.resource_group, vault_id.name)


def _kms_key(lookup: Lookup) -> keyvault.GetKeyResult | None:
    """Azure's answer about the key, which is about its newest version.

    None: the vault or the key cannot be read.
    """
    kms, vault = lookup.settings.cluster.kms, kms_vault(lookup)
    if kms is None or vault is None:
        return None
    group, name = ArmId.parse(kms.vault_id).resource_group, KeyId.parse(kms.key_id).name
    return lookup.read(
        KEY_PATH,
        f"key {name!r} in vault {vault.name!r}",
        f"az keyvault key list --vault-name {vault.name} --output table",
        lambda: keyvault.get_key(resource_group_name=group, vault_name=vault.name, key_name=name),
    )


def newest_version(lookup: Lookup) -> keyvault.GetKeyResult | None:
    """Azure's answer about the key.

    None: ``cluster.kms.key_id`` names an older version, about which ARM returns nothing, or the read failed.
    """
    key, kms = _kms_key(lookup), lookup.settings.cluster.kms
    newest = kms and key and (key.key_uri_with_version or "").rstrip("/").lower() == kms.key_id.lower()
    return key if newest else None
