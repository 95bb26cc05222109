"""What is known of a stack before anything is made, in plain strings: a first preview shows names and scopes, not blanks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from components import naming
from components.key_vault.access_policies import Authorization
from stacks.deployer import Deployer
from stacks.settings import Settings
from stacks.settings.model.vault import AnyVaultSettings


@dataclass(frozen=True, kw_only=True)
class VaultFacts:
    """Of the vault that the workloads read."""

    name: str
    id: str
    """ARM id."""
    resource_group: str
    authorization: Authorization
    exists: bool = False
    """It is there already, and not of this stack."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Of the stack."""

    deployer: Deployer
    resource_group: str
    """Of everything that this stack makes in Azure."""
    cluster_name: str
    vaults: Mapping[str | None, VaultFacts]
    """By what the settings call them; None is the one of section ``vault``."""

    @property
    def vault(self) -> VaultFacts:
        """The one of section ``vault``."""
        return self.vaults[None]

    def with_vaults(self, found: Mapping[str | None, VaultFacts]) -> "Facts":
        """These vaults are others than was thought."""
        return replace(self, vaults={**self.vaults, **found})


def resource_group_name(settings: Settings) -> str:
    """The group of everything in the stack."""
    return settings.cluster.resource_group or naming.resource_group(settings.project, settings.stack)


def vault_id(subscription_id: str, resource_group: str, name: str) -> str:
    """The vault's ARM id, known before there is a vault."""
    return f"/subscriptions/{subscription_id}/resourceGroups/{resource_group}/providers/Microsoft.KeyVault/vaults/{name}"


def facts_of(settings: Settings, deployer: Deployer) -> Facts:
    """Of a stack that makes its own cluster and vaults."""
    group = resource_group_name(settings)
    return Facts(
        deployer=deployer,
        resource_group=group,
        cluster_name=settings.cluster.name or naming.cluster(settings.stack),
        vaults={
            label: _vault(settings, deployer, group, label, said) for _, label, said in settings.all_vaults
        },
    )


def _vault(
    settings: Settings, deployer: Deployer, group: str, label: str | None, said: AnyVaultSettings
) -> VaultFacts:
    group = said.resource_group or group
    name = said.resource_name or naming.vault(
        deployer.subscription_id, settings.project, settings.stack, label
    )
    return VaultFacts(
        name=name,
        id=vault_id(deployer.subscription_id, group, name),
        resource_group=group,
        authorization=said.authorization,
    )


def nodes_network_id(settings: Settings, facts: Facts) -> str:
    """Of the network that the program makes, or that is there; empty where AKS makes one."""
    if settings.network:
        return naming.virtual_network_id(
            facts.deployer.subscription_id, facts.resource_group, naming.virtual_network(settings.stack)
        )
    return (settings.cluster.network.subnet_id or "").rsplit("/", 2)[0]
