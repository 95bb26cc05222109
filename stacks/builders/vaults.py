"""The vaults, made or existing, and the grants on them."""

from collections.abc import Mapping
from dataclasses import replace

import pulumi
from pulumi import Input

from components import naming
from components.identity.workload_identity import Reader
from components.key_vault.private_endpoint import VaultZone, VaultZoneArgs
from components.key_vault.vault import KeyVault
from stacks.args import workload as workload_parts
from stacks.args.cluster import Around
from stacks.args.vault import vault_args, vault_component
from stacks.builders.shared import make_group
from stacks.context import Facts
from stacks.settings import Settings

Vaults = Mapping[str | None, KeyVault]
"""By what the settings call them; None is the one of section ``vault``."""


def make_vaults(
    settings: Settings,
    facts: Facts,
    group: Input[str],
    readers: Mapping[str, Reader],
    around: Around | None = None,
) -> Vaults:
    """The vaults, made or adopted, and the grants of whoever reads them.

    With access policies a vault names those who read it, so it comes after them, and their grants after it.
    """
    groups, around = _vault_groups(settings, facts, group), around or Around()
    vaults: dict[str | None, KeyVault] = {}
    around = replace(around, vault_zone=_make_vault_zone(settings, facts, groups, around))
    for label, vault in facts.vaults.items():
        args = vault_args(settings, facts, label, groups[vault.resource_group.lower()], readers, around)
        vaults[label] = KeyVault(vault_component(label), args)
    for name, reader in readers.items():
        # With access policies too: on the day on which the vault moves to RBAC nobody waits for a role assignment to get about.
        reader.rights.add(workload_parts.plan_grants(settings.workloads_by_identity[name], vaults))
    return vaults


def _make_vault_zone(
    settings: Settings, facts: Facts, groups: Mapping[str, Input[str]], around: Around
) -> VaultZone | None:
    """Of the vaults that have a private address and name no zone: one for all, since a network is linked to one of a name."""
    endpoints = [vault.private_endpoint for _, _, vault in settings.all_vaults]
    asking = [endpoint for endpoint in endpoints if endpoint and endpoint.dns_zone_id is None]
    if not asking:
        return None
    networks: dict[str, Input[str]] = {}
    for endpoint in asking:
        if endpoint.subnet_id:
            network_id = endpoint.subnet_id.rsplit("/subnets/", 1)[0]
            networks[naming.towards(network_id)] = network_id
        elif around.network:
            networks["to-" + naming.virtual_network(settings.stack)] = around.network.resource_id
    args = VaultZoneArgs(
        resource_group_name=groups[facts.resource_group.lower()], networks=networks, tags=settings.tags
    )
    return VaultZone("vault-zone", args)


def _vault_groups(settings: Settings, facts: Facts, group: Input[str]) -> dict[str, Input[str]]:
    """The resource groups of the vaults, by their names in lower case; each is made once, and those of vaults that exist are not."""
    groups: dict[str, Input[str]] = {facts.resource_group.lower(): group}
    for label, vault in facts.vaults.items():
        if (key := vault.resource_group.lower()) not in groups:
            # Called by its name: several vaults may share it, and whichever is listed first must not matter. Until 0.1.0 there was one.
            aliases = [] if label else [pulumi.Alias(name="vault-resource-group")]
            groups[key] = (
                vault.resource_group
                if vault.exists
                else make_group(settings, vault.resource_group, f"vault-group-{key}", aliases)
            )
    return groups
