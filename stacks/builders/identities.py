"""The identities that read the vaults for workloads."""

from pulumi import Input

from components import naming
from components.cluster.base import Cluster
from components.identity.external_principal import BorrowedIdentity, BorrowedIdentityArgs
from components.identity.workload_identity import Reader, WorkloadIdentity, WorkloadIdentityArgs
from stacks.args import workload as workload_parts
from stacks.builders.shared import breathe
from stacks.context import Facts
from stacks.settings import Grants, Settings


async def make_readers(
    settings: Settings, facts: Facts, cluster: Cluster, group: Input[str]
) -> dict[str, Reader]:
    """Whoever reads for the workloads, by name, without a grant yet."""
    readers: dict[str, Reader] = {}
    for name in settings.workloads_by_identity:
        readers[name] = _reader(name, settings, facts, cluster, group)
        await breathe()
    return readers


def _reader(name: str, settings: Settings, facts: Facts, cluster: Cluster, group: Input[str]) -> Reader:
    """An identity of their own, one that exists, the add-on's, or a service principal."""
    workloads, managed = settings.workloads_by_identity[name], settings.grants is Grants.MANAGED
    borrowed = workload_parts.borrowed(workloads[0], cluster)
    if borrowed:
        args = BorrowedIdentityArgs(
            **borrowed,
            tenant_id=facts.deployer.tenant_id,
            subscription_id=facts.deployer.subscription_id,
            grants_managed=managed,
        )
        return BorrowedIdentity(name, args)
    existing = next((identity.existing for identity in settings.identities if identity.name == name), None)
    its_group, its_name = workload_parts.where_identity(name, settings, group)
    return WorkloadIdentity(
        name,
        WorkloadIdentityArgs(
            resource_group_name=its_group,
            identity_name=its_name,
            existing_id=naming.identity_id(facts.deployer.subscription_id, *existing.where)
            if existing
            else None,
            subscription_id=facts.deployer.subscription_id,
            cluster=cluster,
            service_accounts=workload_parts.service_accounts(workloads),
            handed_out_by=workload_parts.handed_out_by(workloads, cluster),
            grants_managed=managed,
        ),
    )
