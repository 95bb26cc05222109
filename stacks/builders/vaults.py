"""The vaults, created or existing, and the grants on them."""

from collections.abc import Mapping
from dataclasses import replace

import pulumi
from pulumi import Input

from components import naming
from components.identity.principal import VaultPrincipal
from components.key_vault.private_endpoint import VaultZone, VaultZoneArgs
from components.key_vault.vault import KeyVault
from components.resource_ids import network_of_subnet
from stacks.args.identity import APP_ROUTING, plan_certificate_grants, plan_grants
from stacks.args.vault import vault_args, vault_component
from stacks.builders.shared import resource_group
from stacks.context import ResolvedVault, SharedResources, StackContext, Vaults
from stacks.preflight.recovery import recovered_secrets, seeded_names
from stacks.settings import Grants


async def make_vaults(
    context: StackContext, identities: Mapping[str, VaultPrincipal], shared: SharedResources
) -> Vaults:
    """The vaults, and the grants of the identities on them.

    A vault with access policies names the identities, so it comes after them and before their grants.
    """
    groups = _resource_groups(context, shared)
    shared = replace(shared, vault_zone=_make_vault_zone(context, groups, shared))
    vaults: dict[str | None, KeyVault] = {}
    for label, vault in context.vaults.items():
        args = vault_args(context, label, identities, shared, _group_of(vault, groups))
        opts = context.subscriptions.options(vault.subscription_id)
        vaults[label] = KeyVault(vault_component(label), args, opts)
        if args.recover:
            path = next(path for path, named, _ in context.settings.all_vaults if named == label)
            names = seeded_names(context.settings, label)
            vaults[label].seed(await recovered_secrets(vaults[label], vault, path, names))
    for name, identity in identities.items():
        if name == APP_ROUTING:
            made, needed = (plan_certificate_grants(context.settings, vaults, grants) for grants in Grants)
            identity.role_assignments.grant(made)
            identity.role_assignments.grant(needed, managed=False)
        else:
            # Also with access policies: a role assignment takes minutes to apply, so it precedes a move to
            # RBAC.
            identity.role_assignments.grant(
                plan_grants(context.settings.workloads_by_identity.get(name, []), vaults)
            )
    return vaults


def _make_vault_zone(
    context: StackContext, groups: Mapping[str, Input[str]], shared: SharedResources
) -> VaultZone | None:
    """One private DNS zone for all vaults with a private endpoint and no zone of their own.

    One zone, since a network can be linked to only one zone of a name. None: no vault needs it.
    """
    settings = context.settings
    endpoints = [vault.private_endpoint for _, _, vault in settings.all_vaults]
    without_zone = [endpoint for endpoint in endpoints if endpoint and endpoint.dns_zone_id is None]
    if not without_zone:
        return None
    networks: dict[str, Input[str]] = {}
    for endpoint in without_zone:
        if endpoint.subnet_id:
            network_id = network_of_subnet(endpoint.subnet_id)
            networks[naming.peering(network_id)] = network_id
        elif shared.network:
            networks["to-" + naming.virtual_network(settings.stack)] = shared.network.resource_id
    args = VaultZoneArgs(
        resource_group_name=groups[context.resource_group.lower()], networks=networks, tags=settings.tags
    )
    return VaultZone("vault-zone", args)


def _group_of(vault: ResolvedVault, groups: Mapping[str, Input[str]]) -> Input[str]:
    """The resource group of a vault. One in another subscription may have the name of one of the stack's."""
    return vault.resource_group if vault.subscription_id else groups[vault.resource_group.lower()]


def _resource_groups(context: StackContext, shared: SharedResources) -> dict[str, Input[str]]:
    """The resource groups of the vaults by lower-case name, each created once for vaults of the stack."""
    groups: dict[str, Input[str]] = {context.resource_group.lower(): shared.resource_group_name}
    for label, vault in context.vaults.items():
        key = vault.resource_group.lower()
        if key not in groups and not vault.subscription_id:
            # Up to 0.1.0 there was one such group, with this logical name. Now the group's own name is in it,
            # since several vaults may share a group, and their order must not matter.
            aliases = [] if label else [pulumi.Alias(name="vault-resource-group")]
            groups[key] = (
                vault.resource_group
                if vault.exists
                else resource_group(context.settings, vault.resource_group, f"vault-group-{key}", aliases)
            )
    return groups
