"""Rules for sections ``vault`` and ``vaults``, and for the way from the nodes to a vault."""

from collections.abc import Iterator
from difflib import get_close_matches

from components.key_vault.access_policies import Authorization
from components.key_vault.network_rules import DefaultAction
from components.resource_ids import network_of_subnet
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.model.vault import BaseVaultSettings, VaultNetworkSettings
from stacks.settings.model.workloads import Scope, WorkloadSettings
from stacks.settings.types.ip_ranges import ipv4_range, is_public, without_host_bits
from stacks.settings.validation.problems import (
    Path,
    format_path,
    join_or,
    other_names,
    remove_command,
    set_command,
)
from stacks.settings.validation.registry import Violation, rule
from stacks.settings.validation.repeatable import quoted

_NAMES = "https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name"


@rule("vault-names-differ", Settings, source=f"{_NAMES} (unique in all of Azure)")
def vault_names_differ(settings: Settings) -> Iterator[Violation]:
    """Secrets identify a vault by its label, Azure by its name, also a vault that exists."""
    labels: set[str] = set()
    first = settings.vault.existing.resource_group_and_name[1] if settings.vault.existing else None
    names = {(first or settings.vault.name or "").lower()} - {""}
    for index, vault in enumerate(settings.vaults):
        if vault.name in labels:
            yield Violation(
                ("vaults", index, "name"),
                f"{vault.name!r} is the name of another entry",
                "choose another name",
                other_names(vault.name),
            )
        name = vault.existing.resource_group_and_name[1] if vault.existing else vault.resource_name
        if name and name.lower() in names and vault.existing:
            yield Violation(
                ("vaults", index, "existing"),
                f"{name!r} is also the vault of another entry",
                "list each vault once",
                # without `existing` the program would make another vault
                command=remove_command(("vaults", index)),
            )
        elif name and name.lower() in names:
            problem = f"{name!r} is the name of another vault"
            yield Violation(("vaults", index, "resource_name"), problem, "choose another name")
        labels.add(vault.name)
        names |= {name.lower()} if name else set()


def named_vaults(workload: WorkloadSettings) -> Iterator[tuple[Path, str]]:
    """The keys of a workload that name a vault of section ``vaults``, each with the vault's label."""
    for key in ("secrets", "find", "pushes"):
        for index, entry in enumerate(getattr(workload, key)):
            if entry.vault:
                yield (key, index, "vault"), entry.vault
    if workload.service and workload.service.ingress and workload.service.ingress.vault:
        yield ("service", "ingress", "vault"), workload.service.ingress.vault


@rule(
    "vault-is-declared", Settings, source="our own choice: a misspelled vault must not look like another one"
)
def named_vaults_are_listed(settings: Settings) -> Iterator[Violation]:
    """A misspelled label must not stand for another vault. Labels of a platform's vaults are checked by
    preflight.
    """
    if settings.platform:
        return
    declared = {vault.name for vault in settings.vaults}
    for index, workload in enumerate(settings.workloads):
        for at, label in named_vaults(workload):
            if label in declared:
                continue
            path, problem = ("workloads", index, *at), f"{label!r} is not in vaults"
            if near := get_close_matches(label, declared, 1):
                yield Violation(path, problem, f"choose {join_or(sorted(declared))}", near[0])
            else:
                command = set_command(("vaults", len(declared), "name"), label)
                yield Violation(
                    path,
                    problem,
                    "list it there, or remove the key to use the vault of section vault",
                    command=command,
                )


@rule("further-vault-exists", Settings, source="docs/compositions.md: what each composition makes")
def stacks_of_workloads_make_no_vault(settings: Settings) -> Iterator[Violation]:
    """With composition workloads the vaults are the platform's, or already exist."""
    for index, vault in enumerate(settings.vaults):
        if settings.composition is Composition.WORKLOADS and vault.existing is None:
            remedy = "set the vault, or let the platform's stack make it"
            yield Violation(
                ("vaults", index, "existing"), "missing, but composition: workloads makes no vault", remedy
            )


_FIREWALL = "https://learn.microsoft.com/azure/key-vault/general/network-security"


@rule("vault-ip-rule", VaultNetworkSettings, source=_FIREWALL)
def ip_rules_are_public_ranges(network: VaultNetworkSettings) -> Iterator[Violation]:
    """The vault's firewall accepts public IPv4 ranges only."""
    seen: set[object] = set()
    for index, value in enumerate(network.ip_rules):
        address = ipv4_range(value)
        if address is None or not is_public(address):
            near, fault = without_host_bits(value), "is not a public IPv4 address or range"
            if near and is_public(near):
                fault = "does not begin with the first address of a range"
            suggested = str(near) if near and is_public(near) else None
            remedy = "write an address, or the first address and a prefix length"
            yield Violation(("ip_rules", index), f"{quoted(value)} {fault}", remedy, suggested)
        elif address in seen:
            yield Violation(("ip_rules", index), f"{value!r} is listed twice", "list it once", remove=True)
        seen.add(address)


