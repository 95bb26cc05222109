"""The key of section ``cluster.kms`` and former ones: what makes the cluster's Secrets unreadable."""

from collections.abc import Iterator
from datetime import UTC, datetime

from stacks.preflight.checks.cluster import abandoned_kms_vault, former_kms_vaults, kms_change
from stacks.preflight.checks.kms import KEY_PATH, LIMITATIONS, VAULT_PATH, kms_vault, newest_version
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import warning
from stacks.settings.validation.registry import Violation


@warning(
    "kms-vault-purge-protection",
    "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview#purge-protection",
)
def kms_vault_has_purge_protection(lookup: Lookup) -> Iterator[Violation]:
    """A purged key cannot be recovered."""
    vault = kms_vault(lookup)
    if vault and not vault.properties.enable_purge_protection:
        yield Violation(
            VAULT_PATH,
            f"vault {vault.name!r} has no purge protection, and without the key the cluster's Secrets are"
            " lost",
            "enable it",
            command=f"az keyvault update --name {vault.name} --enable-purge-protection true",
        )


@warning("kms-key-expires", LIMITATIONS)
def kms_key_does_not_expire(lookup: Lookup) -> Iterator[Violation]:
    """The API server stops on the day."""
    key = newest_version(lookup)
    if key and key.attributes and key.attributes.expires:
        day = datetime.fromtimestamp(key.attributes.expires, UTC).date()
        yield Violation(
            KEY_PATH,
            f"key {key.name!r} expires on {day}, and the API server stops then",
            "name another version before, and keep this one until every Secret was written again, as"
            " docs/config/cluster.md#clusterkms describes",
        )


@warning(
    "former-kms-key-is-needed",
    "https://learn.microsoft.com/azure/aks/update-kms-key-vault#update-a-key-vault-mode",
)
def former_kms_key_is_needed(lookup: Lookup) -> Iterator[Violation]:
    """Secrets stay encrypted with the former key until each is written again."""
    vault = abandoned_kms_vault(lookup)
    if vault and vault.lower() in former_kms_vaults(lookup):
        once_more = " and the key of kms was changed once more" if lookup.settings.cluster.kms else ""
        yield Violation(
            ("cluster", "kms"),
            f"{kms_change(lookup)}, but etcd stays encrypted with the key of vault {vault!r}",
            "keep that key, and the vault in former_kms_vault_ids, until every Secret was written again"
            " after this `pulumi up`"
            f"{once_more}, as docs/config/cluster.md#another-vault-or-no-kms describes",
            command="kubectl get secrets --all-namespaces -o json | kubectl replace -f -",
        )
