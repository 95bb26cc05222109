"""Resources that exist independently of the stack, as Azure returns them.

They are read and never changed. The answers are plain data, so that a first preview is complete.
"""

from dataclasses import dataclass

from pulumi_azure_native import containerservice, keyvault

from stacks.context import StackContext
from stacks.preflight.lookup import Lookup
from stacks.settings.azure_names import ACTION_GROUP, ExistingResource, existing_resources
from stacks.settings.validation.problems import Path

PLATFORM_KEY: Path = ("platform", "stack")
"""Path of the key that names what a platform publishes."""


@dataclass(frozen=True, kw_only=True)
class FoundCluster:
    """An existing cluster: the key that names it, and Azure's answer."""

    path: Path
    subscription_id: str | None
    """None: it is the deployer's."""
    resource_group: str
    name: str
    answer: containerservice.GetManagedClusterResult


@dataclass(frozen=True, kw_only=True)
class FoundVault:
    """An existing vault: the key that names it, and Azure's answer."""

    path: Path
    subscription_id: str | None
    """None: it is the deployer's."""
    resource_group: str
    name: str
    answer: keyvault.GetVaultResult


def get_cluster(lookup: Lookup) -> FoundCluster | None:
    """The existing cluster of the settings or of the platform.

    None: the stack creates one, or the read failed.
    """
    path: Path
    if platform := lookup.usable_platform:
        path, other = PLATFORM_KEY, _other(lookup, platform.cluster.subscription_id)
        group, name = platform.cluster.resource_group, platform.cluster.name
    else:
        usable = [resource for resource in _usable(lookup) if resource.kind == "cluster"]
        if not usable:
            return None
        path, (group, name) = usable[0].path, usable[0].reference.resource_group_and_name
        other = _other(lookup, usable[0].reference.subscription)
    answer = lookup.read(
        path,
        f"cluster {name!r} in {place(group, other)}",
        listing("az aks list", other),
        lambda: containerservice.get_managed_cluster(
            resource_group_name=group, resource_name=name, opts=lookup.options(other)
        ),
    )
    return answer and FoundCluster(
        path=path, subscription_id=other, resource_group=group, name=name, answer=answer
    )


def get_vaults(lookup: Lookup) -> dict[str | None, FoundVault]:
    """The existing vaults of the settings and of the platform by label, without those whose read failed."""
    references: dict[str | None, tuple[Path, str | None, str, str]] = {
        resource.label: (
            resource.path,
            _other(lookup, resource.reference.subscription),
            *resource.reference.resource_group_and_name,
        )
        for resource in _usable(lookup)
        if resource.kind == "vault"
    }
    if platform := lookup.usable_platform:
        read = {label for workload in lookup.settings.workloads for label in workload.vaults}
        read |= {ingress.vault for _, ingress in lookup.settings.ingresses}
        published = {None: platform.vault} | {
            label: vault for label, vault in platform.vaults.items() if label in read
        }
        own = {vault.name for vault in lookup.settings.vaults}
        references |= {
            label: (PLATFORM_KEY, _other(lookup, vault.subscription_id), vault.resource_group, vault.name)
            for label, vault in published.items()
            if label not in own
        }
    vaults: dict[str | None, FoundVault] = {}
    for label, (path, other, group, name) in references.items():
        if answer := get_vault(lookup, path, group, name, other):
            vaults[label] = FoundVault(
                path=path, subscription_id=other, resource_group=group, name=name, answer=answer
            )
    return vaults


def get_vault(
    lookup: Lookup, path: Path, group: str, name: str, other: str | None = None
) -> keyvault.GetVaultResult | None:
    """Azure's answer about a vault; ``other`` is its subscription, unless that is the deployer's. None: the
    read failed.
    """
    return lookup.read(
        path,
        f"vault {name!r} in {place(group, other)}",
        listing("az keyvault list", other),
        lambda: keyvault.get_vault(resource_group_name=group, vault_name=name, opts=lookup.options(other)),
    )


def place(group: str, other: str | None) -> str:
    """A resource group in messages; ``other`` is its subscription, unless that is the deployer's."""
    return f"resource group {group!r}" + (f" of subscription {other}" if other else "")


def listing(command: str, other: str | None) -> str:
    """The az command that lists what there is in a subscription."""
    return f"{command} --output table{subscription_option(other)}"


def subscription_option(other: str | None) -> str:
    """The option of an az command about a resource in another subscription; else empty."""
    return f" --subscription {other}" if other else ""


def _other(lookup: Lookup, subscription_id: str | None) -> str | None:
    return lookup.context.subscriptions.other(subscription_id)


def _usable(lookup: Lookup) -> list[ExistingResource]:
    """The existing resources that this stack does not make itself; only these are read."""
    return [
        resource
        for resource in existing_resources(lookup.settings)
        if not managed_here(lookup.context, resource)
    ]


def managed_here(context: StackContext, resource: ExistingResource) -> str | None:
    """The stack's own use of the resource, by which it is none that exists independently."""
    if context.subscriptions.other(resource.reference.subscription):
        return None
    group, name = resource.reference.resource_group_and_name
    # Names without `existing`: the state still holds what this stack created under them.
    created = {
        "cluster": [(context.resource_group, context.cluster_name)],
        "vault": [(vault.resource_group, vault.name) for vault in context.vaults.values()],
    }.get(resource.kind, [])
    if (group.lower(), name.lower()) in {(its.lower(), named.lower()) for its, named in created}:
        return (
            f"{name!r} in resource group {group!r} is created by this stack,"
            " and as existing Pulumi would delete it"
        )
    if resource.kind != ACTION_GROUP and group.lower() in _created_groups(context):
        return (
            f"{name!r} is in resource group {group!r},"
            " which this stack creates and deletes with everything in it"
        )
    return None


def _created_groups(context: StackContext) -> set[str]:
    """The resource groups that this stack creates, in lower case."""
    existing = {group.name.lower() for group in context.settings.resource_groups if group.existing}
    vaults = {
        context.vaults[label].resource_group
        for _, label, vault in context.settings.all_vaults
        if vault.existing is None
    }
    return {group.lower() for group in {context.resource_group, *vaults}} - existing
