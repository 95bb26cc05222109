"""Rules for the API server: section ``cluster.private`` and its addresses."""

from collections.abc import Iterator

from components.cluster.api_server import NO_ZONE
from stacks.settings.model.api_server import PRIVATE, PrivateSettings
from stacks.settings.model.kms import KMS, KmsSettings
from stacks.settings.validation.registry import Violation, rule


@rule(
    "api-server-has-a-name",
    PrivateSettings,
    source=f"{PRIVATE}#limitations-for-private-aks-clusters-with-custom-dns",
)
def somebody_knows_the_name(private: PrivateSettings) -> Iterator[Violation]:
    """Public DNS, where no zone is private."""
    if private.dns_zone == NO_ZONE and not private.public_fqdn:
        yield Violation(
            ("public_fqdn",),
            "off, and dns_zone none, so nobody would know the API server's name",
            "switch it on",
            "true",
        )


@rule("kms-key-is-in-its-vault", KmsSettings, source=KMS)
def the_key_is_in_its_vault(kms: KmsSettings) -> Iterator[Violation]:
    """The cluster's identity gets its right in the vault."""
    vault, named = kms.key_id.split("/")[2].split(".")[0], kms.vault_id.rsplit("/", 1)[-1]
    if vault.lower() != named.lower():
        yield Violation(
            ("vault_id",),
            f"of vault {named!r}, and key_id is of vault {vault!r}",
            "say the id of the key's vault",
        )
