"""The cluster as workloads, identities and operators use it, and the existing cluster that is only read.

Owns: the kubeconfig and the Kubernetes provider.
Deliberately not here: the cluster that the program creates (aks_cluster.py).
"""

import base64
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import Input, InvokeOptions, Output, ResourceOptions
from pulumi_azure_native import containerservice

from components.aliases import ROOT_ALIAS
from components.authorization.role_assignments import NeededRoleAssignment


class Cluster(pulumi.ComponentResource):
    """Issuer, identities and Kubernetes provider of a cluster.

    Created and existing clusters share one type token. A URN contains the parent's type, so provider and
    objects keep their URNs when the cluster moves to another stack.
    """

    name: Output[str]
    resource_id: Output[str]
    issuer_url: Output[str]
    """``https://<region>.oic.prod-aks.azure.com/<tenant>/<uuid>/``, verbatim, with the final slash."""
    kubelet_object_id: Output[str]
    """Principal id of the identity with which the nodes pull images."""
    csi_addon_client_id: Output[str]
    """Client id of the identity that the CSI add-on assigns to every node; empty without the add-on."""
    csi_addon_object_id: Output[str]
    """Principal id of the same identity."""
    app_routing_client_id: Output[str]
    """Client id of the identity as which the application routing add-on reads certificates; empty without it.
    """
    app_routing_object_id: Output[str]
    """Principal id of the same identity."""

    delete_with: pulumi.Resource | None
    """Resource with which the objects in the cluster are deleted. None: the cluster is protected or not of
    this stack, so each object is deleted on its own.
    """
    provider: kubernetes.Provider
    kubeconfig: Output[str]
    """Secret."""
    grants: list[NeededRoleAssignment]
    """Role assignments that the cluster needs, also those that the program does not make."""
    windows: bool
    """The cluster has Windows nodes, on which no Linux container may be scheduled."""

    def __init__(self, name: str, resource_group_name: Input[str], opts: ResourceOptions | None) -> None:
        super().__init__("aks-secrets:index:AksCluster", name, None, opts)
        self.resource_group_name = resource_group_name
        self.grants = []

    def _read_kubeconfig(
        self, resource_group_name: Input[str], cluster_name: Input[str], *, entra: bool
    ) -> Output[str]:
        """The user's kubeconfig, read with the cluster's name as the only output of the cluster.

        Any other output would make the provider, and with it every Kubernetes object, unknown whenever the
        cluster changes (pulumi-kubernetes#1148).
        """
        credentials = containerservice.list_managed_cluster_user_credentials_output(
            resource_group_name=resource_group_name,
            resource_name=cluster_name,
            format="exec" if entra else None,  # the file then contains no credential: kubelogin gets a token
            opts=InvokeOptions(parent=self),  # with the provider of the cluster's subscription
        )
        # The invoke's result is not marked secret (pulumi-azure-native#1693): mark it before deriving from
        # it.
        return Output.secret(credentials).apply(
            lambda result: base64.b64decode(result.kubeconfigs[0].value).decode()
        )

    def _make_provider(self, name: str, depends_on: list[pulumi.Resource]) -> kubernetes.Provider:
        return kubernetes.Provider(
            f"{name}-kubernetes",
            kubeconfig=self.kubeconfig,
            # Only another cluster replaces the provider and its objects, not another kubeconfig:
            # pulumi-kubernetes#2745
            cluster_identifier=self.resource_id,
            # Update a changed Secret in place: a replacement would delete it for a moment, and Reloader
            # ignores both delete and create (stakater/Reloader#334).
            enable_secret_mutable=True,
            opts=ResourceOptions(parent=self, depends_on=depends_on, aliases=[ROOT_ALIAS]),
        )

    def _register(self) -> None:
        self.register_outputs(
            {
                "name": self.name,
                "resource_id": self.resource_id,
                "issuer_url": self.issuer_url,
                "kubelet_object_id": self.kubelet_object_id,
                "csi_addon_client_id": self.csi_addon_client_id,
                "csi_addon_object_id": self.csi_addon_object_id,
                "app_routing_client_id": self.app_routing_client_id,
                "app_routing_object_id": self.app_routing_object_id,
            }
        )


@dataclass(frozen=True, kw_only=True)
class ExistingClusterArgs:
    """Arguments of ``ExistingCluster``: plain strings that preflight has read, so they are known in the first
    preview.
    """

    cluster_id: str
    """ARM id."""
    resource_group_name: str
    cluster_name: str
    issuer_url: str
    kubelet_object_id: str = ""
    csi_addon_client_id: str = ""
    csi_addon_object_id: str = ""
    app_routing_client_id: str = ""
    app_routing_object_id: str = ""
    entra: bool = True
    """Users sign in with Microsoft Entra ID: the kubeconfig runs kubelogin for a token."""
    windows: bool = False
    """The cluster has Windows nodes."""


class ExistingCluster(Cluster):
    """A cluster that this stack does not manage: it is read and never changed.

    Creates: the Kubernetes provider. Reads: ManagedCluster.
    """

    def __init__(self, name: str, args: ExistingClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, args.resource_group_name, opts)
        self.delete_with = None
        self.windows = args.windows
        # Shows the cluster in the preview. Its outputs are not used: a read can be deferred, and preflight
        # knows the values already.
        containerservice.ManagedCluster.get(
            f"{name}-existing-cluster", args.cluster_id, ResourceOptions(parent=self)
        )
        self.name, self.resource_id = Output.from_input(args.cluster_name), Output.from_input(args.cluster_id)
        self.issuer_url = Output.from_input(args.issuer_url)
        self.kubelet_object_id = Output.from_input(args.kubelet_object_id)
        self.csi_addon_client_id = Output.from_input(args.csi_addon_client_id)
        self.csi_addon_object_id = Output.from_input(args.csi_addon_object_id)
        self.app_routing_client_id = Output.from_input(args.app_routing_client_id)
        self.app_routing_object_id = Output.from_input(args.app_routing_object_id)
        self.kubeconfig = self._read_kubeconfig(args.resource_group_name, args.cluster_name, entra=args.entra)
        self.provider = self._make_provider(name, [])
        self._register()
