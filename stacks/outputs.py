"""What a stack tells: people, other stacks and the tools in operations/, which read these outputs and never the program.

No secret value and no kubeconfig is among them, unless the settings ask for the kubeconfig.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.cluster import AksCluster
from components.grants import describe
from components.identity import AUDIENCE, Reader, ServiceAccount
from components.roles import ObjectType
from components.vault import Authorization, KeyVault
from components.workloads import WORKLOADS, Kind, Workload
from stacks import parts, workload_parts
from stacks.deployer import Deployer
from stacks.settings import Grants, Settings
from stacks.settings.workloads import Reach, Scope, WorkloadSettings, reach_of

PLATFORM_VERSION = 1
"""Of the output ``platform``: another number means that its keys mean something else."""


def of(
    settings: Settings,
    deployer: Deployer,
    cluster: AksCluster,
    vault: KeyVault,
    identities: Mapping[str, Reader],
    workloads: Mapping[str, Workload],
) -> Mapping[str, Any]:
    """The outputs of a stack that has everything."""
    told: dict[str, Any] = {
        "access": [
            _access(settings, deployer, workload, entry, cluster, identities[workload.identity_name])
            for workload in settings.workloads
            for entry in _entries(workload, reach_of(settings.workloads_by_identity[workload.identity_name]))
        ],
        "platform": _platform(settings, deployer, cluster, vault),
    }
    if services := {workload.name: workloads[workload.name].address for workload in settings.workloads if workload.service}:
        told["services"] = services
    if pods := {workload.name: workloads[workload.name].pod_needs for workload in settings.workloads if workload.kind is Kind.NONE}:
        told["pods"] = pods
    if settings.grants is Grants.EXTERNAL:
        owed = [
            *cluster.grants,
            *vault.grants,
            *(grant for identity in identities.values() for grant in identity.rights.grants),
        ]
        told["grants"] = [describe(grant) for grant in owed]
    if settings.cluster.export_kubeconfig:
        told["kubeconfig"] = cluster.kubeconfig
    return told


@dataclass(frozen=True)
class _Entry:
    """A row of ``access``: an object, and the grant through which the workload gets at it."""

    name: str
    type: ObjectType
    through: Reach
    asked: bool


def _entries(workload: WorkloadSettings, reaches: list[Reach]) -> Iterator[_Entry]:
    """What the workload lists, then what its identity may read besides: by ``scope: vault``, or because another workload shares it."""
    for secret in workload.secrets:
        yield _Entry(secret.name, secret.type, next(reach for reach in reaches if reach.covers(secret)), True)
    for reach in reaches:
        if reach.name is None:
            yield _Entry("*", reach.type, reach, workload.scope is Scope.VAULT)
        elif not any(reach.covers(secret) for secret in workload.secrets):
            yield _Entry(reach.name, reach.type, reach, False)


def _access(
    settings: Settings,
    deployer: Deployer,
    workload: WorkloadSettings,
    entry: _Entry,
    cluster: AksCluster,
    identity: Reader,
) -> dict[str, Any]:
    """The whole chain from the workload to an object, in plain words as far as they are known before anything exists."""
    account, vault = ServiceAccount(workload.namespace, workload.service_account_name), parts.vault_id(settings, deployer)
    by_role = settings.vault.authorization is Authorization.RBAC
    return {
        "workload": workload.name,
        "secret": entry.name,
        "type": entry.type.value,
        "asked": entry.asked,
        "technique": workload.technique.value,
        "namespace": account.namespace,
        "serviceAccount": account.name,
        "access": workload.access.value,
        "subject": account.subject if identity.federated else None,
        "audience": AUDIENCE if identity.federated else None,
        "identity": workload_parts.identity_name(workload, settings),
        "role": entry.through.access.role.role_name if by_role else "access policy",
        "scope": f"{vault}/{entry.through.access.collection}/{entry.through.name}" if by_role and entry.through.name else vault,
        "vault": parts.vault_name(settings, deployer),
        "pod": WORKLOADS[workload.technique].seen_by_pod,
        "issuer": cluster.issuer_url if identity.federated else None,
        "clientId": identity.client_id,
    }


def _platform(settings: Settings, deployer: Deployer, cluster: AksCluster, vault: KeyVault) -> dict[str, Any]:
    """The contract with other stacks: one versioned object, no secret in it."""
    return {
        "version": PLATFORM_VERSION,
        "subscriptionId": deployer.subscription_id,
        "tenantId": deployer.tenant_id,
        "location": settings.location,
        "resourceGroup": parts.resource_group_name(settings),
        "cluster": {"name": cluster.name, "id": cluster.resource_id, "issuerUrl": cluster.issuer_url},
        "vault": {"name": vault.name, "id": vault.resource_id, "uri": vault.vault_uri},
    }
