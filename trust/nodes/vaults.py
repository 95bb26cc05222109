"""Vaults, what the program writes into them, and who may read it by access policies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from trust.graph import Node
from trust.nodes.fields import listed, lower, mapping, switch, text, texts, vault_in_id
from trust.values import UNKNOWN, Flag, Text

VAULT: Final = "azure-native:keyvault:Vault"
ACCESS_POLICY: Final = "azure-native:keyvault:AccessPolicy"
VAULT_SECRET: Final = "azure-native:keyvault:Secret"
VAULT_KEY: Final = "azure-native:keyvault:Key"


@dataclass(frozen=True)
class AccessPolicy:
    """The permissions of a principal on all objects of a vault."""

    node: Node
    vault: Text
    principal_id: Text
    secrets: tuple[Text, ...]
    keys: tuple[Text, ...]
    certificates: tuple[Text, ...]


@dataclass(frozen=True)
class Vault:
    """A vault of the stack, or one that the stack's platform publishes."""

    node: Node
    name: Text
    """In lower case, as vaults are compared."""
    resource_id: Text
    uri: Text
    rbac: Flag = UNKNOWN
    """Whether role assignments decide, and not access policies."""
    purge_protection: Flag = UNKNOWN
    soft_delete_days: int | None = None
    public_access: Flag = UNKNOWN
    default_action: Text = UNKNOWN
    """``Allow`` or ``Deny`` for addresses that no rule lists."""
    addresses: tuple[Text, ...] = ()
    """The addresses and ranges that rules list."""
    protect: bool = False
    is_reference: bool = False
    """Not of this stack: of its settings nothing is known."""

    @classmethod
    def of_component(cls, node: Node) -> Vault:
        """A vault that exists already, as its component has registered it."""
        name = text(node.get("name"))
        return cls(
            node=node,
            name=lower(name),
            resource_id=text(node.get("resource_id")),
            uri=text(node.get("vault_uri")),
            is_reference=True,
        )

    @classmethod
    def of(cls, node: Node) -> Vault:
        name = text(node.input("vaultName", node.get("name")))
        public = text(node.get("properties.publicNetworkAccess"), "Enabled")
        days = node.get("properties.softDeleteRetentionInDays")
        rules = node.get("properties.networkAcls.ipRules")
        return cls(
            node=node,
            name=lower(name),
            resource_id=node.id,
            uri=text(node.get("properties.vaultUri")),
            # The API that the SDK speaks takes a missing one for false.
            # https://learn.microsoft.com/azure/key-vault/general/rbac-guide
            rbac=switch(node, "properties.enableRbacAuthorization"),
            purge_protection=switch(node, "properties.enablePurgeProtection"),
            soft_delete_days=int(days) if isinstance(days, int | float) else None,
            public_access=UNKNOWN if public is UNKNOWN else str(public).lower() != "disabled",
            default_action=text(node.get("properties.networkAcls.defaultAction"), "Allow"),
            addresses=tuple(text(mapping(rule).get("value")) for rule in listed(rules)),
            protect=node.protect,
        )


@dataclass(frozen=True)
class VaultObject:
    """A secret or key that the program writes into a vault."""

    node: Node
    vault: Text
    kind: str
    """``secret`` or ``key``."""
    name: Text

    @classmethod
    def of(cls, node: Node, kind: str) -> VaultObject:
        vault = text(node.input("vaultName"))
        name = text(node.input("secretName" if kind == "secret" else "keyName", node.get("name")))
        if vault in (UNKNOWN, "") and node.id is not UNKNOWN:
            vault = vault_in_id(node.id)[0]
        return cls(node, lower(vault), kind, name)


def access_policies(vault: Vault) -> Iterator[AccessPolicy]:
    """The access policies that are written in the vault itself."""
    node, policies = vault.node, vault.node.get("properties.accessPolicies")
    for entry in listed(policies):
        yield access_policy(node, vault.name, mapping(entry))


def access_policy(node: Node, vault: Text, entry: object) -> AccessPolicy:
    """An access policy of ARM's form."""
    policy = mapping(entry)
    permissions = mapping(policy.get("permissions"))
    return AccessPolicy(
        node,
        vault,
        text(policy.get("objectId")),
        texts(permissions.get("secrets")),
        texts(permissions.get("keys")),
        texts(permissions.get("certificates")),
    )


def vaults_of_platform(node: Node) -> list[Vault]:
    """The vaults in the output ``platform`` that a StackReference reads of another stack."""
    platform = mapping(node.get(("outputs", "platform")))
    published = [platform.get("vault"), *mapping(platform.get("vaults")).values()]
    return [
        Vault(
            node=node,
            name=lower(text(vault.get("name"))),
            resource_id=text(vault.get("id")),
            uri=text(vault.get("uri")),
            is_reference=True,
        )
        for vault in map(mapping, published)
        if vault
    ]
