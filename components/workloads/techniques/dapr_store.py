"""The secret stores of Dapr: one Component per vault, of one application or of several of a namespace.

Each sidecar that loads a Component reads as its own pod: the webhook's variables name the identity, and
workload identity passes over a client id in the Component (dapr/components-contrib,
common/authentication/azure/auth.go). So one Component serves several identities, and each has the rights of
its own workload.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes
from pulumi import ResourceOptions

from components.key_vault.vault import KeyVault
from components.workloads.args import VaultObjects, WorkloadArgs
from components.workloads.techniques.dapr_app import DaprApp

API_VERSION = "dapr.io/v1alpha1"


class DaprResource(pulumi.CustomResource):
    """A custom resource with top-level fields besides ``spec``, which the SDK's own class does not support
    (pulumi-kubernetes#2363).

    A Component has ``scopes`` there; without them every application of the namespace may load it.
    """

    def __init__(self, resource_name: str, kind: str, opts: ResourceOptions, **fields: Any) -> None:
        version = pulumi_kubernetes._utilities.get_version()  # pyright: ignore[reportPrivateUsage]
        properties = {"apiVersion": API_VERSION, "kind": kind, **fields}
        super().__init__(
            f"kubernetes:{API_VERSION}:{kind}",
            resource_name,
            properties,
            ResourceOptions.merge(ResourceOptions(version=version), opts),
        )


def make_store(
    logical_name: str,
    opts: ResourceOptions,
    *,
    metadata: Mapping[str, Any],
    vault: KeyVault,
    app_ids: Sequence[str],
    in_state: str | None,
) -> DaprResource:
    """A Component for a vault, which the applications with these ids load.

    Args:
        logical_name: Logical name.
        opts: Options.
        metadata: Metadata of the Component.
        vault: The vault.
        app_ids: The applications.
        in_state: URN of the Component with this name in the state. It is the same one, whether one workload
            has it or several: another one could not be created beside it.
    """
    is_other = in_state is not None and in_state.rsplit("::", 1)[-1] != logical_name
    return DaprResource(
        logical_name,
        "Component",
        ResourceOptions.merge(opts, ResourceOptions(aliases=[in_state] if in_state and is_other else None)),
        metadata=metadata,
        spec={
            "type": "secretstores.azure.keyvault",
            "version": "v1",
            "metadata": [
                {"name": "vaultName", "value": vault.name.apply(str.lower)},
                # Otherwise the sidecar tries all methods in turn, among them the node's identity.
                {"name": "azureAuthMethods", "value": "workloadidentity"},
            ],
        },
        scopes=list(app_ids),
    )


def shared_stores(
    apps: Mapping[str, tuple[WorkloadArgs, DaprApp]], opts: ResourceOptions
) -> Mapping[str, Mapping[str, pulumi.Resource]]:
    """The Components that several workloads of a namespace name, by workload and by name of the store.

    Their labels are those that all of these workloads have.
    """
    users: dict[tuple[str, str], list[tuple[str, WorkloadArgs, DaprApp, VaultObjects]]] = defaultdict(list)
    for name, (args, app) in apps.items():
        for part in args.by_vault:
            users[args.service_account.namespace, part.qualified(app.store)].append((name, args, app, part))
    made: dict[str, dict[str, pulumi.Resource]] = defaultdict(dict)
    for (namespace, store), group in users.items():
        if len(group) < 2:
            continue
        _, first, app, part = group[0]
        depends_on = [*first.namespace_dependencies, *first.operator_dependencies]
        component = make_store(
            f"dapr-store/{namespace}/{store}",
            ResourceOptions.merge(opts, ResourceOptions(depends_on=depends_on)),
            metadata=first.shared_metadata(store, [args for _, args, _, _ in group]),
            vault=part.vault,
            app_ids=[app.app_id for _, _, app, _ in group],
            in_state=app.stores_in_state.get(store),
        )
        for name, *_ in group:
            made[name][store] = component
    return made
