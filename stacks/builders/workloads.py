"""The workloads, each by the bundle of its technique."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pulumi

from components.cluster.base import Cluster
from components.identity.workload_identity import Reader, ServiceAccount
from components.operators import Operator
from components.workloads import WORKLOADS, Workload, WorkloadArgs
from stacks.args import workload as workload_parts
from stacks.builders.operators import Served
from stacks.builders.shared import breathe, in_cluster
from stacks.builders.vaults import Vaults
from stacks.settings import Grants, Settings


@dataclass(frozen=True)
class Site:
    """Where workloads go."""

    cluster: Cluster
    vaults: Vaults
    readers: Mapping[str, Reader]
    namespaces: Mapping[str, pulumi.Resource]
    operators: Mapping[Operator, Served]
    isolated: Collection[str]
    """The namespaces that let nobody through, whoever makes them."""
    dapr_namespace: str
    """Where Dapr's control plane is, if there is one."""


async def make_workloads(settings: Settings, site: Site) -> dict[str, Workload]:
    """Each workload by its technique's bundle."""
    made: dict[str, Workload] = {}
    for workload in settings.workloads:
        bundle = WORKLOADS[workload.technique]
        served = site.operators.get(bundle.needs) if bundle.needs else None
        args = WorkloadArgs(
            service_account=ServiceAccount(workload.namespace, workload.service_account_name),
            existing_service_account=workload.existing_service_account,
            identity=site.readers[workload.identity_name],
            access=workload.access,
            client_secret=workload_parts.client_secret(workload),
            namespace=site.namespaces.get(workload.namespace),
            vault=site.vaults[None],
            further_vaults={label: vault for label, vault in site.vaults.items() if label},
            secrets=workload_parts.wanted_objects(workload),
            mount_path=workload.mount_path,
            reload=workload.reload,
            await_pods=settings.grants is Grants.MANAGED,
            operator=served.after if served else None,
            operator_account=served.account if served else None,
            composed=workload_parts.composed_values(workload),
            sought=workload_parts.sought_secrets(workload),
            sync=workload_parts.sync(workload),
            dapr=workload_parts.dapr_app(workload),
            isolated=workload.namespace in site.isolated,
            dapr_namespace=site.dapr_namespace,
            pod=workload_parts.pod(workload),
        )
        made[workload.name] = bundle(workload.name, args, in_cluster(site.cluster))
        await breathe()
    return made
