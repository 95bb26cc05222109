"""The vaults and secrets of a stack that Azure keeps as deleted.

Owns: the questions to Azure Resource Manager and to the vaults. Deliberately not here: how they come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from operations.azure.api_versions import KEY_VAULT as VERSION
from operations.azure.documents import text_at
from operations.azure.refusals import KEY_VAULT, AzureRefusedError, asking
from operations.azure.session import AzureSession
from stacks.settings import Settings
from stacks.settings.azure_names import AzureNames, existing_resources
from stacks.settings.model.secrets import ObjectType

_VAULT: Final = "azure-native:keyvault:Vault"
_SECRET: Final = "azure-native:keyvault:Secret"


@dataclass(frozen=True)
class Deleted:
    """A vault, or a secret of one, that is deleted and can be recovered."""

    vault: str
    """Name of the vault."""
    label: str | None
    """Its label in the settings; None: the vault of section `vault`."""
    secret: str = ""
    """Empty: the vault itself, with everything in it."""
    purged: str = ""
    """When Azure removes it for good."""
    in_state: bool = True
    of_stack: bool = True
    """False: the settings use the vault as an existing one, or the value is not the program's."""
    option: str = ""
    """Option of an az command about it: the subscription of the vault, unless it is the stack's."""

    @property
    def what(self) -> str:
        return f"secret {self.secret}" if self.secret else "vault, with its secrets"


@dataclass
class Answers:
    """The answer of Azure."""

    deleted: list[Deleted] = field(default_factory=list[Deleted])
    refusals: list[AzureRefusedError] = field(default_factory=list[AzureRefusedError])
    """Vaults that did not tell what is deleted in them."""

    @property
    def vaults(self) -> list[Deleted]:
        return [each for each in self.deleted if not each.secret]

    @property
    def secrets(self) -> list[Deleted]:
        return [each for each in self.deleted if each.secret]


def deleted_of(settings: Settings, session: AzureSession, rows: Sequence[Mapping[str, Any]]) -> Answers:
    """Deleted vaults and secrets of a stack.

    Args:
        settings: Of the stack.
        session: A signed-in one.
        rows: Resources of the state.

    Raises:
        AzureRefusedError: the subscription does not tell which vaults are deleted.
    """
    held = _Held.of(rows)
    answers = Answers()
    gone = {session.subscription: _gone(session, session.subscription)}
    for label, vault_id, is_made in _vaults(settings, session):
        name, subscription = vault_id.rpartition("/")[2], "/".join(vault_id.split("/")[:3])
        if subscription not in gone:
            try:
                gone[subscription] = _gone(session, subscription)
            except AzureRefusedError as error:
                gone[subscription] = {}
                answers.refusals.append(error)
        if name.lower() in gone[subscription]:
            purged = gone[subscription][name.lower()][:10]
            in_state = name.lower() in held.vaults
            option = session.option_for(vault_id)
            answers.deleted.append(Deleted(name, label, "", purged, in_state, is_made, option))
            continue
        listed = listed_secrets(settings, label)
        if listed:
            try:
                answers.deleted += _secrets(session, held, label, name, listed)
            except AzureRefusedError as error:
                if not error.had_no_answer or name.lower() in held.vaults:
                    answers.refusals.append(error)
    return answers


def _gone(session: AzureSession, subscription: str) -> dict[str, str]:
    """Name, in lower case, of each deleted vault of a subscription → when Azure purges it."""
    path = f"{subscription}/providers/Microsoft.KeyVault/deletedVaults"
    return {
        text_at(each, "name").lower(): text_at(each, "properties", "scheduledPurgeDate")
        for each in session.pages(path, VERSION)
    }


@dataclass(frozen=True)
class _Held:
    """Vaults and secrets that the state has, by name in lower case."""

    vaults: frozenset[str]
    secrets: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> _Held:
        vaults: set[str] = set()
        secrets: set[tuple[str, str]] = set()
        for row in rows:
            inputs = row.get("inputs") or {}
            vault = str(inputs.get("vaultName", "")).lower()
            if row.get("type") == _VAULT and vault:
                vaults.add(vault)
            elif row.get("type") == _SECRET and vault:
                secrets.add((vault, str(inputs.get("secretName", "")).lower()))
        return cls(frozenset(vaults), frozenset(secrets))


def _vaults(settings: Settings, session: AzureSession) -> list[tuple[str | None, str, bool]]:
    """Label and ARM id of each vault, and whether the stack makes it."""
    own = session.subscription_id
    made = AzureNames.of(settings, own).vaults
    there = {each.label: each for each in existing_resources(settings) if each.kind == "vault"}
    return [
        (label, there[label].id_in(own) if label in there else made[label].id, label not in there)
        for _, label, _ in settings.all_vaults
    ]


def listed_secrets(settings: Settings, label: str | None) -> dict[str, bool]:
    """Name in lower case of each secret that workloads list for the vault; whether the stack writes it."""
    listed: dict[str, bool] = {}
    for workload in settings.workloads:
        for secret in workload.objects:
            if secret.vault == label and secret.type is ObjectType.SECRET:
                name = secret.name.lower()
                listed[name] = listed.get(name, False) or secret.seeded
    return listed


def _secrets(
    session: AzureSession, held: _Held, label: str | None, vault: str, listed: Mapping[str, bool]
) -> list[Deleted]:
    from azure.keyvault.secrets import SecretClient

    client = session.vault_client(SecretClient, vault_uri(session, vault))
    with asking(f"deleted secrets of vault {vault}", KEY_VAULT):
        every = list(client.list_deleted_secrets())
    return [
        Deleted(
            vault,
            label,
            str(each.name),
            each.scheduled_purge_date.date().isoformat() if each.scheduled_purge_date else "",
            (vault.lower(), str(each.name).lower()) in held.secrets,
            listed[str(each.name).lower()],
        )
        for each in every
        if str(each.name).lower() in listed
    ]


def recover_secret(session: AzureSession, deleted: Deleted) -> None:
    """Bring a secret back. Raises AzureRefusedError."""
    from azure.keyvault.secrets import SecretClient

    client = session.vault_client(SecretClient, vault_uri(session, deleted.vault))
    with asking(f"recovery of secret {deleted.secret} in vault {deleted.vault}", KEY_VAULT):
        client.begin_recover_deleted_secret(deleted.secret).wait()


def vault_uri(session: AzureSession, vault: str) -> str:
    return f"https://{vault}.{session.cloud.vault_suffix}"
