"""Sections ``vault`` and ``vaults``: the Key Vaults."""

from typing import Annotated, ClassVar

from components.key_vault.access_policies import Authorization
from components.key_vault.args import VaultSku
from components.key_vault.network_rules import Bypass, DefaultAction
from stacks.settings.model.existing import ExistingVault
from stacks.settings.model.section import Section
from stacks.settings.types.azure import ResourceGroupName, SubnetId, arm_id
from stacks.settings.validation.constraints import IntRange, Pattern, any_case

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
        any_case("Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net"),
        is_a="id of a private DNS zone for vaults",
        command="az network private-dns zone show --name privatelink.vaultcore.azure.net --query id",
        source="https://learn.microsoft.com/azure/private-link/private-endpoint-dns#security",
    ),
]


class VaultNetworkSettings(Section):
    """The vault's firewall."""

    public_access: bool = True
    """The public endpoint answers. When false, only private endpoints do."""
    default_action: DefaultAction = DefaultAction.ALLOW
    """Deny: only `ip_rules`, `subnet_ids` and private endpoints may call. Allow: every address may; Entra ID
    still authenticates each call.
    """
    bypass: Bypass = Bypass.AZURE_SERVICES
    """Whether trusted Azure services pass the firewall."""
    ip_rules: tuple[str, ...] = ()
    """Public IPv4 addresses or ranges that may call, at most 1000."""
    subnet_ids: tuple[SubnetId, ...] = ()
    """ARM ids of subnets that may call, at most 200. Each needs the service endpoint Microsoft.KeyVault."""

    @property
    def closed(self) -> bool:
        """Whether a caller needs a firewall rule or a private endpoint."""
        return not self.public_access or self.default_action is DefaultAction.DENY


class PrivateEndpointSettings(Section):
    """A private address for the vault."""

    needs_a_key: ClassVar[bool] = True

    subnet_id: SubnetId | None = None
    """ARM id of the subnet that the address belongs to. Required unless `network.private_endpoints` makes a
    subnet.
    """
    dns_zone_id: DnsZoneId | None = None
    """ARM id of an existing zone privatelink.vaultcore.azure.net; by default the program makes one and links
    it to the subnet's network.
    """


class BaseVaultSettings(Section):
    """The keys that every Key Vault has."""

    existing: ExistingVault | None = None
    """Use a vault that already exists instead of making one. Keys that configure a vault cannot stand beside
    it.
    """
    resource_group: ResourceGroupName | None = None
    """Resource group of the vault, so that it can outlive the cluster's; the cluster's group by default."""
    sku: VaultSku = VaultSku.STANDARD
    """standard, or premium for keys in hardware security modules."""
    purge_protection: bool = True
    """Prevent every user, owners included, from purging before the retention days have passed. Azure cannot
    switch it off again.
    """
    soft_delete_retention_days: RetentionDays = 90
    """Days a deleted vault or secret can be recovered, 7 to 90. Azure cannot change it later."""
    authorization: Authorization = Authorization.RBAC
    """rbac: role assignments decide who reads; access-policy: the vault's own policies, for vaults that are
    not on RBAC yet.
    """
    network: VaultNetworkSettings = VaultNetworkSettings()
    """The vault's firewall."""
    private_endpoint: PrivateEndpointSettings | None = None
    """A private address, for clusters that cannot reach the public endpoint."""
    recover: bool = False
    """Recover the soft-deleted vault of this name, with its secrets. Set it for one `pulumi up` (`pulumi up
    --refresh` if the vault was deleted outside Pulumi), then remove it.
    """
    protect: bool = False
    """Refuse to delete or replace the vault until this key is removed."""


class VaultSettings(BaseVaultSettings):
    """The Key Vault of the stack."""

    name: VaultName | None = None
    """Name of the vault, unique in all of Azure; `kv-<stack>-<hash of subscription, project and stack>` by
    default.
    """

    @property
    def resource_name(self) -> str | None:
        """Name of the Azure resource, if configured."""
        return self.name


class AdditionalVaultSettings(BaseVaultSettings):
    """An additional Key Vault."""

    name: VaultLabel
    """Label of the vault, which secrets name in `vault`."""
    resource_name: VaultName | None = None
    """Name of the vault in Azure, unique in all of Azure; `kv-<stack>-<name>-<hash of subscription, project,
    stack and name>` by default.
    """


AnyVaultSettings = VaultSettings | AdditionalVaultSettings
"""A vault of the stack: both have a ``resource_name``, the one of section ``vault`` under its key ``name``.
"""
