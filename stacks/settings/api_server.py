"""``cluster.private`` and ``cluster.kms``: an API server without a public address, and a key of one's own for what it keeps."""

import re
from collections.abc import Iterator
from typing import Annotated

from components.api_server import NO_ZONE, SYSTEM_ZONE
from stacks.settings.names import ARM_ID, RESOURCE_NAME_RULES, VirtualNetworkId, arm_id
from stacks.settings.rules import Found, Matches, Section, rule

PRIVATE = "https://learn.microsoft.com/azure/aks/private-clusters"
_ZONES = f"{PRIVATE}#configuration-options-for-private-dns"
KMS = "https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption"

ApiServerZone = Annotated[
    str,
    Matches(
        "api-server-zone",
        rf"{SYSTEM_ZONE}|{NO_ZONE}|" + ARM_ID + r"(?i:Microsoft\.Network/privateDnsZones/)[\w.-]{1,200}",
        is_a="place for the API server's name",
        allowed="say system, none, or the id that `az network private-dns zone show --query id` prints",
        example=SYSTEM_ZONE,
        source=_ZONES,
    ),
]
KeyId = Annotated[
    str,
    Matches(
        "kms-key-id",
        r"https://[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]\.vault\.azure\.net/keys/[0-9a-zA-Z-]{1,127}/[0-9a-f]{32}",
        is_a="key id with its version",
        allowed="use the id that `az keyvault key show --vault-name VAULT --name KEY --query key.kid` prints",
        example=None,
        # "Legacy KMS requires a versioned key": the maintainer in hashicorp/terraform-provider-azurerm#32947
        source=f"{KMS}, hashicorp/terraform-provider-azurerm#32947",
    ),
]
KeyVaultId = Annotated[
    str,
    arm_id(
        "kms-vault-id",
        r"(?i:Microsoft\.KeyVault/vaults/)[\w-]{3,24}",
        is_a="id of a vault",
        command="az keyvault show --query id",
        source=RESOURCE_NAME_RULES,
    ),
]


class PrivateSettings(Section):
    """An API server with a private address only. AKS makes a cluster so, and does not change it later."""

    deploy_from: VirtualNetworkId
    """ARM id of the virtual network in which `pulumi` and kubectl run."""
    dns_zone: ApiServerZone = SYSTEM_ZONE
    """Who knows the API server's name: system (a zone that AKS makes), none (public DNS), or the ARM id of a zone that is there."""
    public_fqdn: bool = False
    """A name in public DNS, too; what it says is the private address."""


class KmsSettings(Section):
    """A key of one's own for the Secrets in etcd. Without its key the cluster stops, and its Secrets are lost."""

    key_id: KeyId
    """Id of an RSA key, with its version: `https://<vault>.vault.azure.net/keys/<name>/<version>`."""
    vault_id: KeyVaultId
    """ARM id of the key's vault: not this stack's, with Azure RBAC, and open to all networks."""


def zone_name(said: PrivateSettings) -> str | None:
    """Of a zone that is there."""
    return None if said.dns_zone in (SYSTEM_ZONE, NO_ZONE) else said.dns_zone.rsplit("/", 1)[-1].lower()


def fits_the_region(zone: str, location: str) -> bool:
    """``privatelink.<region>.azmk8s.io``, or with a word of at most 32 characters before it."""
    return re.fullmatch(rf"([a-z0-9][a-z0-9-]{{0,31}}\.)?privatelink\.{re.escape(location)}\.azmk8s\.io", zone) is not None


@rule("api-server-has-a-name", PrivateSettings, source=f"{PRIVATE}#limitations-for-private-aks-clusters-with-custom-dns")
def somebody_knows_the_name(private: PrivateSettings) -> Iterator[Found]:
    """Public DNS, where no zone is private."""
    if private.dns_zone == NO_ZONE and not private.public_fqdn:
        yield Found(("public_fqdn",), "off, and dns_zone none, so nobody would know the API server's name", "switch it on", "true")


@rule("kms-key-is-in-its-vault", KmsSettings, source=KMS)
def the_key_is_in_its_vault(kms: KmsSettings) -> Iterator[Found]:
    """The cluster's identity gets its right in the vault."""
    vault, named = kms.key_id.split("/")[2].split(".")[0], kms.vault_id.rsplit("/", 1)[-1]
    if vault.lower() != named.lower():
        yield Found(("vault_id",), f"of vault {named!r}, and key_id is of vault {vault!r}", "say the id of the key's vault")