@rule("vault-ip-rule-number", VaultNetworkSettings, source=_FIREWALL)
def ip_rules_are_within_the_limit(network: VaultNetworkSettings) -> Iterator[Violation]:
    """Key Vault allows 1,000 IP rules."""
    if len(network.ip_rules) > 1000:
        yield Violation(
            ("ip_rules",),
            f"{len(network.ip_rules)} rules",
            "Key Vault allows 1000: join adjacent ranges",
        )


@rule("vault-subnet-rule-number", VaultNetworkSettings, source=_FIREWALL)
def subnet_rules_are_within_the_limit(network: VaultNetworkSettings) -> Iterator[Violation]:
    """Key Vault allows 200 virtual network rules."""
    if len(network.subnet_ids) > 200:
        yield Violation(
            ("subnet_ids",), f"{len(network.subnet_ids)} rules", "Key Vault allows 200 virtual network rules"
        )


@rule("vault-rules-without-effect", VaultNetworkSettings, source=_FIREWALL)
def network_rules_have_an_effect(network: VaultNetworkSettings) -> Iterator[Violation]:
    """Rules have no effect with default action Allow or without public access, although they look like
    protection.
    """
    if not (network.ip_rules or network.subnet_ids):
        return
    if not network.public_access:
        yield Violation(
            ("public_access",),
            "false, so ip_rules and subnet_ids have no effect",
            "set it to true, or remove the rules",
            "true",
        )
    elif network.default_action is DefaultAction.ALLOW:
        yield Violation(
            ("default_action",),
            "'Allow' lets every address in, so ip_rules and subnet_ids have no effect",
            "choose Deny, or remove the rules",
            "Deny",
        )


@rule(
    "vault-is-reachable",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/general/network-security",
)
def workloads_can_reach_their_vaults(settings: Settings) -> Iterator[Violation]:
    """The nodes need a rule or a private endpoint for a vault whose firewall denies them."""
    read = {vault for workload in settings.workloads for vault in workload.vaults}
    for at, label, vault in settings.all_vaults:
        if label in read and vault.network.closed and not vault.private_endpoint:
            yield from _closed_vault(at, vault, settings.cluster.network.subnet_id)


def _closed_vault(at: Path, vault: BaseVaultSettings, own: str | None) -> Iterator[Violation]:
    network, here = vault.network, format_path(at)
    if not network.public_access:
        problem = "false without a private endpoint, so no workload can read the vault"
        remedy = f"set {here}.private_endpoint, or set it to true with default_action Deny and subnet_ids"
        yield Violation((*at, "network", "public_access"), problem, remedy, "true")
        return
    listed = {subnet.lower() for subnet in network.subnet_ids}
    if not network.ip_rules and (own is None or own.lower() not in listed):
        path = (*at, "network", "subnet_ids", len(network.subnet_ids))
        yield Violation(
            (*at, "network", "default_action"),
            "'Deny' without a rule for the nodes, so no workload can read the vault",
            (
                f"list cluster.network.subnet_id in {here}.network.subnet_ids,"
                " or the cluster's outbound address in ip_rules"
            ),
            command=set_command(path, own) if own else None,
        )


@rule(
    "private-endpoint-is-near",
    Settings,
    source="https://learn.microsoft.com/azure/private-link/private-endpoint-dns",
)
def nodes_can_reach_private_endpoints(settings: Settings) -> Iterator[Violation]:
    """The network that AKS makes has no peering: its nodes would resolve the vault to the public address, or
    to none.
    """
    subnet = settings.cluster.network.subnet_id
    if settings.network or settings.cluster.existing or settings.composition is Composition.WORKLOADS:
        return
    endpoints = [
        (at, vault.private_endpoint) for at, _, vault in settings.all_vaults if vault.private_endpoint
    ]
    if endpoints and subnet is None:
        problem = (
            "missing, but the vault's private address is not in the network that AKS makes for the nodes"
        )
        yield Violation(
            ("cluster", "network", "subnet_id"),
            problem,
            "set a subnet of the same network, or of a peered one",
        )
    for at, endpoint in endpoints:
        if (
            subnet
            and endpoint.dns_zone_id is None
            and endpoint.subnet_id
            and _network_of(subnet) != _network_of(endpoint.subnet_id)
        ):
            problem = (
                "missing, but the nodes are not in the endpoint's network,"
                " to which the program links its zone"
            )
            yield Violation(
                (*at, "private_endpoint", "dns_zone_id"),
                problem,
                "set a zone that is linked to both networks",
            )


def _network_of(subnet_id: str) -> str:
    return network_of_subnet(subnet_id.lower())


@rule(
    "access-policies-open-the-vault",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/general/rbac-access-policy#access-control-models-overview",
)
def access_policies_need_vault_scope(settings: Settings) -> Iterator[Violation]:
    """An access policy opens every secret of a vault, so scope: object would promise too much."""
    policies = {
        label for _, label, vault in settings.all_vaults if vault.authorization is not Authorization.RBAC
    }
    for index, workload in enumerate(settings.workloads):
        if workload.scope is Scope.OBJECT and policies.intersection(workload.vaults):
            problem = "'object' is not possible: an access policy opens every secret of the vault"
            others = ", which opens its other vaults too" if set(workload.vaults) - policies else ""
            remedy = f"choose vault{others}, or move the vault to rbac as docs/migrations.md describes"
            yield Violation(("workloads", index, "scope"), problem, remedy, "vault")
