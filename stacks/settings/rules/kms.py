"""Rules for ``cluster.kms`` and the vaults that it named before."""

from collections.abc import Iterator

from components.resource_ids import ArmId, KeyId
from stacks.settings.model.cluster import ClusterSettings
from stacks.settings.model.kms import KMS, KmsSettings
from stacks.settings.validation.registry import Violation, rule

_ONCE = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---the-role-assignment-already-exists"


@rule("former-kms-vaults-are-others", ClusterSettings, source=f"{KMS}; a role is assigned once: {_ONCE}")
def former_vaults_differ(cluster: ClusterSettings) -> Iterator[Violation]:
    """A vault is either the current one or a former one, and is listed once."""
    seen = {_name(cluster.kms.vault_id): "is the vault of kms"} if cluster.kms else dict[str, str]()
    for index, vault_id in enumerate(cluster.former_kms_vault_ids):
        name = _name(vault_id)
        if name in seen:
            yield Violation(
                ("former_kms_vault_ids", index),
                f"vault {name!r} {seen[name]}",
                "remove it here",
                remove=True,
            )
        seen.setdefault(name, "is listed twice")


def _name(vault_id: str) -> str:
    return ArmId.parse(vault_id).name.lower()


@rule("kms-key-is-in-its-vault", KmsSettings, source=KMS)
def the_key_is_in_the_vault(kms: KmsSettings) -> Iterator[Violation]:
    """The program grants the cluster's identity its rights in the vault, so it has to be the key's."""
    vault, named = KeyId.parse(kms.key_id).vault_name, ArmId.parse(kms.vault_id).name
    if vault.lower() != named.lower():
        yield Violation(
            ("vault_id",),
            f"is the id of vault {named!r}, but key_id is in vault {vault!r}",
            "set the id of the key's vault",
        )
