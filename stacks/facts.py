"""What is known of a stack before anything is made, in plain strings: a first preview shows names and scopes, not blanks."""

from dataclasses import dataclass

from components import naming
from components.vault import Authorization
from stacks.deployer import Deployer
from stacks.settings import Settings


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
    vault: VaultFacts


def resource_group_name(settings: Settings) -> str:
    """The group of everything in the stack."""
    return settings.cluster.resource_group or naming.resource_group(settings.project, settings.stack)


def vault_id(subscription_id: str, resource_group: str, name: str) -> str:
    """The vault's ARM id, known before there is a vault."""
    return f"/subscriptions/{subscription_id}/resourceGroups/{resource_group}/providers/Microsoft.KeyVault/vaults/{name}"


def facts_of(settings: Settings, deployer: Deployer) -> Facts:
    """Of a stack that makes its own cluster and vault."""
    group = resource_group_name(settings)
    vault_group = settings.vault.resource_group or group
    vault_name = settings.vault.name or naming.vault(deployer.subscription_id, settings.project, settings.stack)
    return Facts(
        deployer=deployer,
        resource_group=group,
        cluster_name=settings.cluster.name or naming.cluster(settings.stack),
        vault=VaultFacts(
            name=vault_name,
            id=vault_id(deployer.subscription_id, vault_group, vault_name),
            resource_group=vault_group,
            authorization=settings.vault.authorization,
        ),
    )
