"""The resources in Azure that the settings name and that the stack does not make, but its cluster and its
vaults.

Owns: the list, which the preflight and ``doctor`` go through, and the command that lists what exists instead.
Deliberately not here: that cluster, those vaults, and the key of ``cluster.kms``, of which more is read than
whether they exist.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from components.resource_ids import ArmId
from stacks.settings.azure_names import ACTION_GROUP, IDENTITY, WORKSPACE, existing_resources
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.validation.problems import Path

SUBNET, NETWORK, ZONE = "subnet", "virtual network", "private DNS zone"
ROUTE_TABLE, REGISTRY, VAULT = "route table", "registry", "vault"

_LISTS: Mapping[str, str] = {
    IDENTITY: "az identity list --output table",
    WORKSPACE: "az monitor log-analytics workspace list --output table",
    ACTION_GROUP: "az monitor action-group list --output table",
    SUBNET: "az network vnet subnet list --resource-group {group} --vnet-name {name} --output table",
    NETWORK: "az network vnet list --output table",
    ROUTE_TABLE: "az network route-table list --output table",
    ZONE: "az network private-dns zone list --output table",
    REGISTRY: "az acr list --output table",
    VAULT: "az keyvault list --output table",
}


@dataclass(frozen=True, kw_only=True)
class NamedResource:
    """A resource that exists independently of the stack."""

    path: Path
    """Path of the key that names it."""
    kind: str
    """Its type in messages: ``route table``."""
    id: str
    """ARM id."""

    @property
    def list_command(self) -> str:
        """The az command that lists those that exist, for the subscription of the sign-in."""
        parsed = ArmId.parse(self.id)
        return _LISTS[self.kind].format(group=parsed.resource_group, name=parsed.names[0])


def named_resources(settings: Settings, subscription_id: str) -> Iterator[NamedResource]:
    """Every resource that the settings name by a section ``existing`` or by an id.

    A key that this composition does not use names nothing.
    """
    for resource in existing_resources(settings):
        if resource.kind not in ("cluster", "vault"):
            yield NamedResource(path=resource.path, kind=resource.kind, id=resource.id_in(subscription_id))
    for path, kind, arm_id in (*_of_cluster(settings), *_of_vaults(settings)):
        if arm_id:
            yield NamedResource(path=path, kind=kind, id=arm_id)


def _of_cluster(settings: Settings) -> Iterator[tuple[Path, str, str | None]]:
    cluster, at = settings.cluster, ("cluster",)
    if settings.composition is Composition.WORKLOADS or cluster.existing:
        return
    yield (*at, "network", "subnet_id"), SUBNET, cluster.network.subnet_id
    yield (*at, "network", "route_table_id"), ROUTE_TABLE, cluster.network.route_table_id
    for index, registry in enumerate(cluster.container_registries):
        yield (*at, "container_registries", index), REGISTRY, registry
    for index, vault in enumerate(cluster.former_kms_vault_ids):
        yield (*at, "former_kms_vault_ids", index), VAULT, vault
    if private := cluster.private:
        yield (*at, "private", "deploy_from"), NETWORK, private.deploy_from
        yield (*at, "private", "dns_zone"), ZONE, private.dns_zone if "/" in private.dns_zone else None


def _of_vaults(settings: Settings) -> Iterator[tuple[Path, str, str | None]]:
    for path, label, vault in settings.all_vaults:
        # A stack of workloads makes additional vaults only; that of section `vault` is the platform's.
        if vault.existing or (label is None and settings.composition is Composition.WORKLOADS):
            continue
        for index, subnet in enumerate(vault.network.subnet_ids):
            yield (*path, "network", "subnet_ids", index), SUBNET, subnet
        if endpoint := vault.private_endpoint:
            yield (*path, "private_endpoint", "subnet_id"), SUBNET, endpoint.subnet_id
            yield (*path, "private_endpoint", "dns_zone_id"), ZONE, endpoint.dns_zone_id


def named_networks(settings: Settings, subscription_id: str) -> Iterator[NamedResource]:
    """The virtual networks and subnets among them."""
    yield from (each for each in named_resources(settings, subscription_id) if each.kind in (NETWORK, SUBNET))


def existing_groups(settings: Settings) -> Iterator[tuple[Path, str]]:
    """The resource groups that the settings call existing: path of the entry's name, and the name."""
    for index, group in enumerate(settings.resource_groups):
        if group.existing:
            yield ("resource_groups", index, "name"), group.name
