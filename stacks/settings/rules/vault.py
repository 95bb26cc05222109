"""What several vaults owe one another, and whoever reads more than one of them."""

from collections.abc import Iterator
from difflib import get_close_matches

from components.key_vault.access_policies import Authorization
from components.key_vault.network_rules import DefaultAction
from components.resource_ids import network_of_subnet
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.model.vault import BaseVaultSettings, VaultNetworkSettings
from stacks.settings.model.workloads import Scope, WorkloadSettings
from stacks.settings.types.ip_ranges import ipv4_range, is_public
from stacks.settings.validation.problems import Path, format_path, join_or, set_command
from stacks.settings.validation.registry import Violation, rule

_NAMES = "https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name"


@rule("vault-names-differ", Settings, source=f"{_NAMES} (unique in all of Azure)")
def vaults_are_called_differently(settings: Settings) -> Iterator[Violation]:
    """Secrets tell vaults apart by the one name, Azure by the other."""
    labels: set[str] = set()
    existing = (
        {tuple(map(str.lower, settings.vault.existing.resource_group_and_name))}
        if settings.vault.existing
        else set[tuple[str, ...]]()
    )
    names = {settings.vault.name.lower()} if settings.vault.name else set[str]()
    for index, vault in enumerate(settings.vaults):
        if vault.name in labels:
            yield Violation(
                ("vaults", index, "name"),
                f"{vault.name!r} is the name of another entry",
                "choose another name",
                f"{vault.name}-2",
            )
        if vault.resource_name and vault.resource_name.lower() in names:
            yield Violation(
                ("vaults", index, "resource_name"),
                f"{vault.resource_name!r} is another vault's",
                "choose another name",
            )
        if vault.existing:
            where = tuple(map(str.lower, vault.existing.resource_group_and_name))
            if where in existing:
                yield Violation(
                    ("vaults", index, "existing"),
                    f"{vault.existing.resource_group_and_name[1]!r} is another entry's",
                    "name each vault once",
                    remove=True,
                )
            existing.add(where)
        labels.add(vault.name)
        names |= {vault.resource_name.lower()} if vault.resource_name else set()


def named_vaults(workload: WorkloadSettings) -> Iterator[tuple[Path, str]]:
    """Where a workload says that something is in another vault than the one of section ``vault``, and in which."""
    yield from (
        (("secrets", index, "vault"), secret.vault)
        for index, secret in enumerate(workload.secrets)
        if secret.vault
    )
    yield from (
        (("find", index, "vault"), find.vault) for index, find in enumerate(workload.find) if find.vault
    )


@rule(
    "vault-is-declared", Settings, source="our own choice: a misspelled vault must not look like another one"
)
def named_vaults_are_declared(settings: Settings) -> Iterator[Violation]:
    """On a platform, stacks/preflight/platform.py checks the labels."""
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
                    "declare it there, or take it out: the one of section vault is then meant",
                    command=command,
                )


@rule("further-vault-exists", Settings, source="docs/compositions.md: what each composition makes")
def stacks_of_workloads_make_no_vault(settings: Settings) -> Iterator[Violation]:
    """Theirs are the platform's, and those that exist."""
    for index, vault in enumerate(settings.vaults):
        if settings.composition is Composition.WORKLOADS and vault.existing is None:
            remedy = "say which one it is, or have the platform's stack make it"
            yield Violation(
                ("vaults", index, "existing"), "missing, and composition workloads makes no vault", remedy
            )


@rule(
    "kubernetes-secret-of-one-vault",
    WorkloadSettings,
    source="https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret: of one SecretProviderClass, of one vault",
)
def kubernetes_secrets_come_from_one_vault(workload: WorkloadSettings) -> Iterator[Violation]:
    """The driver syncs a Secret from one class; another class would write it anew, without the first one's keys."""
    if workload.spec.volume_by_vault is None:
        return
    first: dict[str, str | None] = {}
    for index, secret in enumerate(workload.secrets):
        if workload.uses_kubernetes_secret(secret):
            name = workload.secret_key_ref(secret).secret
            if first.setdefault(name, secret.vault) != secret.vault:
                here = ("secrets", index, "kubernetes_secret", "name")
                yield Violation(
                    here, f"{name!r} holds objects of another vault", "choose another name, or technique eso"
                )


_FIREWALL = "https://learn.microsoft.com/azure/key-vault/general/network-security"


@rule("vault-ip-rule", VaultNetworkSettings, source=_FIREWALL)
def ip_rules_are_public_ranges(network: VaultNetworkSettings) -> Iterator[Violation]:
    """The vault's firewall knows public IPv4 only."""
    seen: set[object] = set()
    for index, value in enumerate(network.ip_rules):
        found = ipv4_range(value)
        if found is None or not is_public(found):
            problem = f"{value!r} is not a public IPv4 address or range"
            yield Violation(
                ("ip_rules", index), problem, "write an address, or the first one and a prefix length"
            )
        elif found in seen:
            yield Violation(("ip_rules", index), f"{value!r} is listed twice", "list it once", remove=True)
        seen.add(found)


