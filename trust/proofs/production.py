"""Proofs of a production stack beyond the chain: protection against loss, and a closed network.

Owns: the proofs of stacks that are production (``published.is_production``). Of what another stack makes,
that stack's own proofs judge. The price of each choice is in docs/production.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trust.chain import Chain
from trust.graph import Node
from trust.nodes.azure import Cluster
from trust.nodes.delivery import ANY
from trust.nodes.fields import listed
from trust.nodes.vaults import Vault
from trust.proofs.proof import Finding, proof
from trust.published import is_production
from trust.requests import Named
from trust.techniques import named_objects
from trust.values import UNKNOWN, Flag, Text

_EVERYWHERE: Final = frozenset({"0.0.0.0/0", "::/0"})


def _vaults(chain: Chain) -> list[Vault]:
    if not is_production(chain.graph):
        return []
    return [vault for vault in chain.vaults if not vault.is_reference]


def _clusters(chain: Chain) -> list[Cluster]:
    if not is_production(chain.graph):
        return []
    return [cluster for cluster in chain.clusters if not cluster.is_reference]


def _options(resource: Vault | Cluster) -> str:
    """The options of `az` that name a resource: the default subscription may be another one."""
    parts = str(resource.resource_id).split("/")
    if len(parts) != len(["", "subscriptions", "S", "resourceGroups", "G", "providers", "N", "T", "NAME"]):
        return f"--name {resource.name}"
    return f"--resource-group {parts[4]} --name {parts[8]} --subscription {parts[2]}"


def _quoted(name: Text) -> str:
    return "whose name is unknown" if name is UNKNOWN else f"'{name}'"


def _finding(node: Node, subject: str, value: Flag, wrong: str, line: str, command: str) -> Iterator[Finding]:
    """One finding unless the value is true."""
    if value is UNKNOWN:
        yield Finding(
            text=f"{subject}: whether it {wrong} is unknown before the update",
            fix=line,
            urn=node.urn,
            unknown=True,
        )
    elif not value:
        mended = f"{command} (the program does not change what exists)" if node.external else line
        yield Finding(text=f"{subject} {wrong}", fix=mended, urn=node.urn)


@proof(
    "production-purge-protection",
    of=_vaults,
    reason="A principal that may delete a vault or a secret may also purge it, and no value comes back.",
    source="https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview",
)
def production_purge_protection(chain: Chain) -> Iterator[Finding]:
    """Every vault of a production stack has purge protection."""
    for vault in _vaults(chain):
        yield from _finding(
            vault.node,
            f"production vault {_quoted(vault.name)}",
            vault.purge_protection,
            "has no purge protection",
            f"{_section(vault)}.purge_protection: true",
            f"az keyvault update {_options(vault)} --enable-purge-protection true",
        )


@proof(
    "production-vault-network",
    of=_vaults,
    reason="A stolen token reads the vault from any address of the internet.",
    source="https://learn.microsoft.com/azure/key-vault/general/network-security",
)
def production_vault_network(chain: Chain) -> Iterator[Finding]:
    """No vault of a production stack answers addresses that no rule lists."""
    for vault in _vaults(chain):
        yield from _finding(
            vault.node,
            f"production vault {_quoted(vault.name)}",
            _is_closed(vault),
            "answers every address of the internet",
            f"{_section(vault)}.network: {{public_access: false}} with private_endpoint: {{}},"
            " or {default_action: Deny} with ip_rules or subnet_ids",
            f"az keyvault update {_options(vault)} --default-action Deny",
        )


def _is_closed(vault: Vault) -> Flag:
    if vault.public_access is False:
        return True
    if vault.default_action == "Deny":
        return _EVERYWHERE.isdisjoint(map(str, vault.addresses))
    if UNKNOWN in (vault.public_access, vault.default_action):
        return UNKNOWN
    return False


def _section(vault: Vault) -> str:
    """The section of the settings that describes a vault, by the logical name of the resource."""
    component = vault.node.name.removesuffix("-vault").removesuffix("-existing")
    label = component.removeprefix("vault").removeprefix("-")
    return f"vaults[name={label}]" if label else "vault"


@proof(
    "production-protect",
    of=lambda chain: [item for item in (*_vaults(chain), *_clusters(chain)) if not item.node.external],
    reason="A typing error, or a property that ARM cannot change, deletes it with all that it holds.",
    source="https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
)
def production_protect(chain: Chain) -> Iterator[Finding]:
    """Pulumi refuses to delete or to replace the vaults and the cluster of a production stack."""
    for vault in _vaults(chain):
        if not vault.node.external and not vault.node.protect:
            yield Finding(
                text=f"production vault {_quoted(vault.name)} is not protected from deletion",
                fix=f"{_section(vault)}.protect: true",
                urn=vault.node.urn,
            )
    for cluster in _clusters(chain):
        if not cluster.node.external and not cluster.node.protect:
            yield Finding(
                text=f"production cluster {_quoted(cluster.name)} is not protected from deletion",
                fix="cluster.protect: true",
                urn=cluster.node.urn,
            )


@proof(
    "production-local-accounts",
    of=_clusters,
    reason="The certificate of a local account is an admin's, and stays valid after its owner has left.",
    source="https://learn.microsoft.com/azure/aks/local-accounts",
)
def production_local_accounts(chain: Chain) -> Iterator[Finding]:
    """Entra is the only way to sign in to a production cluster."""
    for cluster in _clusters(chain):
        yield from _finding(
            cluster.node,
            f"production cluster {_quoted(cluster.name)}",
            cluster.local_accounts_disabled,
            "has local accounts",
            "cluster.local_accounts: false, with cluster.entra",
            f"az aks update {_options(cluster)} --disable-local-accounts",
        )


@proof(
    "production-api-server",
    severity="warning",
    of=_clusters,
    reason="A stolen credential of the cluster works from any address of the internet.",
    source="https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges",
)
def production_api_server(chain: Chain) -> Iterator[Finding]:
    """The API server of a production cluster answers no address that is not listed."""
    for cluster in _clusters(chain):
        yield from _finding(
            cluster.node,
            f"production cluster {_quoted(cluster.name)}",
            _is_limited(cluster.node),
            "has an API server that answers every address",
            "cluster.authorized_ip_ranges: [yours], or cluster.private",
            f"az aks update {_options(cluster)} --api-server-authorized-ip-ranges <yours>",
        )


def _is_limited(cluster: Node) -> Flag:
    if cluster.get("apiServerAccessProfile.enablePrivateCluster") is True:
        return True
    ranges = cluster.get("apiServerAccessProfile.authorizedIPRanges")
    if ranges is UNKNOWN:
        return UNKNOWN
    return bool(listed(ranges)) and _EVERYWHERE.isdisjoint(map(str, listed(ranges)))


def _named(chain: Chain) -> list[Named]:
    if not is_production(chain.graph):
        return []
    return [named for named in named_objects(chain) if named.ask.name != ANY]


@proof(
    "production-newest-version",
    severity="warning",
    of=_named,
    reason="A rotation makes a new version, and what names another one keeps the old value.",
    source="https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#objects-identifiers-and-versioning",
    follows=["vault-object-version"],
)
def production_newest_version(chain: Chain) -> Iterator[Finding]:
    """Workloads of a production stack get the newest version of each object."""
    for named in _named(chain):
        workload = chain.workload_of(named.node)
        if named.version and workload:
            yield Finding(
                workload=workload.name,
                text=f"{named.where} names version '{named.version}' of '{named.ask.name}', and a rotation"
                " makes another one",
                fix=f"workloads[name={workload.name}].secrets[name={named.ask.name}].version: remove it",
                urn=named.node.urn,
            )
