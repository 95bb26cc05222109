"""Sections ``vault``, ``vaults`` and ``people``: what Key Vault accepts, and who manages the secrets' values."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from components.vault import Bypass, DefaultAction, VaultSku
from components.vault_access import Authorization
from stacks.settings.existing import ExistingVault
from stacks.settings.names import Guid, ResourceGroupName, SubnetId, arm_id, ipv4_range, is_public
from stacks.settings.rules import Between, Found, Matches, Section, rule

_FIREWALL = "https://learn.microsoft.com/azure/key-vault/general/network-security"

VaultName = Annotated[
    str,
    Matches(
        "vault-name",
        r"(?=.{3,24}$)[a-zA-Z](-?[a-zA-Z0-9])+",
        is_a="vault name",
        allowed="use 3 to 24 letters, digits and single hyphens, a letter first, no hyphen last",
        example="kv-shop-dev",
        source="https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name",
        hyphenated=True,
    ),
]
VaultLabel = Annotated[
    str,
    Matches(
        "vault-label",
        r"[a-z]([-a-z0-9]{0,22}[a-z0-9])?",
        is_a="name of a vault in vaults",
        allowed="use 1 to 24 lower-case letters, digits and hyphens, a letter first, no hyphen last",
        example="payments",
        source="our own choice: it is part of names of volumes, stores and environment variables",
        hyphenated=True,
    ),
]
RetentionDays = Annotated[
    int,
    Between(
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


class EveryVaultSettings(Section):
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

    @property
    def azure_name(self) -> str | None:
        """What Azure is to call it, if somebody has said so."""
        return None


class VaultSettings(EveryVaultSettings):
    """The Key Vault."""

    name: VaultName | None = None
    """Unique in all of Azure; `kv-<stack>-<hash of subscription, project and stack>` if not given."""

    @property
    def azure_name(self) -> str | None:
        """As the base class has it."""
        return self.name


class FurtherVaultSettings(EveryVaultSettings):
    """Another Key Vault, of which secrets say that they are in it."""

    name: VaultLabel
    """What secrets write at `vault`."""
    resource_name: VaultName | None = None
    """What Azure calls it, unique in all of Azure; `kv-<stack>-<name>-<hash of subscription, project, stack and name>` if not given."""

    @property
    def azure_name(self) -> str | None:
        """As the base class has it."""
        return self.resource_name


class DeployerType(StrEnum):
    """What can run `pulumi`: no group can."""

    USER = "User"
    SERVICE_PRINCIPAL = "ServicePrincipal"


class PeopleSettings(Section):
    """Who manages the secrets' values (Key Vault Secrets Officer on the vault), by object id."""

    users: tuple[Guid, ...] = ()
    """Object ids of users."""
    groups: tuple[Guid, ...] = ()
    """Object ids of groups."""
    service_principals: tuple[Guid, ...] = ()
    """Object ids of service principals and managed identities, not their client ids."""
    current: bool = False
    """Whoever runs `pulumi`, too."""
    current_type: DeployerType | None = None
    """What whoever runs `pulumi` is; if not given, User for `az login`, else ServicePrincipal."""


@rule("vault-ip-rule", VaultNetworkSettings, source=_FIREWALL)
def ip_rules_are_public_ranges(network: VaultNetworkSettings) -> Iterator[Found]:
    """The vault's firewall knows public IPv4 only."""
    seen: set[object] = set()
    for index, value in enumerate(network.ip_rules):
        found = ipv4_range(value)
        if found is None or not is_public(found):
            wrong = f"{value!r} is not a public IPv4 address or range"
            yield Found(("ip_rules", index), wrong, "write an address, or the first one and a prefix length")
        elif found in seen:
            yield Found(("ip_rules", index), f"{value!r} is listed twice", "list it once", remove=True)
        seen.add(found)


@rule("vault-ip-rule-number", VaultNetworkSettings, source=_FIREWALL)
def ip_rules_are_not_too_many(network: VaultNetworkSettings) -> Iterator[Found]:
    """Key Vault allows 1,000."""
    if len(network.ip_rules) > 1000:
        yield Found(("ip_rules",), f"{len(network.ip_rules)} rules", "Key Vault allows 1000: join neighbours into larger ranges")


@rule("vault-subnet-rule-number", VaultNetworkSettings, source=_FIREWALL)
def subnet_rules_are_not_too_many(network: VaultNetworkSettings) -> Iterator[Found]:
    """Key Vault allows 200."""
    if len(network.subnet_ids) > 200:
        yield Found(("subnet_ids",), f"{len(network.subnet_ids)} rules", "Key Vault allows 200 virtual network rules")


@rule("vault-rules-without-effect", VaultNetworkSettings, source=_FIREWALL)
def network_rules_have_an_effect(network: VaultNetworkSettings) -> Iterator[Found]:
    """With default action Allow, or with public access off, rules look like protection and are none."""
    if not (network.ip_rules or network.subnet_ids):
        return
    if not network.public_access:
        yield Found(
            ("public_access",),
            "off, so ip_rules and subnet_ids are not read",
            "switch it on or take the rules out",
            "true",
        )
    elif network.default_action is DefaultAction.ALLOW:
        yield Found(
            ("default_action",),
            "Allow, so ip_rules and subnet_ids keep nobody out",
            "choose Deny or take the rules out",
            "Deny",
        )


@rule("person-listed-once", PeopleSettings, source="409 RoleAssignmentExists, pulumi-azure#121")
def everybody_is_listed_once(people: PeopleSettings) -> Iterator[Found]:
    """The same person twice would be the same role assignment twice."""
    seen: set[str] = set()
    for key, ids in (
        ("users", people.users),
        ("groups", people.groups),
        ("service_principals", people.service_principals),
    ):
        for index, object_id in enumerate(ids):
            if object_id.lower() in seen:
                yield Found((key, index), f"{object_id!r} is listed twice", "list it once, under what it is")
            seen.add(object_id.lower())
