"""The identities that read the vaults, as workloads or as operators."""

from components.cluster.base import Cluster
from components.identity.external_principal import ExternalPrincipal
from components.identity.principal import VaultPrincipal
from components.identity.workload_identity import WorkloadIdentity
from stacks.args.identity import (
    APP_ROUTING,
    app_routing_args,
    external_principal_args,
    workload_identity_args,
)
from stacks.builders.shared import drain_registrations
from stacks.context import SharedResources, StackContext


async def make_identities(
    context: StackContext, cluster: Cluster, shared: SharedResources
) -> dict[str, VaultPrincipal]:
    """The identities by their name in the settings, without their grants, which need the vaults.

    The add-on that serves Ingresses reads their certificates as an identity of its own.
    """
    identities: dict[str, VaultPrincipal] = {}
    for name in context.settings.identity_names:
        if external := external_principal_args(name, context, cluster):
            identities[name] = ExternalPrincipal(name, external)
        else:
            args = workload_identity_args(name, context, cluster, shared)
            opts = context.subscriptions.options(args.subscription_id)
            identities[name] = WorkloadIdentity(name, args, opts)
        await drain_registrations()
    if context.settings.ingresses:
        args = app_routing_args(context, cluster)
        identities[APP_ROUTING] = ExternalPrincipal(APP_ROUTING, args)
    return identities
