"""A cluster as everything inside it sees it, whoever made it: its issuer, its identities, the way to its API.

Owns: the kubeconfig, the Kubernetes provider, and the cluster that exists already and is only read.
Deliberately not here: making one (components/cluster/aks_cluster.py).
"""

import base64
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import containerservice

from components.aliases import ROOT_ALIAS
from components.authorization.role_assignments import RoleAssignmentSpec


class Cluster(pulumi.ComponentResource):
    """What workloads, identities and operators have to know of a cluster. One type token for both kinds: URNs hold the parent's type, so
    the provider, and with it every object, stays what it is when another stack takes the cluster over."""

    name: Output[str]
    resource_id: Output[str]
    issuer_url: Output[str]
    """``https://<region>.oic.prod-aks.azure.com/<tenant>/<uuid>/``, verbatim: the final slash belongs to it."""
    kubelet_object_id: Output[str]
    """Principal id of the identity with which nodes pull images."""
    csi_addon_client_id: Output[str]
    """Of the identity that the CSI add-on puts on every node; empty without the add-on."""
    csi_addon_object_id: Output[str]

    delete_with: pulumi.Resource | None
    """What its objects go with, so that nobody deletes them one by one. None: it stays, being somebody else's or protected."""
    provider: kubernetes.Provider
    kubeconfig: Output[str]
    grants: list[RoleAssignmentSpec]
    windows: bool
    """Whether it has nodes that run Windows, where nothing of Linux may land."""

    def __init__(self, name: str, opts: ResourceOptions | None) -> None:
        super().__init__("aks-secrets:index:AksCluster", name, None, opts)
        self.grants = []

    def _read_kubeconfig(
        self, resource_group_name: Input[str], cluster_name: Input[str], *, entra: bool
    ) -> Output[str]:
        """The user's kubeconfig, from the cluster's name and nothing else of it: any other output would make the provider, and with it
        every Kubernetes object, unknown at each change of the cluster (pulumi-kubernetes#1148)."""
        credentials = containerservice.list_managed_cluster_user_credentials_output(
            resource_group_name=resource_group_name,
            resource_name=cluster_name,
            format="exec" if entra else None,  # kubelogin then brings the token; the file holds no credential
        )
        # The invoke's result is not marked secret (pulumi-azure-native#1693): mark it before anything is derived from it.
        return Output.secret(credentials).apply(
            lambda found: base64.b64decode(found.kubeconfigs[0].value).decode()
        )

    def _make_provider(self, name: str, depends_on: list[pulumi.Resource]) -> kubernetes.Provider:
        return kubernetes.Provider(
            f"{name}-kubernetes",
            kubeconfig=self.kubeconfig,
            # Only another cluster replaces the provider and its objects, not another kubeconfig: pulumi-kubernetes#2745
            cluster_identifier=self.resource_id,
            # A Secret with another value is changed in place: replaced, it would be gone for a moment, and Reloader acts on neither
            # half of that (stakater/Reloader#334).
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
            }
        )


@dataclass(frozen=True, kw_only=True)
class ExistingClusterArgs:
    """A cluster that exists, as plain strings: it was asked before anything is made, so the first preview knows it too."""

    cluster_id: str
    """ARM id."""
    resource_group_name: str
    cluster_name: str
    issuer_url: str
    kubelet_object_id: str = ""
    csi_addon_client_id: str = ""
    csi_addon_object_id: str = ""
    entra: bool = True
    """Whether Entra decides who may sign in: the kubeconfig then asks kubelogin for a token."""
    windows: bool = False
    """Whether it has nodes that run Windows."""


class ExistingCluster(Cluster):
    """A cluster that somebody else makes: read, and never changed.

    Creates: the Kubernetes provider. Reads: ManagedCluster.
    """

    def __init__(self, name: str, args: ExistingClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.delete_with = None
        self.windows = args.windows
        # The preview shows it as read; nothing is taken from here, since a read can be deferred and an invoke has answered before.
        containerservice.ManagedCluster.get(
            f"{name}-existing-cluster", args.cluster_id, ResourceOptions(parent=self)
        )
        self.name, self.resource_id = Output.from_input(args.cluster_name), Output.from_input(args.cluster_id)
        self.issuer_url = Output.from_input(args.issuer_url)
        self.kubelet_object_id = Output.from_input(args.kubelet_object_id)
        self.csi_addon_client_id = Output.from_input(args.csi_addon_client_id)
        self.csi_addon_object_id = Output.from_input(args.csi_addon_object_id)
        self.kubeconfig = self._read_kubeconfig(args.resource_group_name, args.cluster_name, entra=args.entra)
        self.provider = self._make_provider(name, [])
        self._register()
