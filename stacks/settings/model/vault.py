"""Sections ``vault``, ``vaults`` and ``people``: what Key Vault accepts, and who manages the secrets' values."""

from typing import Annotated

from components.key_vault.access_policies import Authorization
from components.key_vault.args import VaultSku
from components.key_vault.network_rules import Bypass, DefaultAction
from stacks.settings.model.existing import ExistingVault
from stacks.settings.model.section import Section
from stacks.settings.types.azure import ResourceGroupName, SubnetId, arm_id
from stacks.settings.validation.constraints import IntRange, Pattern

VaultName = Annotated[
    str,
    Pattern(
        "vault-name",
        r"(?=.{3,24}$)[a-zA-Z](-?[a-zA-Z0-9])+",
        is_a="vault name",
        remedy="use 3 to 24 letters, digits and single hyphens, a letter first, no hyphen last",
        example="kv-shop-dev",
        source="https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name",
        hyphenated=True,
    ),
]
VaultLabel = Annotated[
    str,
    Pattern(
        "vault-label",
        r"[a-z]([-a-z0-9]{0,22}[a-z0-9])?",
        is_a="name of a vault in vaults",
        remedy="use 1 to 24 lower-case letters, digits and hyphens, a letter first, no hyphen last",
        example="payments",
        source="our own choice: it is part of names of volumes, stores and environment variables",
        hyphenated=True,
    ),
]
RetentionDays = Annotated[
    int,
    IntRange(
        "soft-delete-retention-days",
        7,
        90,
        unit="days",
        source="https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview",
    ),
]


DnsZoneId = Annotated[
    str,
    arm_id(
        "private-dns-zone-id",
        r"(?i:Microsoft\.Network/privateDnsZones/privatelink\.vaultcore\.azure\.net)",
        is_a="id of a private DNS zone for vaults",
        command="az network private-dns zone show --name privatelink.vaultcore.azure.net --query id",
        source="https://learn.microsoft.com/azure/private-link/private-endpoint-dns#security",
    ),
]


class VaultNetworkSettings(Section):
    """From where the vault's data plane answers."""

    public_access: bool = True
    """False: only private endpoints, whatever the rules say."""
    default_action: DefaultAction = DefaultAction.ALLOW
    """What happens to callers whom no rule names."""
    bypass: Bypass = Bypass.AZURE_SERVICES
    """Who passes anyway: trusted Azure services, or nobody."""
    ip_rules: tuple[str, ...] = ()
    """Public IPv4 addresses or ranges that may call."""
    subnet_ids: tuple[SubnetId, ...] = ()
    """ARM ids of subnets, with the service endpoint Microsoft.KeyVault, that may call."""

    @property
    def closed(self) -> bool:
        """Whether callers need a rule, or a private endpoint, to be let in."""
        return not self.public_access or self.default_action is DefaultAction.DENY


class PrivateEndpointSettings(Section):
    """A private address for the vault."""

    subnet_id: SubnetId | None = None
    """ARM id of the subnet that gives it its address; needed unless `network.private_endpoints` makes one."""
    dns_zone_id: DnsZoneId | None = None
    """ARM id of a zone privatelink.vaultcore.azure.net that is there; one is made and linked to the subnet's network if not given."""


class BaseVaultSettings(Section):
    """What there is to say of any Key Vault."""

    existing: ExistingVault | None = None
    """A vault that is there already, instead of one that the program makes; other keys do not go with it."""
    resource_group: ResourceGroupName | None = None
    """A resource group of the vault's own, so that it outlives the cluster's; the cluster's if not given."""
    sku: VaultSku = VaultSku.STANDARD
    """premium adds keys in hardware security modules."""
    purge_protection: bool = True
    """Nobody, not even an owner, can delete for good before the retention days are over. Cannot be switched off again."""
    soft_delete_retention_days: RetentionDays = 90
    """Days for which a deleted vault or secret can be brought back. Azure cannot change it later."""
    authorization: Authorization = Authorization.RBAC
    """What decides who reads: role assignments, or the vault's own access policies, where it is not on RBAC yet."""
    network: VaultNetworkSettings = VaultNetworkSettings()
    """From where the data plane answers."""
    private_endpoint: PrivateEndpointSettings | None = None
    """A private address, for clusters that reach no public one."""
    recover: bool = False
    """Bring back the soft-deleted vault of this name with its secrets, for one `pulumi up`; then take it out."""
    protect: bool = False
    """Refuse to delete or replace the vault until this is taken out again."""


class VaultSettings(BaseVaultSettings):
    """The Key Vault."""

    name: VaultName | None = None
    """Unique in all of Azure; `kv-<stack>-<hash of subscription, project and stack>` if not given."""

    @property
    def resource_name(self) -> str | None:
        """Name of the Azure resource, if configured."""
        return self.name


class AdditionalVaultSettings(BaseVaultSettings):
    """Another Key Vault, of which secrets say that they are in it."""

    name: VaultLabel
    """What secrets write at `vault`."""
    resource_name: VaultName | None = None
    """What Azure calls it, unique in all of Azure; `kv-<stack>-<name>-<hash of subscription, project, stack and name>` if not given."""


AnyVaultSettings = VaultSettings | AdditionalVaultSettings
"""A vault of the stack: both have a ``resource_name``, the one of section ``vault`` under its key ``name``."""
