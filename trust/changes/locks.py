"""Locks: properties that protect secrets, and what a change says when one is turned off or loosened.

Owns: the table of locks. Deliberately not here: who reads what (access.py) and whether a stack is right as it
is (trust/proofs).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from trust.changes.resources import physical_name
from trust.graph import Graph
from trust.values import UNKNOWN

VAULT: Final = "azure-native:keyvault:Vault"
CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
NAMESPACE: Final = "kubernetes:core/v1:Namespace"
NETWORK_POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
DAPR_CONFIGURATION: Final = "kubernetes:dapr.io/v1alpha1:Configuration"


@dataclass(frozen=True)
class Loosened:
    """One lock that a change turns off or loosens."""

    urn: str
    text: str
    """A sentence without a full stop, such as "purge protection of the vault kv-shop is turned off"."""


def loosened(before: Graph, after: Graph) -> tuple[Loosened, ...]:
    """The locks of resources in both graphs that a change turns off or loosens; network policies that go."""
    return tuple(_loosened(before, after))


def _loosened(before: Graph, after: Graph) -> Iterator[Loosened]:
    for node in before:
        now = after.get(node.urn)
        if now is None:
            if node.type == NETWORK_POLICY:
                yield Loosened(node.urn, f"the network policy {physical_name(node)} goes")
            continue
        if node.protect and not now.protect:
            yield Loosened(node.urn, f"Pulumi's protection of {physical_name(node)} is turned off")
        for lock in _LOCKS:
            if lock.type == node.type:
                value = now.input(lock.path)
                verdict = "" if value is UNKNOWN else lock.judge(node.input(lock.path), value)
                if verdict:
                    yield Loosened(node.urn, f"{lock.subject.format(name=physical_name(node))} {verdict}")


Judge = Callable[[Any, Any], str]
"""(value before, value after) → what became of the lock, "" if nothing that loosens it."""


@dataclass(frozen=True)
class _Lock:
    type: str
    path: tuple[str | int, ...]
    """Keys below the inputs."""
    subject: str
    """Beginning of the sentence; {name} is the resource's physical name."""
    judge: Judge


def _turned_off(on: object) -> Judge:
    """The lock is on if the property has this value; a missing property is off."""
    return lambda before, after: "is turned off" if before == on and after != on else ""


def _turned_on(closed: object) -> Judge:
    """For a property that opens something: only this value is closed. A missing property is open."""
    return lambda before, after: "is allowed now" if before == closed and after != closed else ""


def _lowered(before: Any, after: Any) -> str:
    if isinstance(before, int | float) and isinstance(after, int | float) and after < before:
        return f"is lowered from {before:g} to {after:g} days"
    return ""


_PROFILES: Final = ("privileged", "baseline", "restricted")


def _weaker_profile(before: Any, after: Any) -> str:
    """A namespace without the label enforces nothing, which is what `privileged` means."""
    rank = {profile: number for number, profile in enumerate(_PROFILES)}
    if rank.get(str(after), 0) < rank.get(str(before), 0):
        return f"is lowered from {before} to {after or 'none'}"
    return ""


def _new_addresses(before: Any, after: Any) -> str:
    known = _networks(before)
    new = [network for network in _networks(after) if not any(_within(network, other) for other in known)]
    return f"let in {', '.join(map(str, new))} now" if new else ""


def _new_subnets(before: Any, after: Any) -> str:
    known = {rule.get("id") for rule in _rules(before)}
    new = [str(rule.get("id")) for rule in _rules(after) if rule.get("id") not in known]
    return f"let in {', '.join(new)} now" if new else ""


def _rules(value: Any) -> list[Mapping[str, Any]]:
    return [rule for rule in value if isinstance(rule, Mapping)] if isinstance(value, list) else []


def _opened_ranges(before: Any, after: Any) -> str:
    """An API server without authorized ranges lets every address in."""
    if not _networks(before):
        return ""
    return _new_addresses(before, after) if _networks(after) else "are gone: every address reaches it"


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(rules: Any) -> list[_Network]:
    networks: list[_Network] = []
    for rule in rules if isinstance(rules, Sequence) and not isinstance(rules, str) else ():
        try:
            text = rule.get("value") if isinstance(rule, Mapping) else rule
            networks.append(ipaddress.ip_network(str(text), strict=False))
        except ValueError:
            continue  # unknown, or something that Azure refuses
    return networks


def _within(network: _Network, other: _Network) -> bool:
    if isinstance(network, ipaddress.IPv4Network):
        return isinstance(other, ipaddress.IPv4Network) and network.subnet_of(other)
    return isinstance(other, ipaddress.IPv6Network) and network.subnet_of(other)


def _vault(key: str, subject: str, judge: Judge) -> _Lock:
    return _Lock(VAULT, ("properties", *key.split(".")), f"{subject} of the vault {{name}}", judge)


def _cluster(path: str, subject: str, judge: Judge) -> _Lock:
    return _Lock(CLUSTER, tuple(path.split(".")), f"{subject} of the cluster {{name}}", judge)


_LOCKS: Final = (
    _vault("enablePurgeProtection", "purge protection", _turned_off(True)),
    _vault("enableRbacAuthorization", "Azure RBAC", _turned_off(True)),
    _vault("enableSoftDelete", "soft delete", _turned_off(True)),
    _vault("softDeleteRetentionInDays", "soft-delete retention", _lowered),
    _vault("publicNetworkAccess", "public network access", _turned_on("Disabled")),
    _vault("networkAcls.defaultAction", "denial by default in the firewall", _turned_off("Deny")),
    _vault("networkAcls.ipRules", "firewall rules", _new_addresses),
    _vault("networkAcls.virtualNetworkRules", "firewall rules", _new_subnets),
    _cluster("disableLocalAccounts", "the lock on local accounts", _turned_off(True)),
    _cluster("apiServerAccessProfile.enablePrivateCluster", "the private API server", _turned_off(True)),
    _cluster("apiServerAccessProfile.authorizedIPRanges", "authorized ranges", _opened_ranges),
    _cluster("oidcIssuerProfile.enabled", "the OIDC issuer", _turned_off(True)),
    _cluster("securityProfile.workloadIdentity.enabled", "workload identity", _turned_off(True)),
    _cluster("securityProfile.azureKeyVaultKms.enabled", "encryption of Secrets by a key", _turned_off(True)),
    _cluster("aadProfile.enableAzureRBAC", "Azure RBAC", _turned_off(True)),
    _Lock(
        NAMESPACE,
        ("metadata", "labels", "pod-security.kubernetes.io/enforce"),
        "the Pod Security profile of the namespace {name}",
        _weaker_profile,
    ),
    _Lock(
        DAPR_CONFIGURATION,
        ("spec", "secrets", "scopes", 0, "defaultAccess"),
        "denial by default in the Dapr Configuration {name}",
        _turned_off("deny"),
    ),
)
