"""What a stack tells: people, other stacks and the tools in operations/, which read these outputs and never the program.

No secret value and no kubeconfig is among them, unless the settings ask for the kubeconfig.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.authorization.role_assignments import describe
from components.authorization.roles import ObjectType
from components.cluster.base import Cluster
from components.identity.workload_identity import AUDIENCE, Reader, ServiceAccount
from components.key_vault.access_policies import Authorization
from components.key_vault.vault import KeyVault
from components.workloads import WORKLOADS, Kind, Workload
from stacks.args import workload as workload_parts
from stacks.builders.workloads import Site
from stacks.context import Facts
from stacks.settings import Grants, Settings
from stacks.settings.model.workloads import ReadScope, Scope, WorkloadSettings, read_scopes


def of_workloads(
    settings: Settings, facts: Facts, site: Site, workloads: Mapping[str, Workload]
) -> dict[str, Any]:
    """Who reads what, where Services answer, and what pods need that somebody else deploys."""
    told: dict[str, Any] = {
        "access": [
            _access(settings, facts, workload, entry, site.cluster, site.readers[workload.identity_name])
            for workload in settings.workloads
            for entry in _entries(
                workload, read_scopes(settings.workloads_by_identity[workload.identity_name])
            )
        ]
    }
    if services := {
        workload.name: workloads[workload.name].address for workload in settings.workloads if workload.service
    }:
        told["services"] = services
    if pods := {
        workload.name: workloads[workload.name].pod_needs
        for workload in settings.workloads
        if workload.kind is Kind.NONE
    }:
        told["pods"] = pods
    return told


def of_grants(
    settings: Settings, cluster: Cluster, vaults: Mapping[str | None, KeyVault], readers: Mapping[str, Reader]
) -> dict[str, Any]:
    """With ``grants: external``: what somebody else has to grant."""
    if settings.grants is not Grants.EXTERNAL:
        return {}
    theirs = [
        grant
        for owner in (*vaults.values(), *(reader.rights for reader in readers.values()))
        for grant in owner.grants
    ]
    owed = [*cluster.grants, *theirs]
    return {"grants": [describe(grant) for grant in owed]}


def of_kubeconfig(settings: Settings, cluster: Cluster) -> dict[str, Any]:
    """Where it is asked for."""
    return {"kubeconfig": cluster.kubeconfig} if settings.cluster.export_kubeconfig else {}


@dataclass(frozen=True)
class _Entry:
    """A row of ``access``: an object, and the grant through which the workload gets at it."""

    name: str
    type: ObjectType
    through: ReadScope
    asked: bool


def _entries(workload: WorkloadSettings, reaches: list[ReadScope]) -> Iterator[_Entry]:
    """What the workload lists, then what its identity may read besides: by ``scope: vault``, or because another workload shares it."""
    for secret in workload.secrets:
        yield _Entry(
            secret.name, secret.type, next(reach for reach in reaches if reach.includes(secret)), True
        )
    for reach in reaches:
        if reach.name is None:
            yield _Entry("*", reach.type, reach, workload.scope is Scope.VAULT)
        elif not any(reach.includes(secret) for secret in workload.secrets):
            yield _Entry(reach.name, reach.type, reach, False)


def _access(
    settings: Settings,
    facts: Facts,
    workload: WorkloadSettings,
    entry: _Entry,
    cluster: Cluster,
    identity: Reader,
) -> dict[str, Any]:
    """The whole chain from the workload to an object, in plain words as far as they are known before anything exists."""
    account, vault = (
        ServiceAccount(workload.namespace, workload.service_account_name),
        facts.vaults[entry.through.vault],
    )
    by_role = vault.authorization is Authorization.RBAC
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
        "identity": workload_parts.identity_name(workload, settings, facts),
        "role": entry.through.access.role.role_name if by_role else "access policy",
        "scope": f"{vault.id}/{entry.through.access.collection}/{entry.through.name}"
        if by_role and entry.through.name
        else vault.id,
        "vault": vault.name,
        "pod": WORKLOADS[workload.technique].seen_by_pod,
        "issuer": cluster.issuer_url if identity.federated else None,
        "clientId": identity.client_id,
    }
