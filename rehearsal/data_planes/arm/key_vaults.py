"""Key Vault's management: deleted vaults, their purge, and names.

https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-deleted, …/purge-deleted,
…/check-name-availability. When a vault was deleted the world does not hold: the days count from now.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from rehearsal.data_planes.arm.routes import Call, listed, route
from rehearsal.data_planes.web import Answer
from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.azure.keyvault.vaults import VAULT, purge
from rehearsal.simulators.world import DeletedVault

_READ = "Microsoft.KeyVault/deletedVaults/read"
_DELETED = (
    "/subscriptions/{subscription}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{name}"
)


def _document(call: Call, deleted: DeletedVault) -> dict[str, Any]:
    properties = deleted.vault.properties.get("properties") or {}
    location = str(deleted.vault.properties.get("location", "")).replace(" ", "").lower()
    now = datetime.now(UTC).replace(microsecond=0)
    until = now + timedelta(days=int(properties.get("softDeleteRetentionInDays") or 90))
    base = f"/subscriptions/{call.subscription}/providers/Microsoft.KeyVault"
    protected = {"purgeProtectionEnabled": True} if properties.get("enablePurgeProtection") else {}
    return {
        "id": f"{base}/locations/{location}/deletedVaults/{deleted.name}",
        "name": deleted.name,
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": {
            "vaultId": deleted.vault.id,
            "location": location,
            "tags": deleted.vault.properties.get("tags") or {},
            "deletionDate": now.isoformat().replace("+00:00", "Z"),
            "scheduledPurgeDate": until.isoformat().replace("+00:00", "Z"),
            **protected,
        },
    }


def _own(call: Call) -> list[DeletedVault]:
    prefix = f"/subscriptions/{call.subscription}/".lower()
    return [
        deleted
        for deleted in call.world.deleted_vaults.values()
        if deleted.vault.id.lower().startswith(prefix)
    ]


@route("GET", "/subscriptions/{subscription}/providers/Microsoft.KeyVault/deletedVaults", _READ)
def _list_deleted(call: Call) -> Answer:
    return listed([_document(call, deleted) for deleted in _own(call)])


def _find(call: Call) -> DeletedVault:
    name = call.parameters["name"].lower()
    deleted = next((deleted for deleted in _own(call) if deleted.name.lower() == name), None)
    if deleted is None:
        text = f"The specified deleted vault '{call.parameters['name']}' does not exist."
        raise ArmError(404, "DeletedVaultNotFound", text)
    return deleted


@route("GET", _DELETED, "Microsoft.KeyVault/locations/deletedVaults/read")
def _get_deleted(call: Call) -> Answer:
    return Answer(status=200, body=_document(call, _find(call)))


@route("POST", f"{_DELETED}/purge", "Microsoft.KeyVault/locations/deletedVaults/purge/action")
def _purge(call: Call) -> Answer:
    purge(call.world, _find(call).name)
    return Answer(status=200, body={})


@route(
    "POST",
    "/subscriptions/{subscription}/providers/Microsoft.KeyVault/checkNameAvailability",
    "Microsoft.KeyVault/checkNameAvailability/read",
)
def _check_name(call: Call) -> Answer:
    name = str(call.request.document.get("name", ""))
    if not re.fullmatch(r"(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]", name):
        # Message: rehearsal/simulators/azure/keyvault/vaults.py, vault_name_is_valid
        return _name_answer("AccountNameInvalid", f"The vault name '{name}' is invalid.")
    live = {vault.id.rsplit("/", 1)[1].lower() for vault in call.world.of_type(VAULT)}
    if name.lower() in live | set(call.world.deleted_vaults):
        return _name_answer("AlreadyExists", f"The name '{name}' is already in use.")
    return _name_answer(None, None)


def _name_answer(reason: str | None, message: str | None) -> Answer:
    body = {"nameAvailable": reason is None, "reason": reason, "message": message}
    return Answer(status=200, body=body)
