"""Facts of a subscription: those of a --cloud file, or those of a fresh pay-as-you-go subscription.

Rights, quotas and VM sizes are not part of the world's resources.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.data_planes.arm.roles import Role
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER, POOL
from rehearsal.simulators.world import World

_ROLE_NAMESPACE: Final = uuid.UUID("c7a2f6a1-45d6-4f6a-9d2b-0a5f0d9c2e31")
DEFAULT_LIMIT: Final = 20
"""vCPUs per region, and per series in it:
https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-virtual-machines-limits---azure-resource-manager
"""
REGIONAL, SPOT = "cores", "lowPriorityCores"
_ZONES: Final = ("1", "2", "3")
_WITHOUT_ZONES: Final = frozenset(("northcentralus", "ukwest", "westcentralus", "westus", "canadaeast"))
"""Regions without availability zones: https://learn.microsoft.com/azure/reliability/regions-list"""
_VCPUS: Final = (2, 4, 8, 16, 20, 32, 48, 64, 96)
_SERIES: Final = {
    "D": (
        *(
            "s_v3",
            "_v3",
            "s_v4",
            "_v4",
            "ds_v4",
            "s_v5",
            "_v5",
            "ds_v5",
            "as_v5",
            "ads_v5",
            "ps_v5",
            "pds_v5",
        ),
        *("s_v6", "ds_v6", "as_v6", "ads_v6", "ps_v6", "pds_v6"),
    ),
    "E": (
        *("s_v3", "_v3", "s_v4", "ds_v4", "s_v5", "ds_v5", "as_v5", "ads_v5", "ps_v5", "pds_v5"),
        *("s_v6", "ds_v6", "as_v6", "ads_v6"),
    ),
    "F": ("s_v2",),
}
"""Letters of a series → the ends of its sizes' names."""
_BURSTABLE: Final = (("1s", 1), ("1ms", 1), ("2s", 2), ("2ms", 2), ("4ms", 4), ("8ms", 8))
_OLD: Final = ((1, 1), (2, 2), (3, 4), (4, 8), (5, 16))
_OTHERS: Final = {
    **{f"Standard_B{name}": cores for name, cores in _BURSTABLE},
    **{f"Standard_B{cores}{suffix}_v2": cores for cores in (2, 4, 8, 16) for suffix in ("s", "as", "ps")},
    **{f"Standard_{letters}{number}_v2": cores for number, cores in _OLD for letters in ("DS", "D")},
}


@dataclass(frozen=True, kw_only=True)
class Size:
    """A VM size as a SKU of compute."""

    name: str
    family: str
    cores: int
    zones: tuple[str, ...]
    restricted: str = ""
    """Reason code; empty: the subscription may use it."""

    @property
    def has_local_disk(self) -> bool:
        """Sizes of version 5 and later have one only with a `d` in their name."""
        match = re.fullmatch(r"Standard_[A-Z]+\d+([a-z]*)_v(\d)", self.name)
        return match is None or int(match[2]) < 4 or "d" in match[1]


