"""Components with the fewest possible arguments; a test adds the others."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from aks_secrets_testing.builds import DEPLOYER, ISSUER, SUBSCRIPTION, TENANT
from components.authorization.role_assignments import PlannedGrant, Principal
from components.authorization.roles import PrincipalType, Role
from components.cluster.aks_cluster import AksCluster
from components.cluster.args import AksClusterArgs
from components.cluster.base import ExistingCluster, ExistingClusterArgs
from components.cluster.node_pools import NodePool
from components.identity.external_principal import ExternalPrincipal, ExternalPrincipalArgs
from components.identity.principal import ServiceAccount
from components.identity.workload_identity import WorkloadIdentity, WorkloadIdentityArgs
from components.key_vault.alerts import Alerts
from components.key_vault.args import KeyVaultArgs
from components.key_vault.vault import KeyVault
from components.operators.akv2k8s import Akv2k8sArgs
from components.operators.dapr import DaprExtension, DaprExtensionArgs
from components.operators.reloader import ReloaderArgs
from components.workloads import Pod, SecretKeyRef, VaultObject, Workload, WorkloadArgs
from components.workloads.techniques.sdk import SdkWorkload
from tests.support.walk import component_classes

ADA = Principal("deployer", DEPLOYER, PrincipalType.USER)
GROUP = "rg-shop"
NETWORK = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-net/providers/Microsoft.Network"
SUBNET = f"{NETWORK}/virtualNetworks/v/subnets/nodes"
PLATFORM = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-platform/providers"
CLUSTER = f"{PLATFORM}/Microsoft.ContainerService/managedClusters/aks-platform"
VAULT = f"{PLATFORM}/Microsoft.KeyVault/vaults/kv-platform"
ACTION_GROUP = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-ops/providers/Microsoft.Insights/actionGroups/ag-ops"
)
ALERTS = Alerts(action_group_ids=[ACTION_GROUP])
REGISTRIES = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ContainerRegistry"
REGISTRY = f"{REGISTRIES}/registries/shopimages"


def key_of(secret: str, key: str, kind: str = "Opaque") -> SecretKeyRef:
    """A key of a Kubernetes Secret."""
    return SecretKeyRef(secret=secret, key=key, type=kind)


def cluster(opts: pulumi.ResourceOptions | None = None, **args: Any) -> AksCluster:
    """A cluster with one small pool."""
    least: dict[str, Any] = {
        "resource_group_name": GROUP,
        "cluster_name": "aks-shop",
        "subscription_id": SUBSCRIPTION,
        "tenant_id": TENANT,
        "deployer": ADA,
        "system_pool": NodePool(name="system", vm_size="Standard_D2s_v5"),
    }
    return AksCluster("cluster", AksClusterArgs(**(least | args)), opts)


def adopted_cluster(opts: pulumi.ResourceOptions | None = None) -> ExistingCluster:
    """A cluster that exists already."""
    args = ExistingClusterArgs(
        cluster_id=CLUSTER, resource_group_name="rg-platform", cluster_name="aks-platform", issuer_url=ISSUER
    )
    return ExistingCluster("cluster", args, opts)


def vault(opts: pulumi.ResourceOptions | None = None, **args: Any) -> KeyVault:
    """An empty vault."""
    least: dict[str, Any] = {
        "resource_group_name": GROUP,
        "vault_name": "kv-shop",
        "subscription_id": SUBSCRIPTION,
        "tenant_id": TENANT,
    }
    return KeyVault("vault", KeyVaultArgs(**(least | args)), opts)


def identity(
    opts: pulumi.ResourceOptions | None = None, grants: Sequence[PlannedGrant] = (), **args: Any
) -> WorkloadIdentity:
    """An identity that one ServiceAccount takes on."""
    least: dict[str, Any] = {
        "resource_group_name": GROUP,
        "identity_name": "id-shop",
        "subscription_id": SUBSCRIPTION,
        "cluster_id": CLUSTER,
        "service_accounts": [ServiceAccount("shop", "shop")],
    }
    if "cluster" not in args:
        args["cluster"] = cluster()
    made = WorkloadIdentity("shop", WorkloadIdentityArgs(**(least | args)), opts)
    made.role_assignments.grant(grants)
    return made


def borrowed(opts: pulumi.ResourceOptions | None = None) -> ExternalPrincipal:
    """An identity of another owner that may read one secret."""
    args = ExternalPrincipalArgs(
        label="borrowed",
        client_id="client",
        object_id="object",
        tenant_id=TENANT,
        subscription_id=SUBSCRIPTION,
    )
    made = ExternalPrincipal("borrowed", args, opts)
    made.role_assignments.grant(
        [PlannedGrant(label="secrets/db", role=Role.KEY_VAULT_SECRETS_USER, scope="/vault/secrets/db")]
    )
    return made


def workload(
    opts: pulumi.ResourceOptions | None = None,
    bundle: type[Workload] = SdkWorkload,
    aks: AksCluster | None = None,
    **args: Any,
) -> Workload:
    """A workload with a Deployment in a namespace of its own. Components that it needs are created unless
    they are arguments.
    """
    aks = aks or cluster()
    in_cluster = pulumi.ResourceOptions(provider=aks.provider, deleted_with=aks.managed_cluster)
    make: dict[str, Callable[[], Any]] = {
        "service_account": lambda: ServiceAccount("shop", "shop"),
        "identity": lambda: identity(cluster=aks),
        "namespace": lambda: kubernetes.core.v1.Namespace(
            "namespace-shop", metadata={"name": "shop"}, opts=in_cluster
        ),
        "vault": vault,
        "secrets": lambda: [VaultObject(name="db-password")],
        "pod": lambda: Pod(image="registry.example/shop:1"),
    }
    complete = {name: args[name] if name in args else sample() for name, sample in make.items()}
    return bundle("shop", WorkloadArgs(**(complete | args)), pulumi.ResourceOptions.merge(in_cluster, opts))


OPERATORS = component_classes("components.operators")
"""Every operator, by any way of installing it."""
CHARTS = [kind for kind in OPERATORS if "release" in kind.__annotations__]
"""Operators that a chart installs."""
_LEAST_ARGS: Mapping[type, Mapping[str, Any]] = {
    Akv2k8sArgs: {"client_id": "client"},
    ReloaderArgs: {"namespaces": ["shop"]},
}


def operator_args(kind: type[pulumi.ComponentResource], **args: Any) -> Any:
    """The fewest arguments of an operator: its own defaults, and what they leave open."""
    args_class = inspect.get_annotations(kind.__init__)["args"]
    return args_class(**{**_LEAST_ARGS.get(args_class, {}), **args})


def operator(kind: type[pulumi.ComponentResource], opts: pulumi.ResourceOptions | None = None) -> Any:
    """An operator with the fewest arguments."""
    if kind is DaprExtension:
        return dapr_extension(opts)
    return in_cluster(kind, operator_args(kind), opts)


def in_cluster(kind: Callable[..., Any], args: Any, opts: pulumi.ResourceOptions | None = None) -> Any:
    """A component of the cluster that stands on nothing else."""
    aks = cluster()
    return kind(
        "operator", args, pulumi.ResourceOptions.merge(pulumi.ResourceOptions(provider=aks.provider), opts)
    )


def dapr_extension(opts: pulumi.ResourceOptions | None = None, **args: Any) -> DaprExtension:
    """Dapr as Microsoft packs it."""
    least: dict[str, Any] = {"version": "1.14.4-msft.10"}
    if "cluster" not in args:
        args["cluster"] = cluster()
    return DaprExtension("dapr", DaprExtensionArgs(**(least | args)), opts)
