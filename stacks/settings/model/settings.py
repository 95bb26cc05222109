"""The sections put together."""

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from components.workloads import Technique
from stacks.settings.model.cluster import ClusterSettings
from stacks.settings.model.existing import ResourceGroupSettings
from stacks.settings.model.identities import IdentitySettings
from stacks.settings.model.monitoring import MonitoringSettings
from stacks.settings.model.namespaces import NamespaceSettings
from stacks.settings.model.network import VirtualNetworkSettings
from stacks.settings.model.operators import OperatorsSettings
from stacks.settings.model.people import PeopleSettings
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.section import Section
from stacks.settings.model.vault import AdditionalVaultSettings, AnyVaultSettings, VaultSettings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.constraints import Pattern
from stacks.settings.validation.problems import Path

Location = Annotated[
    str,
    Pattern(
        "location",
        # Those of the sovereign clouds begin so: https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure
        r"(?!china|usgov|usdod|ussec|usnat)[a-z]+[a-z0-9]*",
        is_a="location name of Azure's public cloud",
        remedy="use the short name that `az account list-locations --query '[].name'` prints",
        example="westeurope",
        source="https://learn.microsoft.com/azure/reliability/regions-list",
    ),
]


class Composition(StrEnum):
    """What a stack is made of."""

    ALL_IN_ONE = "all-in-one"
    """Cluster, vault, identities and workloads."""
    PLATFORM = "platform"
    """Cluster, vault, operators and namespaces: what teams put their workloads on."""
    WORKLOADS = "workloads"
    """Identities and workloads, on a platform that another stack makes, or that exists."""


class Grants(StrEnum):
    """Who makes the role assignments."""

    MANAGED = "managed"
    """The program."""
    EXTERNAL = "external"
    """Somebody else: the program lists them in the output `grants`."""


StackName = Annotated[
    str,
    Pattern(
        "stack-name",
        r"(?:[a-zA-Z0-9_.-]+/[a-zA-Z0-9_.-]+/)?[a-zA-Z0-9_.-]{1,100}",
        is_a="name of a stack",
        remedy="write organization/project/stack, or the stack alone where project and organization are the same",
        example="organization/aks-secrets/platform",
        source="https://www.pulumi.com/docs/iac/concepts/stacks/#stackreferences",
    ),
]


class PlatformSettings(Section):
    """The platform that workloads run on."""

    stack: StackName
    """The stack that makes it, with composition platform or all-in-one: `organization/project/stack`."""


class Settings(Section):
    """Everything that a stack file says."""

    project: str
    stack: str
    location: Location
    """Azure region, from ``azure-native:location``."""
    composition: Composition = Composition.ALL_IN_ONE
    """What the stack is made of."""
    technique: Technique | None = None
    """Technique of the workloads that name none."""
    grants: Grants = Grants.MANAGED
    """Who makes the role assignments: the program, or somebody else (`external`) from the list in the output `grants`."""
    platform: PlatformSettings | None = None
    """With composition workloads: the stack whose platform they run on."""
    cluster: ClusterSettings = ClusterSettings()
    """The AKS cluster."""
    network: VirtualNetworkSettings | None = None
    """A virtual network that the program makes; AKS makes one of its own if not given, or the nodes are in a subnet that is there."""
    vault: VaultSettings = VaultSettings()
    """The Key Vault."""
    vaults: tuple[AdditionalVaultSettings, ...] = ()
    """Other Key Vaults, for secrets that say so."""
    workloads: tuple[WorkloadSettings, ...] = ()
    """Who reads which secret."""
    identities: tuple[IdentitySettings, ...] = ()
    """Identities that workloads share."""
    resource_groups: tuple[ResourceGroupSettings, ...] = ()
    """Resource groups of which there is something to say; the others are made."""
    namespaces: tuple[NamespaceSettings, ...] = ()
    """Namespaces of which there is something to say; the others are made with the defaults."""
    operators: OperatorsSettings = OperatorsSettings()
    """What techniques need in the cluster once."""
    monitoring: MonitoringSettings | None = None
    """Where the cluster and the vault write down what was done to them; nowhere if not given."""
    people: PeopleSettings = PeopleSettings()
    """Who manages the secrets' values."""
    tags: Mapping[str, str] = {}
    """Tags on every resource that can carry them."""

    @cached_property
    def workloads_by_identity(self) -> dict[str, list[WorkloadSettings]]:
        """Identity name → the workloads that take it on, in the order of the list."""
        found: dict[str, list[WorkloadSettings]] = defaultdict(list)
        for workload in self.workloads:
            found[workload.identity_name].append(workload)
        return dict(found)

    @cached_property
    def seeded_secrets(self) -> list[SecretSettings]:
        """Every secret that the program writes, once, however many workloads read it."""
        found: dict[tuple[str | None, str], SecretSettings] = {}
        for workload in self.workloads:
            for secret in workload.secrets:
                if secret.seeded:
                    found.setdefault(secret.object_key, secret)
        return list(found.values())

    @cached_property
    def all_vaults(self) -> list[tuple[Path, str | None, AnyVaultSettings]]:
        """Where it stands in the settings, what secrets call it, and what is said of it; the one of section ``vault`` first, and called
        None."""
        additional = [(("vaults", index), vault.name, vault) for index, vault in enumerate(self.vaults)]
        return [(("vault",), None, self.vault), *additional]

    @cached_property
    def namespaces_by_name(self) -> dict[str, NamespaceSettings]:
        """Every namespace that a workload names, once, with what the settings say of it; of a platform those that it lists for others."""
        said = {namespace.name: namespace for namespace in self.namespaces}
        named = dict.fromkeys(workload.namespace for workload in self.workloads)
        if self.composition is Composition.PLATFORM:
            named |= dict.fromkeys(said)
        return {name: said.get(name) or NamespaceSettings(name=name) for name in named}
