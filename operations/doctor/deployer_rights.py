"""May the deployer create what the settings describe: the actions of each resource, at its scope.

The actions: https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations.
The roles that have them: docs/deploying.md, rights. Deliberately not here: role assignments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from operations.azure.permissions import permissions_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.doctor.scopes import group_of, shown
from stacks.settings import Settings
from stacks.settings.model.workloads import Access

_SUBJECT: Final = "deployer"
_GROUPS: Final = "Microsoft.Resources/subscriptions/resourceGroups/write"
_CLUSTER: Final = (
    "Microsoft.ContainerService/managedClusters/write",
    "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
    "Microsoft.ContainerService/managedClusters/agentPools/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
)
_IDENTITY: Final = (
    "Microsoft.ManagedIdentity/userAssignedIdentities/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
)
_BINDING: Final = "Microsoft.ContainerService/managedClusters/identityBindings/write"
_NETWORK: Final = (
    "Microsoft.Network/virtualNetworks/write",
    "Microsoft.Network/virtualNetworks/subnets/write",
)
_JOIN: Final = "Microsoft.Network/virtualNetworks/subnets/join/action"
_ENDPOINT: Final = "Microsoft.Network/privateEndpoints/write"
_ZONE: Final = (
    "Microsoft.Network/privateDnsZones/write",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks/write",
)
_ALERTS: Final = (
    "Microsoft.Insights/actionGroups/write",
    "Microsoft.Insights/metricAlerts/write",
    "Microsoft.EventGrid/systemTopics/write",
)


@family(asks_azure=True)
def deployer_creates_resources(examination: Examination) -> Iterator[Check]:
    """The deployer has every action that `up` takes, at each scope."""
    actions = needed_actions(examination)
    for scope in actions:
        check = f"rights in {shown(scope)}"
        yield Check(
            _SUBJECT,
            check,
            lambda scope=scope, check=check: _judge(examination, scope, actions[scope], check),
        )


def needed_actions(examination: Examination) -> dict[str, list[str]]:
    """Scope → the actions that `up` takes there."""
    actions: dict[str, list[str]] = defaultdict(list)
    for scope, action in _pairs(examination):
        if action not in actions[scope]:
            actions[scope].append(action)
    return dict(actions)


def _pairs(examination: Examination) -> Iterator[tuple[str, str]]:
    settings, names = examination.settings, examination.names
    group = _group(examination, names.resource_group)
    existing = {each.name.lower() for each in settings.resource_groups if each.existing}
    vault_groups = {
        names.vaults[label].resource_group
        for _, label, _ in settings.all_vaults
        if examination.makes_vault(label)
    }
    if {name.lower() for name in {names.resource_group, *vault_groups}} - existing:
        yield examination.subscription, _GROUPS
    if examination.makes_cluster:
        yield from ((group, action) for action in (*_CLUSTER, *(_NETWORK if settings.network else ())))
        for subnet in filter(None, [settings.cluster.network.subnet_id]):
            yield subnet, _JOIN
    elif examination.cluster_id:
        yield examination.cluster_id, _CLUSTER[1]
    yield from _of_identities(examination, group)
    yield from _of_vaults(examination)
    yield from _of_monitoring(settings, group)
    # Keys that the program copies into a vault.
    for secret in settings.seeded_secrets:
        if secret.resource:
            yield secret.resource.id, secret.resource.action


def _of_identities(examination: Examination, group: str) -> Iterator[tuple[str, str]]:
    settings = examination.settings
    for name in settings.identity_names:
        workloads, operator = settings.workloads_by_identity.get(name, []), settings.reading_operator(name)
        is_bound = any(workload.signs_in_by(Access.IDENTITY_BINDING) for workload in workloads)
        is_trusting = any(workload.signs_in_by(Access.WORKLOAD_IDENTITY) for workload in workloads)
        if not is_bound and not is_trusting and not (operator and operator.service_account):
            continue
        if is_bound:
            yield (group if examination.makes_cluster else examination.cluster_id), _BINDING
        entry = settings.listed_identity(name)
        if entry and entry[1].existing:
            yield examination.existing_ids[f"identities/{entry[0]}/existing"], _IDENTITY[1]
        else:
            yield from ((group, action) for action in _IDENTITY)


def _of_vaults(examination: Examination) -> Iterator[tuple[str, str]]:
    settings = examination.settings
    seeded = {secret.vault for secret in settings.seeded_secrets}
    for _, label, vault in settings.all_vaults:
        vault_id = examination.vault_id(label)
        if not vault_id:
            continue
        scope = group_of(vault_id) if examination.makes_vault(label) else vault_id
        if examination.makes_vault(label):
            yield scope, "Microsoft.KeyVault/vaults/write"
        if label in seeded:
            yield scope, "Microsoft.KeyVault/vaults/secrets/write"
        if endpoint := vault.private_endpoint:
            is_elsewhere = endpoint.subnet_id and examination.session.option_for(endpoint.subnet_id)
            yield group_of(endpoint.subnet_id) if endpoint.subnet_id and is_elsewhere else scope, _ENDPOINT
            if endpoint.subnet_id:
                yield endpoint.subnet_id, _JOIN
            if endpoint.dns_zone_id:
                yield endpoint.dns_zone_id, "Microsoft.Network/privateDnsZones/join/action"
            else:
                group = _group(examination, examination.names.resource_group)
                yield from ((group, action) for action in _ZONE)


def _of_monitoring(settings: Settings, group: str) -> Iterator[tuple[str, str]]:
    if settings.monitoring is None:
        return
    yield group, "Microsoft.Insights/diagnosticSettings/write"
    if settings.monitoring.existing is None:
        yield group, "Microsoft.OperationalInsights/workspaces/write"
    if alerts := settings.monitoring.alerts:
        yield from ((group, action) for action in (_ALERTS[1:] if alerts.action_group else _ALERTS))


def _group(examination: Examination, name: str) -> str:
    return f"{examination.subscription}/resourceGroups/{name}"


def _judge(examination: Examination, scope: str, actions: list[str], check: str) -> Iterable[Finding]:
    permissions = permissions_at(examination.reads, scope)
    missing = [action for action in actions if not permissions.allow(action)]
    where = "" if permissions.scope == scope else f", by the rights in {shown(permissions.scope)}"
    if not missing:
        yield Finding(_SUBJECT, check, "fine", f"may do all that `up` does there{where}")
        return
    caller = examination.session.caller
    text = f"{caller} may not {', '.join(missing)}{where}"
    step = (
        f"let an owner type: az role assignment create --assignee {caller.object_id} --role Contributor"
        f" --scope {permissions.scope}; narrower roles: docs/deploying.md#rights"
    )
    yield Finding(_SUBJECT, check, "wrong", text, step)
