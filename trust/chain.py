"""The trust chain of a stack: its links as typed nodes, and how they are joined.

Owns: which node belongs to which. Deliberately not here: what a node says (``nodes/``), and who may read what
(``access.py``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from trust import collecting
from trust.graph import Graph, Node
from trust.nodes import azure
from trust.nodes.azure import (
    Cluster,
    Credential,
    Identity,
    IdentityBinding,
    RoleAssignment,
)
from trust.nodes.delivery import (
    DaprComponent,
    DaprConfiguration,
    ExternalSecret,
    SecretProviderClass,
    SecretStore,
)
from trust.nodes.fields import vault_of_url
from trust.nodes.kubernetes import (
    ConfigMap,
    HelmRelease,
    KubernetesObject,
    KubernetesSecret,
    Namespace,
    NetworkPolicy,
    Role,
    RoleBinding,
    ServiceAccount,
)
from trust.nodes.objects import Objects, grouped
from trust.nodes.pods import POD_OWNERS, PodOwner
from trust.nodes.vaults import AccessPolicy, Vault, VaultObject
from trust.values import UNKNOWN, Text
from trust.workloads import Workload, workloads

_Object = TypeVar("_Object", bound=KubernetesObject)
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Chain:
    """The links of the trust chain of one stack."""

    graph: Graph
    clusters: tuple[Cluster, ...] = ()
    identities: tuple[Identity, ...] = ()
    credentials: tuple[Credential, ...] = ()
    identity_bindings: tuple[IdentityBinding, ...] = ()
    role_assignments: tuple[RoleAssignment, ...] = ()
    access_policies: tuple[AccessPolicy, ...] = ()
    vaults: tuple[Vault, ...] = ()
    vault_objects: tuple[VaultObject, ...] = ()
    namespaces: tuple[Namespace, ...] = ()
    service_accounts: tuple[ServiceAccount, ...] = ()
    secret_provider_classes = Objects("secrets-store.csi.x-k8s.io", SecretProviderClass)
    secret_stores = Objects("external-secrets.io", SecretStore, "SecretStore", "ClusterSecretStore")
    external_secrets = Objects("external-secrets.io", ExternalSecret)
    dapr_components = Objects("dapr.io", DaprComponent, "Component")
    dapr_configurations = Objects("dapr.io", DaprConfiguration, "Configuration")
    roles: tuple[Role, ...] = ()
    role_bindings: tuple[RoleBinding, ...] = ()
    secrets: tuple[KubernetesSecret, ...] = ()
    config_maps: tuple[ConfigMap, ...] = ()
    network_policies: tuple[NetworkPolicy, ...] = ()
    releases: tuple[HelmRelease, ...] = ()
    pod_owners: tuple[PodOwner, ...] = ()
    _cache: dict[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)

    @classmethod
    def read(cls, graph: Graph) -> Chain:
        """The links that a graph holds."""
        vaults = collecting.vaults(graph)

        def kubernetes(group: str, kind: type[_Object], *names: str) -> tuple[_Object, ...]:
            return tuple(kind.of(node) for node in graph.of_kind(group, *(names or (kind.__name__,))))

        return cls(
            graph=graph,
            clusters=tuple(collecting.clusters(graph)),
            identities=tuple(collecting.identities(graph)),
            credentials=tuple(Credential.of(node) for node in graph.of_type(azure.CREDENTIAL)),
            identity_bindings=tuple(map(IdentityBinding.of, graph.of_type(azure.IDENTITY_BINDING))),
            role_assignments=tuple(RoleAssignment.of(node) for node in graph.of_type(azure.ROLE_ASSIGNMENT)),
            access_policies=tuple(collecting.access_policies(graph, vaults)),
            vaults=tuple(vaults),
            vault_objects=tuple(collecting.vault_objects(graph, vaults)),
            namespaces=kubernetes("core", Namespace, "Namespace", "NamespacePatch"),
            service_accounts=tuple(collecting.service_accounts(graph)),
            roles=kubernetes("rbac.authorization.k8s.io", Role, "Role", "ClusterRole"),
            role_bindings=kubernetes(
                "rbac.authorization.k8s.io", RoleBinding, "RoleBinding", "ClusterRoleBinding"
            ),
            secrets=kubernetes("core", KubernetesSecret, "Secret", "SecretPatch"),
            config_maps=kubernetes("core", ConfigMap, "ConfigMap", "ConfigMapPatch"),
            network_policies=kubernetes("networking.k8s.io", NetworkPolicy),
            releases=kubernetes("helm.sh", HelmRelease, "Release"),
            pod_owners=tuple(
                PodOwner.of(node) for kind, group in POD_OWNERS.items() for node in graph.of_kind(group, kind)
            ),
        )

    # Clusters.

    def cluster_of(self, item: KubernetesObject | Workload) -> Cluster | None:
        """The cluster of an object, by the identifier of its provider. None: the stack knows no such one."""
        provider = item.provider if isinstance(item, Workload) else item.node.provider
        known = self._clusters_by_provider
        if provider not in known:
            known[provider] = self._cluster_of_provider(self.graph.get(provider))
        return known[provider]

    @cached_property
    def _clusters_by_provider(self) -> dict[str, Cluster | None]:
        return {}

    def _cluster_of_provider(self, provider: Node | None) -> Cluster | None:
        if provider is not None:
            identifier = provider.get("clusterIdentifier")
            if isinstance(identifier, str):
                clusters = [c for c in self.clusters if str(c.resource_id).lower() == identifier.lower()]
                return clusters[0] if clusters else None
            upstream = {provider.parent, *provider.dependencies}
            for cluster in self.clusters:  # in a first preview the identifier is unknown
                if cluster.node.urn in upstream or cluster.node.parent in upstream - {""}:
                    return cluster
        return self.clusters[0] if len(self.clusters) == 1 and provider is None else None

    # Vaults.

    def vault(self, name: Text) -> Vault | None:
        """The vault with this name, in lower or upper case. None: it is of no stack that this one knows."""
        return self._vaults_by_name.get(str(name).lower()) if name else None

    def vault_name(self, name: Text, node: Node | None) -> Text:
        """The name of a vault that a resource has. An unknown one is that of the vault for which it waits."""
        urns = node.dependencies if node else ()
        upstream = [vault for vault in self.vaults if vault.node.urn in urns]
        return upstream[0].name if name is UNKNOWN and len(upstream) == 1 else name

    def vault_at(self, url: Any, node: Node | None = None) -> Text:
        """Name of the vault at a URL that a resource names; empty for another URL."""
        if url is UNKNOWN:
            return self.vault_name(UNKNOWN, node)
        address = str(url or "").lower().rstrip("/")
        by_uri = {str(vault.uri).lower().rstrip("/"): vault.name for vault in self.vaults if vault.uri}
        return by_uri.get(address) or vault_of_url(url)

    @cached_property
    def _vaults_by_name(self) -> Mapping[str, Vault]:
        return {str(vault.name): vault for vault in reversed(self.vaults) if vault.name}

    # Identities.

    def identity_by_client_id(self, client_id: Text) -> Identity | None:
        """The identity with this client id."""
        return self._identities_by("client_id").get(str(client_id).lower()) if client_id else None

    def identity_by_principal_id(self, principal_id: Text) -> Identity | None:
        """The identity with this principal id."""
        return self._identities_by("principal_id").get(str(principal_id).lower()) if principal_id else None

    def _identities_by(self, name: str) -> Mapping[str, Identity]:
        if name not in self._cache:
            pairs = ((getattr(identity, name), identity) for identity in reversed(self.identities))
            self._cache[name] = {str(value).lower(): identity for value, identity in pairs if value}
        return self._cache[name]

    def identity_of(self, credential: Credential) -> Identity | None:
        """The identity of a credential, by name; among several of one name, the one of the same parent."""
        named = self._identities_by_name.get(str(credential.identity_name).lower(), [])
        beside = [identity for identity in named if identity.node.parent == credential.node.parent]
        if credential.identity_name is UNKNOWN or len(named) > 1:
            siblings = [
                identity
                for identity in self.identities
                if identity.node.parent == credential.node.parent != ""
            ]
            beside = beside or (siblings if len(siblings) == 1 else [])
        return (beside or named or [None])[0]

    @cached_property
    def _identities_by_name(self) -> Mapping[str, list[Identity]]:
        by_name: dict[str, list[Identity]] = defaultdict(list)
        for identity in self.identities:
            if identity.name:
                by_name[str(identity.name).lower()].append(identity)
        return by_name

    def credentials_of(self, identity: Identity) -> list[Credential]:
        """The credentials of an identity."""
        if "credentials" not in self._cache:
            of: dict[str, list[Credential]] = defaultdict(list)
            for credential in self.credentials:
                if owner := self.identity_of(credential):
                    of[owner.node.urn].append(credential)
            self._cache["credentials"] = of
        return self._cache["credentials"].get(identity.node.urn, [])

    def roles_of(self, identity: Identity) -> list[RoleAssignment]:
        """The role assignments of an identity: by its principal id, or in a first preview, by what they
        depend on.
        """
        if "roles" not in self._cache:
            of: dict[str, list[RoleAssignment]] = defaultdict(list)
            for assignment in self.role_assignments:
                if assignment.principal_id is UNKNOWN:
                    for urn in {assignment.node.parent, *assignment.node.dependencies} - {""}:
                        of[urn].append(assignment)
                else:
                    of[str(assignment.principal_id).lower()].append(assignment)
            self._cache["roles"] = of
        of = self._cache["roles"]
        keys = {str(identity.principal_id).lower(), identity.node.urn, identity.node.parent} - {""}
        return list({role.node.urn: role for key in sorted(keys) for role in of.get(key, [])}.values())

    # Workloads.

    @cached_property
    def workloads(self) -> tuple[Workload, ...]:
        """The workloads: one per component of a workload, and one per owner of pods outside of them."""
        return tuple(workloads(self.graph, self.service_accounts, self.pod_owners))

    def workload_of(self, node: Node) -> Workload | None:
        """The workload to which a resource belongs."""
        by_urn = self._workloads_by_urn
        if node.urn in by_urn:
            return by_urn[node.urn]
        return next(
            (by_urn[parent.urn] for parent in self.graph.ancestors(node) if parent.urn in by_urn), None
        )

    @cached_property
    def _workloads_by_urn(self) -> Mapping[str, Workload]:
        return {workload.node.urn: workload for workload in self.workloads}

    def once(self, name: str, make: Callable[[], _Item]) -> _Item:
        """The result of ``make`` for this chain, kept under a name."""
        if name not in self._cache:
            self._cache[name] = make()
        made: _Item = self._cache[name]
        return made

    def own(self, objects: tuple[_Object, ...], workload: Workload) -> list[_Object]:
        """The objects that belong to a workload."""
        key = f"own {id(objects)}"
        if key not in self._cache:
            self._cache[key] = grouped(
                (owner.node.urn, item) for item in objects if (owner := self.workload_of(item.node))
            )
        return self._cache[key].get(workload.node.urn, [])

    def near(self, objects: tuple[_Object, ...], workload: Workload) -> list[_Object]:
        """The objects in the namespace of a workload."""
        key = f"near {id(objects)}"
        if key not in self._cache:
            self._cache[key] = grouped((item.key[:2], item) for item in objects)
        return self._cache[key].get((workload.provider, str(workload.namespace or "")), [])

    def service_account(self, provider: str, namespace: Text, name: Text) -> ServiceAccount | None:
        """The ServiceAccount of this name."""
        return self.find(self.service_accounts, provider, namespace, name)

    def find(
        self, objects: tuple[_Object, ...], provider: str, namespace: Text, name: Text
    ) -> _Object | None:
        """The object of this name in a cluster."""
        key = f"objects {id(objects)}"
        if key not in self._cache:
            self._cache[key] = {entry.key: entry for entry in reversed(objects)}
        item: _Object | None = self._cache[key].get((provider, str(namespace or ""), str(name or "")))
        return item
