"""The end of an acceptance: its deleted vault is purged, and nothing of its resource group is left."""

from __future__ import annotations

import time
from typing import Final

from operations.azure.api_versions import KEY_VAULT, PROVIDERS
from operations.azure.documents import text_at
from operations.azure.refusals import AzureRefusedError
from operations.azure.session import AzureSession
from operations.errors import OperationError
from stacks.settings.azure_names import AzureNames

_SECONDS: Final = 600
_POLL_SECONDS: Final = 10


def purge_vaults(session: AzureSession, names: AzureNames) -> list[str]:
    """Purge the deleted vaults of the run; returns their names. Raises OperationError if one stays."""
    ours = {vault.name.lower() for vault in names.vaults.values()}
    purged: list[str] = []
    deleted = session.pages(f"{session.subscription}/providers/Microsoft.KeyVault/deletedVaults", KEY_VAULT)
    for vault in deleted:
        name, location = text_at(vault, "name"), text_at(vault, "properties", "location")
        if name.lower() in ours:
            locations = f"{session.subscription}/providers/Microsoft.KeyVault/locations"
            path = f"{locations}/{location}/deletedVaults/{name}"
            session.post(f"{path}/purge", KEY_VAULT)
            _wait_until_gone(session, path, f"vault {name}")
            purged.append(name)
    return purged


def left_behind(session: AzureSession, names: AzureNames) -> list[str]:
    """Ids of the resources that are left in the group; empty if the group is gone."""
    group = f"{session.subscription}/resourceGroups/{names.resource_group}"
    try:
        session.get(group, PROVIDERS)
        return [text_at(each, "id") for each in session.pages(f"{group}/resources", PROVIDERS)] or [group]
    except AzureRefusedError as error:
        if error.is_missing:
            return []
        raise


def _wait_until_gone(session: AzureSession, path: str, what: str) -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        try:
            session.get(path, KEY_VAULT)
        except AzureRefusedError as error:
            if error.is_missing:
                return
            raise
        time.sleep(_POLL_SECONDS)
    raise OperationError(f"{what} is not purged after {_SECONDS} seconds")


def by_hand(names: AzureNames, location: str) -> list[str]:
    """The commands that clean up without this program."""
    vaults = [vault.name for vault in names.vaults.values()]
    return [
        f"az group delete --name {names.resource_group} --yes",
        *(f"az keyvault purge --name {vault} --location {location}" for vault in vaults),
    ]