@dataclass(frozen=True)
class Facts:
    """The facts of one subscription."""

    world: World
    subscription: str

    @property
    def _entry(self) -> Mapping[str, Any]:
        known = self.world.subscriptions
        return known.get(self.subscription.lower()) or known.get("") or {}

    @property
    def exists(self) -> bool:
        """A --cloud file that names subscriptions names all of them."""
        named = [id_ for id_ in self.world.subscriptions if id_]
        return not named or "" in self.world.subscriptions or self.subscription.lower() in named

    @property
    def name(self) -> str:
        return str(self._entry.get("name") or "rehearsal")

    @property
    def state(self) -> str:
        return str(self._entry.get("state") or "Enabled")

    @property
    def roles(self) -> list[str]:
        """Names of the deployer's roles for the whole subscription."""
        return list(self._entry["roles"]) if "roles" in self._entry else ["Owner"]

    @property
    def custom_roles(self) -> list[Role]:
        """The custom roles of the subscription.

        https://learn.microsoft.com/azure/role-based-access-control/custom-roles
        """
        return [_custom_role(row) for row in self._entry.get("customRoles") or ()]

    @property
    def features(self) -> set[str]:
        """Registered preview features, in lower case."""
        return {str(name).lower() for name in self._entry.get("features") or ()}

    def versions(self, location: str) -> list[str] | None:
        """Minor versions that AKS offers there. None: all that the rehearsal knows."""
        for row in self._entry.get("versions") or ():
            if _same(row["location"], location):
                return [str(version) for version in row["offered"]]
        return None

    def sizes(self, location: str) -> list[Size]:
        """The VM sizes of a region. A row of the file takes the place of the size, or adds one."""
        zones = () if location in _WITHOUT_ZONES else _ZONES
        by_name = {
            name.lower(): Size(name=name, family=family_of(name), cores=cores, zones=zones)
            for name, cores in _catalogue()
        }
        for row in self._entry.get("sizes") or ():
            if _same(row["location"], location):
                name = str(row["name"])
                known = by_name.get(name.lower())
                by_name[name.lower()] = Size(
                    name=name,
                    family=family_of(name),
                    cores=known.cores if known else 2,
                    zones=tuple(map(str, row["zones"])) if "zones" in row else zones,
                    restricted=str(row.get("restricted") or ""),
                )
        return list(by_name.values())

    def quotas(self, location: str) -> dict[str, tuple[int, int]]:
        """Name of a quota → used and limit. What the world's clusters run counts."""
        running = self._running(location)
        names = [REGIONAL, SPOT, *dict.fromkeys(size.family for size in self.sizes(location))]
        quotas = {name: (running.get(name, 0), DEFAULT_LIMIT) for name in names}
        for row in self._entry.get("quotas") or ():
            if _same(row["location"], location):
                used, limit = quotas.get(row["name"], (0, DEFAULT_LIMIT))
                quotas[row["name"]] = (used + int(row.get("used", 0)), int(row.get("limit", limit)))
        return quotas

    def _running(self, location: str) -> dict[str, int]:
        cores = {size.name.lower(): size for size in self.sizes(location)}
        used: dict[str, int] = {}
        for pool in _pools(self.world, self.subscription, location):
            size = cores.get(str(pool.get("vmSize", "")).lower())
            count = int(pool.get("count") or 0) * (size.cores if size else 0)
            names = (
                [SPOT] if pool.get("scaleSetPriority") == "Spot" else [REGIONAL, size.family if size else ""]
            )
            for name in names:
                used[name] = used.get(name, 0) + count
        return used


def _custom_role(row: Mapping[str, Any]) -> Role:
    names = ("actions", "notActions", "dataActions", "notDataActions")
    actions, not_actions, data_actions, not_data_actions = (
        tuple(map(str, row.get(name) or ())) for name in names
    )
    return Role(
        id=str(row.get("id") or uuid.uuid5(_ROLE_NAMESPACE, str(row["name"]))),
        name=str(row["name"]),
        actions=actions,
        not_actions=not_actions,
        data_actions=data_actions,
        not_data_actions=not_data_actions,
    )


def family_of(name: str) -> str:
    """The quota of a size: the letters of its name in upper case, then its version.

    https://learn.microsoft.com/azure/virtual-machines/quotas; names as `az vm list-usage` prints them.
    """
    match = re.fullmatch(r"Standard_([A-Z]+)\d+([a-z]*)(?:_v(\d))?", name)
    if match is None:
        return "standardFamily"
    letters, suffix, version = match[1], match[2].upper(), match[3]
    if letters == "B" and not version:
        return "standardBSFamily"
    if letters == "B":
        return f"standardB{match[2]}v{version}Family"
    return f"standard{letters}{suffix}{f'v{version}' if version else ''}Family"


def _catalogue() -> Iterator[tuple[str, int]]:
    for letter, suffixes in _SERIES.items():
        for suffix in suffixes:
            yield from ((f"Standard_{letter}{cores}{suffix}", cores) for cores in _VCPUS)
    yield from _OTHERS.items()


def _pools(world: World, subscription: str, location: str) -> Iterator[Mapping[str, Any]]:
    for cluster in world.of_type(CLUSTER, below=f"/subscriptions/{subscription}"):
        if _same(str(cluster.properties.get("location")), location):
            yield from cluster.properties.get("agentPoolProfiles") or ()
            yield from (pool.properties for pool in world.of_type(POOL, below=cluster.id))


def _same(location: str, other: str) -> bool:
    """`West Europe` is `westeurope`."""
    return location.replace(" ", "").lower() == other.replace(" ", "").lower()
