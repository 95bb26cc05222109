"""Values that builders hand on to each other.

Owns: ``StackContext`` (the settings, and the names that follow from them as plain strings: a first preview
shows names and scopes instead of unknown values), and the resources that later builders need of earlier ones.
Deliberately not here: reads of Azure (preflight/), and the arguments of components (args/).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import pulumi
from pulumi import Input

from components import naming
from components.cluster.base import Cluster
from components.identity.principal import ServiceAccount, VaultPrincipal
from components.key_vault.access_policies import Authorization
from components.key_vault.alerts import Alerts
from components.key_vault.private_endpoint import VaultZone
from components.key_vault.vault import KeyVault
from components.network.virtual_network import NodeNetwork
from components.operators import Operator
from components.resource_ids import network_of_subnet, virtual_network_id
from stacks.deployer import Deployer
from stacks.settings import Settings
from stacks.settings.azure_names import AzureNames
from stacks.settings.model.existing import ExistingSettings
from stacks.subscriptions import Subscriptions


@dataclass(frozen=True, kw_only=True)
class ResolvedVault:
    """A vault with its Azure name and id."""

    name: str
    id: str
    """ARM id."""
    resource_group: str
    authorization: Authorization
    subscription_id: str | None = None
    """The subscription of the vault. None: it is the one of ``pulumi``."""
    exists: bool = False
    """Whether it exists independently of this stack, which then never changes it."""
    recovered_id: str | None = None
    """With ``recover``: ARM id as Azure returns it. None: the vault does not exist."""
    handed_over: Mapping[str, str] = field(default_factory=dict[str, str])
    """ARM ids by name of secrets that the state has and the program does not write any more."""
    recovered_secrets: Mapping[str, str] | None = None
    """With ``recover``: ARM ids by name of the seeded secrets that the vault holds. None: it does not exist.
    """


@dataclass(frozen=True, kw_only=True)
class PublishedPrincipal:
    """The identity of an operator of the platform, which reads the vaults as itself."""

    name: str
    """In Azure."""
    client_id: str
    principal_id: str
    subject: str | None
    """Subject of the operator's tokens. None: the platform does not install the operator."""


@dataclass(frozen=True, kw_only=True)
class StackContext:
    """The settings of a stack, and the names that follow from them and from the deployer."""

    settings: Settings
    deployer: Deployer
    subscriptions: Subscriptions
    resource_group: str
    """Resource group of what this stack creates in Azure, except vaults with a group of their own."""
    cluster_name: str
    cluster_id: str
    """ARM id of the cluster."""
    cluster_subscription_id: str | None = None
    """The subscription of the cluster. None: it is the one of ``pulumi``."""
    vaults: Mapping[str | None, ResolvedVault]
    """Vaults by their label in the settings; None is the vault of section ``vault``."""
    platform_namespaces: tuple[str, ...] = ()
    """Namespaces that the platform's stack creates."""
    operator_principals: Mapping[str, PublishedPrincipal] = field(
        default_factory=dict[str, PublishedPrincipal]
    )
    """Identities of the platform's operators, by their name among the identities."""
    isolated_namespaces: frozenset[str] = frozenset()
    """Namespaces with a default-deny NetworkPolicy, made by this stack or by the platform's."""
    random_values: frozenset[str] = frozenset()
    """Logical names of the random values that the state has."""
    copied_values: Mapping[tuple[str | None, str], pulumi.Output[str]] = field(
        default_factory=dict[tuple[str | None, str], pulumi.Output[str]]
    )
    """Values of other stacks and of Azure's resources, by vault label and lower-case name: Pulumi secrets."""
    dapr_components: Mapping[str, str] = field(default_factory=dict[str, str])
    """URNs of the Components of Dapr that the state has, by namespace and name."""

    @classmethod
    def of(cls, settings: Settings, deployer: Deployer) -> Self:
        """The context of a stack that creates its own cluster and vaults."""
        names = AzureNames.of(settings, deployer.subscription_id)
        return cls(
            settings=settings,
            deployer=deployer,
            subscriptions=Subscriptions(deployer.subscription_id),
            resource_group=names.resource_group,
            cluster_name=names.cluster,
            cluster_id=names.cluster_id,
            vaults={
                label: ResolvedVault(
                    name=names.vaults[label].name,
                    id=names.vaults[label].id,
                    resource_group=names.vaults[label].resource_group,
                    authorization=vault.authorization,
                )
                for _, label, vault in settings.all_vaults
            },
            isolated_namespaces=frozenset(
                name for name, namespace in settings.namespaces_by_name.items() if namespace.isolated
            ),
        )

    def subscription_of(self, reference: ExistingSettings) -> str:
        """The subscription of a resource that exists."""
        return self.subscriptions.other(reference.subscription) or self.deployer.subscription_id

    @property
    def nodes_network_id(self) -> str:
        """ARM id of the nodes' virtual network; empty if AKS creates it."""
        if self.settings.network:
            return virtual_network_id(
                self.deployer.subscription_id,
                self.resource_group,
                naming.virtual_network(self.settings.stack),
            )
        subnet_id = self.settings.cluster.network.subnet_id
        return network_of_subnet(subnet_id) if subnet_id else ""


@dataclass(frozen=True, kw_only=True)
class SharedResources:
    """Resources of the stack that its cluster and vaults are placed in or connected to."""

    resource_group_name: Input[str]
    workspace_id: Input[str] | None = None
    """ARM id of the Log Analytics workspace. None: no diagnostic settings."""
    network: NodeNetwork | None = None
    """Virtual network of the nodes. None: AKS creates it, or it exists."""
    vault_zone: VaultZone | None = None
    """Private DNS zone for the vaults' private addresses."""
    alerts: Alerts | None = None
    """Alerts on the vaults that the stack creates."""


Vaults = Mapping[str | None, KeyVault]
"""Vaults by their label in the settings; None is the vault of section ``vault``."""


@dataclass(frozen=True, kw_only=True)
class InstalledOperator:
    """An operator that serves workloads, installed by this stack or not."""

    depends_on: pulumi.Resource | None = None
    """Resource that has to exist before the objects that the operator serves.

    None: the operator exists already.
    """
    account: ServiceAccount | None = None
    """ServiceAccount that needs permission to request workload tokens. None: it may already."""
    identity: VaultPrincipal | None = None
    """Principal as which it reads the vaults. None: it reads none, or as the workloads, or as one of another
    stack.
    """
    scoped_namespace: str | None = None
    """The only namespace that the operator serves. None: all namespaces."""
    pushes_secrets: bool = False
    """Whether it writes into vaults what workloads push."""
    watched: tuple[str, ...] | None = None
    """The namespaces in which Reloader watches. None: it exists already, or is another operator."""
    namespace: str | None = None
    """Namespace of a control plane that pods have to reach.

    None: pods do not call it, or the platform does not publish it.
    """


@dataclass(frozen=True)
class WorkloadContext:
    """The parts from which a workload is built, besides its own settings."""

    stack: StackContext
    cluster: Cluster
    vaults: Vaults
    identities: Mapping[str, VaultPrincipal]
    """Identities by their name in the settings."""
    namespaces: Mapping[str, pulumi.Resource]
    """Namespaces that this stack creates, by name."""
    operators: Mapping[Operator, InstalledOperator]
