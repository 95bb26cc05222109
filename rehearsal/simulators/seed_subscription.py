"""Section ``subscriptions`` of a --cloud file: what Azure lets a subscription do.

subscriptions:
  - id: 5b5c5c5b-…                # without it: whichever the stack uses
    name: shop-dev
    tenant: 7e4a47e4-…            # another one than the sign-in's: every request is refused
    state: Enabled                # Warned, PastDue, Disabled, Deleted
    roles: [Contributor]          # built-in roles of the deployer for all of it; Owner if not given
    features: [Microsoft.Compute/EncryptionAtHost]     # registered ones; none if not given
    quotas: [{location: westeurope, name: cores, limit: 20, used: 4}]
    sizes:
      - {location: westeurope, name: Standard_D2s_v5, zones: ["1"], restricted: NotAvailableForSubscription}
    versions: [{location: westeurope, offered: ["1.35", "1.36"]}]
    locks: [{level: CanNotDelete, scope: /resourceGroups/rg-shop}]   # the whole subscription without scope
    denials: [{name: stack, actions: ["*/delete"], excluded: [<object id>]}]
    policies: [{name: no-public, type: Microsoft.KeyVault/vaults, path: properties.publicNetworkAccess,
                values: [Enabled]}]
    customRoles: [{name: Deployer, actions: ["*"], notActions: [], dataActions: []}]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.nearest import nearest
from rehearsal.simulators.seed_document import SeedError, require_keys, require_list
from rehearsal.simulators.world import World
from rehearsal.yaml_faults import kind_of

STATES: Final = ("Enabled", "Warned", "PastDue", "Disabled", "Deleted")
"""https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states"""
LEVELS: Final = ("CanNotDelete", "ReadOnly")
"""https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources"""
_GUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def add_subscription(world: World, entry: Mapping[str, Any]) -> None:
    """One entry; a later one about the same subscription takes its place. Raises SeedError."""
    require_keys(entry, "id", "name", "tenant", "state", "roles", "features", *_ROWS)
    id_ = str(entry.get("id") or "").lower()
    if id_ and not re.fullmatch(_GUID, id_):
        raise SeedError(f"id: {entry['id']} is no GUID")
    if (tenant := entry.get("tenant")) and not re.fullmatch(_GUID, str(tenant)):
        raise SeedError(f"tenant: {tenant} is no GUID")
    if (state := entry.get("state", STATES[0])) not in STATES:
        raise SeedError(
            f"state: unknown state '{state}'{nearest(str(state), STATES)}; choose {', '.join(STATES)}"
        )
    for name in ("roles", "features"):
        if wrong := [item for item in require_list(entry, name) if not isinstance(item, str) or not item]:
            raise SeedError(f"{name} should be a list of names, but it has {wrong[0]!r}")
    for name, keys in _ROWS.items():
        for index, row in enumerate(require_list(entry, name)):
            _check_row(row, f"{name}[{index}]", keys)
    for index, row in enumerate(entry.get("locks") or ()):
        if (level := row["level"]) not in LEVELS:
            choice = f"choose {' or '.join(LEVELS)}"
            raise SeedError(
                f"locks[{index}].level: unknown level '{level}'{nearest(level, LEVELS)}; {choice}"
            )
    world.subscriptions[id_] = dict(entry)


_ROWS: Final[Mapping[str, Mapping[str, type]]] = {
    "quotas": {"location": str, "name": str, "limit": int, "used": int},
    "sizes": {"location": str, "name": str, "zones": list, "restricted": str},
    "versions": {"location": str, "offered": list},
    "locks": {"level": str, "scope": str, "name": str},
    "denials": {"name": str, "actions": list, "scope": str, "excluded": list},
    "policies": {"name": str, "type": str, "path": str, "values": list, "scope": str},
    "customRoles": {
        "name": str,
        "id": str,
        "actions": list,
        "notActions": list,
        "dataActions": list,
        "notDataActions": list,
    },
}
"""List → keys of its rows with their types."""
_NEEDED: Final[Mapping[str, int]] = {"locks": 1, "policies": 4, "customRoles": 1}
"""How many of these keys, from the first, a row has to have; two if the list is not here."""


def _check_row(row: Any, path: str, keys: Mapping[str, type]) -> None:
    if not isinstance(row, Mapping):
        raise SeedError(f"{path}: should be a mapping, but it is {kind_of(row)}")
    try:
        require_keys(row, *keys)
    except SeedError as error:
        raise SeedError(f"{path}: {error}") from error
    for name in list(keys)[: _NEEDED.get(path.partition("[")[0], 2)]:
        if name not in row:
            raise SeedError(f"{path}: the key '{name}' is missing")
    for name, value in row.items():
        if not isinstance(value, keys[name]) or isinstance(value, bool):
            expected = {str: "a text", int: "a number", list: "a list"}[keys[name]]
            raise SeedError(f"{path}.{name}: should be {expected}, but it is {kind_of(value)}")