@rule("vault-ip-rule-number", VaultNetworkSettings, source=_FIREWALL)
def ip_rules_are_not_too_many(network: VaultNetworkSettings) -> Iterator[Violation]:
    """Key Vault allows 1,000."""
    if len(network.ip_rules) > 1000:
        yield Violation(
            ("ip_rules",),
            f"{len(network.ip_rules)} rules",
            "Key Vault allows 1000: join neighbours into larger ranges",
        )


@rule("vault-subnet-rule-number", VaultNetworkSettings, source=_FIREWALL)
def subnet_rules_are_not_too_many(network: VaultNetworkSettings) -> Iterator[Violation]:
    """Key Vault allows 200."""
    if len(network.subnet_ids) > 200:
        yield Violation(
            ("subnet_ids",), f"{len(network.subnet_ids)} rules", "Key Vault allows 200 virtual network rules"
        )


@rule("vault-rules-without-effect", VaultNetworkSettings, source=_FIREWALL)
def network_rules_have_an_effect(network: VaultNetworkSettings) -> Iterator[Violation]:
    """With default action Allow, or with public access off, rules look like protection and are none."""
    if not (network.ip_rules or network.subnet_ids):
        return
    if not network.public_access:
        yield Violation(
            ("public_access",),
            "off, so ip_rules and subnet_ids are not read",
            "switch it on or take the rules out",
            "true",
        )
    elif network.default_action is DefaultAction.ALLOW:
        yield Violation(
            ("default_action",),
            "Allow, so ip_rules and subnet_ids keep nobody out",
            "choose Deny or take the rules out",
            "Deny",
        )


@rule(
    "vault-is-reachable",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/general/network-security",
)
def workloads_can_reach_their_vaults(settings: Settings) -> Iterator[Violation]:
    """A closed vault needs a way in for the nodes."""
    read = {vault for workload in settings.workloads for vault in workload.vaults}
    for at, label, vault in settings.all_vaults:
        if label in read and vault.network.closed and not vault.private_endpoint:
            yield from _way_in(at, vault, settings.cluster.network.subnet_id)


def _way_in(at: Path, vault: BaseVaultSettings, own: str | None) -> Iterator[Violation]:
    network, here = vault.network, format_path(at)
    if not network.public_access:
        problem = "off, and no private endpoint leads to the vault, so no workload can read it"
        remedy = f"say {here}.private_endpoint, or switch it on with default_action Deny and subnet_ids"
        yield Violation((*at, "network", "public_access"), problem, remedy, "true")
        return
    listed = {subnet.lower() for subnet in network.subnet_ids}
    if not network.ip_rules and (own is None or own.lower() not in listed):
        path = (*at, "network", "subnet_ids", len(network.subnet_ids))
        yield Violation(
            (*at, "network", "default_action"),
            "Deny, and no rule lets the nodes in, so no workload can read the vault",
            f"list cluster.network.subnet_id in {here}.network.subnet_ids, or the cluster's outgoing address in ip_rules",
            command=set_command(path, own) if own else None,
        )


@rule(
    "private-endpoint-is-near",
    Settings,
    source="https://learn.microsoft.com/azure/private-link/private-endpoint-dns",
)
def nodes_can_reach_the_private_address(settings: Settings) -> Iterator[Violation]:
    """A network that AKS makes for itself is nobody's neighbour: its nodes would get the public address, or none."""
    subnet = settings.cluster.network.subnet_id
    if settings.network or settings.cluster.existing or settings.composition is Composition.WORKLOADS:
        return
    endpoints = [
        (at, vault.private_endpoint) for at, _, vault in settings.all_vaults if vault.private_endpoint
    ]
    if endpoints and subnet is None:
        problem = "missing, and the vault's private address is in a network that the nodes are not in"
        yield Violation(
            ("cluster", "network", "subnet_id"),
            problem,
            "say a subnet of the same network, or of one that is peered with it",
        )
    for at, endpoint in endpoints:
        if (
            subnet
            and endpoint.dns_zone_id is None
            and endpoint.subnet_id
            and _network_of(subnet) != _network_of(endpoint.subnet_id)
        ):
            problem = "missing, and the nodes are in another network than the endpoint, which no zone of ours would be linked to"
            yield Violation(
                (*at, "private_endpoint", "dns_zone_id"), problem, "say a zone that is linked to both"
            )


def _network_of(subnet_id: str) -> str:
    return network_of_subnet(subnet_id.lower())


@rule(
    "access-policies-open-the-vault",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/general/rbac-access-policy#access-control-models-overview",
)
def access_policies_open_the_whole_vault(settings: Settings) -> Iterator[Violation]:
    """An access policy knows no single secret, so nobody may believe that it did."""
    policies = {
        label for _, label, vault in settings.all_vaults if vault.authorization is not Authorization.RBAC
    }
    for index, workload in enumerate(settings.workloads):
        if workload.scope is Scope.OBJECT and policies.intersection(workload.vaults):
            problem = "object, and an access policy opens every secret of the vault"
            others = (
                ", which opens the others that it reads as well" if set(workload.vaults) - policies else ""
            )
            remedy = f"say vault{others}, or move the vault to rbac (docs/migrations.md)"
            yield Violation(("workloads", index, "scope"), problem, remedy, "vault")
