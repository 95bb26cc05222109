"""The identities that read the vaults for workloads."""

from components.cluster.base import Cluster
from components.identity.external_principal import ExternalPrincipal
from components.identity.principal import VaultPrincipal
from components.identity.workload_identity import WorkloadIdentity
from stacks.args.identity import external_principal_args, workload_identity_args
from stacks.builders.shared import drain_registrations
from stacks.context import SharedResources, StackContext


async def make_identities(
    context: StackContext, cluster: Cluster, shared: SharedResources
) -> dict[str, VaultPrincipal]:
    """The identities by their name in the settings, without their grants, which need the vaults."""
    identities: dict[str, VaultPrincipal] = {}
    for name in context.settings.workloads_by_identity:
        if external := external_principal_args(name, context, cluster):
            identities[name] = ExternalPrincipal(name, external)
        else:
            args = workload_identity_args(name, context, cluster, shared)
            opts = context.subscriptions.options(args.subscription_id)
            identities[name] = WorkloadIdentity(name, args, opts)
        await drain_registrations()
    return identities
