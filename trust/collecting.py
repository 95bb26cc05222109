"""Links of the chain among the resources, also those that components and other stacks publish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from trust.graph import Graph, Node
from trust.nodes import azure
from trust.nodes import vaults as vault_nodes
from trust.nodes.azure import Cluster, Identity
from trust.nodes.fields import mapping
from trust.nodes.kubernetes import SERVICE_ACCOUNT, ForeignAccount, ServiceAccount
from trust.nodes.vaults import AccessPolicy, Vault, VaultObject
from trust.values import UNKNOWN, Text
from trust.workloads import WORKLOAD_TYPE

_CLUSTER_COMPONENT: Final = "aks-secrets:index:AksCluster"
_VAULT_COMPONENT: Final = "aks-secrets:index:KeyVault"
_IDENTITY_COMPONENTS: Final = ("aks-secrets:index:WorkloadIdentity", "aks-secrets:index:BorrowedIdentity")


def clusters(graph: Graph) -> list[Cluster]:
    """The clusters of the stack, then those that it uses."""
    links = [Cluster.of(node) for node in graph.of_type(azure.CLUSTER)]
    for node in graph.of_type(azure.STACK_REFERENCE):
        links += azure.clusters_of_platform(node)
    known = {str(cluster.resource_id).lower() for cluster in links}
    registered = [Cluster.of_component(node) for node in _without(graph, azure.CLUSTER, _CLUSTER_COMPONENT)]
    return [*links, *(entry for entry in registered if str(entry.resource_id).lower() not in known)]


def vaults(graph: Graph) -> list[Vault]:
    """The vaults of the stack, then those that it uses."""
    links = [Vault.of(node) for node in graph.of_type(vault_nodes.VAULT)]
    for node in graph.of_type(azure.STACK_REFERENCE):
        links += vault_nodes.vaults_of_platform(node)
    known = {str(vault.name) for vault in links}
    registered = [Vault.of_component(node) for node in _without(graph, vault_nodes.VAULT, _VAULT_COMPONENT)]
    return [*links, *(entry for entry in registered if str(entry.name) not in known)]


def identities(graph: Graph) -> list[Identity]:
    """The identities of the stack, then principals that a component names."""
    return [
        *(Identity.of(node) for node in graph.of_type(azure.IDENTITY)),
        *(Identity.of_component(node) for node in _without(graph, azure.IDENTITY, *_IDENTITY_COMPONENTS)),
    ]


def _without(graph: Graph, token: str, *components: str) -> list[Node]:
    """The components that make and read no resource of the type."""
    return [
        node
        for node in graph.of_type(*components)
        if not any(child.type == token for child in graph.children(node))
    ]


def service_accounts(graph: Graph) -> Iterator[ServiceAccount]:
    """The ServiceAccounts that the program makes or annotates, then those of other tools that read for it."""
    # The patch is what the program makes of a ServiceAccount that it also reads.
    for node in graph.of_kind("core", "ServiceAccountPatch", "ServiceAccount"):
        yield ServiceAccount.of(node)
    for node in graph.of_type(WORKLOAD_TYPE):
        if manifest := mapping(node.get("serviceAccount")):
            objects = [
                *graph.children(node),
                *(each for each in graph if each.type.startswith("kubernetes:")),
            ]
            provider = next((each.provider for each in objects if each.provider), "")
            account = replace(node, type=SERVICE_ACCOUNT, inputs=manifest, outputs={}, provider=provider)
            yield ForeignAccount.of(account)


def vault_objects(graph: Graph, vaults_of_stack: Sequence[Vault]) -> Iterator[VaultObject]:
    """The objects that the program writes into vaults. An unknown vault is one that it waits for."""
    names = {vault.node.urn: vault.name for vault in vaults_of_stack}
    for token, kind in ((vault_nodes.VAULT_SECRET, "secret"), (vault_nodes.VAULT_KEY, "key")):
        for node in graph.of_type(token):
            written = VaultObject.of(node, kind)
            upstream = [names[urn] for urn in node.dependencies if urn in names]
            if written.vault is UNKNOWN and upstream:
                written = replace(written, vault=upstream[0])
            yield written


def access_policies(graph: Graph, vaults_of_stack: Sequence[Vault]) -> Iterator[AccessPolicy]:
    """Access policies, those within vaults and those that are resources of their own."""
    for vault in vaults_of_stack:
        if not vault.is_reference:
            yield from vault_nodes.access_policies(vault)
    for node in graph.of_type(vault_nodes.ACCESS_POLICY):
        name = node.input("vaultName")
        vault_name: Text = UNKNOWN if name is UNKNOWN else str(name or "").lower()
        yield vault_nodes.access_policy(node, vault_name, node.input("policy"))
