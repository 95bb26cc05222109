"""The names of the vaults that the stack creates: free, soft-deleted, or taken.

https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from operations.azure.api_versions import KEY_VAULT
from operations.azure.documents import at, text_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from stacks.settings.azure_names import VaultName
from stacks.settings.model.vault import AnyVaultSettings
from stacks.settings.validation.problems import Path, format_path, remove_command, set_command

_CHECK: Final = "name"


@family(asks_azure=True)
def names_are_free(examination: Examination) -> Iterator[Check]:
    """Each vault's name is free, or the stack's own."""
    for path, label, vault in examination.settings.all_vaults:
        if examination.makes_vault(label):
            name = examination.names.vaults[label]
            yield Check(
                f"vault {name.name}",
                _CHECK,
                lambda path=path, vault=vault, name=name: [_name(examination, path, vault, name)],
            )


def _name(examination: Examination, path: Path, vault: AnyVaultSettings, name: VaultName) -> Finding:
    subject, reads = f"vault {name.name}", examination.reads
    if reads.get_if_exists(name.id, KEY_VAULT):
        text = f"is in {name.resource_group} already: this stack's, if it is up"
        return Finding(subject, _CHECK, "fine", text)
    if finding := _deleted(examination, path, vault, name):
        return finding
    if vault.recover:
        text = f"{format_path((*path, 'recover'))} is set, and no deleted vault has the name"
        return Finding(subject, _CHECK, "wrong", text, str(remove_command((*path, "recover"))))
    answer = examination.session.post(
        f"{examination.subscription}/providers/Microsoft.KeyVault/checkNameAvailability",
        KEY_VAULT,
        {"name": name.name, "type": "Microsoft.KeyVault/vaults"},
    )
    if at(answer, "nameAvailable") is True:
        return Finding(subject, _CHECK, "fine", "is free")
    if at(answer, "nameAvailable") is not False:
        return Finding(subject, _CHECK, "unknown", "Azure does not tell whether it is free", "run it again")
    key = "name" if path == ("vault",) else "resource_name"
    step = str(set_command((*path, key), f"{name.name[:20].rstrip('-')}-2"))
    if text_at(answer, "reason") == "AlreadyExists":
        text = "is taken: vaults have names that are unique in all of Azure"
        return Finding(subject, _CHECK, "wrong", text, step)
    text = f"Azure refuses the name: {text_at(answer, 'reason') or 'no reason'}"
    return Finding(subject, _CHECK, "wrong", text, step)


def _deleted(
    examination: Examination, path: Path, vault: AnyVaultSettings, name: VaultName
) -> Finding | None:
    """The finding of a soft-deleted vault of this name in the subscription, whatever its region."""
    deleted = next(
        (
            each
            for each in examination.reads.pages(
                f"{examination.subscription}/providers/Microsoft.KeyVault/deletedVaults", KEY_VAULT
            )
            if text_at(each, "name").lower() == name.name.lower()
        ),
        None,
    )
    if deleted is None:
        return None
    subject, recover = f"vault {name.name}", str(set_command((*path, "recover"), "true"))
    region = text_at(deleted, "properties", "location")
    until = text_at(deleted, "properties", "scheduledPurgeDate")[:10]
    if vault.recover:
        return Finding(
            subject, _CHECK, "fine", f"is soft-deleted until {until}, and `recover` brings it back"
        )
    if at(deleted, "properties", "purgeProtectionEnabled") is True:
        text = f"is the name of a deleted vault with purge protection, until {until}"
        return Finding(subject, _CHECK, "wrong", text, f"{recover}, or choose another name")
    text = f"is the name of a deleted vault, until {until}"
    purge = f"az keyvault purge --name {name.name} --location {region}"
    return Finding(subject, _CHECK, "wrong", text, f"{recover} to have it back, or {purge}")
