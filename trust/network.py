"""Reach of pods by NetworkPolicies: their rules, read as Kubernetes reads them.

Owns: selectors, peers and ports. Deliberately not here: what pods have to reach (``proofs/isolation.py``).
https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any, Final

from trust.nodes.fields import listed, mapping
from trust.nodes.kubernetes import NetworkPolicy
from trust.values import UNKNOWN

NAME_LABEL: Final = "kubernetes.io/metadata.name"
"""Label that Kubernetes gives to every namespace.
https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name
"""
METADATA_SERVICE: Final = ip_address("169.254.169.254")
"""Gives a pod a token of its node's identity. https://learn.microsoft.com/azure/aks/imds-restriction"""
_SOMEWHERE: Final = ip_address("203.0.113.1")
"""An address of the documentation's range, for any public one."""


@dataclass(frozen=True)
class Port:
    """A protocol and its ports; 0 to 65535 are all."""

    protocol: str
    first: int
    last: int

    def includes(self, protocol: str, number: int) -> bool:
        """Whether a port is among them."""
        return self.protocol in ("any", protocol) and self.first <= number <= self.last


ALL_PORTS: Final = Port("any", 0, 65535)


@dataclass(frozen=True)
class Allowance:
    """One peer of one rule, with one of its ports."""

    peer: Mapping[str, Any]
    """Empty: everywhere."""
    port: Port

    def __hash__(self) -> int:
        return hash((repr(self.peer), self.port))

    def reaches_pods(self, namespace: Mapping[str, str], labels: Mapping[str, str]) -> bool:
        """Whether it leads to pods with these labels in a namespace with those."""
        if not self.peer:
            return True
        in_namespace = "namespaceSelector" in self.peer and selects(self.peer["namespaceSelector"], namespace)
        return in_namespace and selects(self.peer.get("podSelector") or {}, labels)

    @property
    def reaches_the_internet(self) -> bool:
        """Whether it leads to any public address."""
        return not self.peer or self._holds(_SOMEWHERE)

    @property
    def reaches_the_metadata_service(self) -> bool:
        """Whether it leads to the address that gives tokens of the node's identity."""
        return not self.peer or self._holds(METADATA_SERVICE)

    def _holds(self, address: Any) -> bool:
        block = mapping(self.peer.get("ipBlock"))
        return _is_in(address, block.get("cidr")) and not any(
            _is_in(address, part) for part in listed(block.get("except"))
        )

    def __str__(self) -> str:
        block = mapping(self.peer.get("ipBlock"))
        selectors = (
            mapping(self.peer.get(key)).get("matchLabels") for key in ("namespaceSelector", "podSelector")
        )
        names = [f"{key}={value}" for labels in selectors for key, value in mapping(labels).items()]
        where = (
            str(block.get("cidr")) if block else ", ".join(names) or "all pods" if self.peer else "everywhere"
        )
        if self.port == ALL_PORTS:
            return f"{where} by every port"
        last = f"-{self.port.last}" if self.port.last != self.port.first else ""
        return f"{where} by {self.port.protocol} {self.port.first}{last}"


def _is_in(address: Any, cidr: Any) -> bool:
    try:
        network = ip_network(str(cidr), strict=False)
    except ValueError:
        return False
    return network.version == address.version and address in network


def selects(selector: Any, labels: Mapping[str, Any]) -> bool:
    """Whether a label selector selects something with these labels; an empty one selects everything."""
    requirements = mapping(selector)
    if any(labels.get(key) != value for key, value in mapping(requirements.get("matchLabels")).items()):
        return False
    return all(
        _fits(mapping(expression), labels) for expression in listed(requirements.get("matchExpressions"))
    )


def _fits(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    value, values = labels.get(str(expression.get("key"))), listed(expression.get("values"))
    match expression.get("operator"):
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case _:
            return False


def policy_types(policy: NetworkPolicy) -> frozenset[str]:
    """The directions that a policy restricts. Without policyTypes: ingress, egress if it has rules."""
    types = policy.spec.get("policyTypes")
    if types:
        return frozenset(map(str, listed(types)))
    return frozenset({"Ingress", "Egress"} if policy.egress else {"Ingress"})


def allowances(policy: NetworkPolicy, direction: str) -> Iterator[Allowance]:
    """The rules of a policy for a direction: ``egress`` or ``ingress``."""
    if direction.capitalize() not in policy_types(policy):
        return
    for rule in map(mapping, listed(policy.spec.get(direction))):
        peers = [mapping(peer) for peer in listed(rule.get("to" if direction == "egress" else "from"))]
        ports = [_port(mapping(port)) for port in listed(rule.get("ports"))]
        for peer in peers or [{}]:
            for port in ports or [ALL_PORTS]:
                yield Allowance(peer, port)


def _port(port: Mapping[str, Any]) -> Port:
    protocol, number = str(port.get("protocol", "TCP")), port.get("port")
    if number is None or number is UNKNOWN:
        return Port(protocol, 0, 65535)
    if not isinstance(number, int | float):
        return Port(protocol, -1, -1)  # a port of a container, by its name
    return Port(protocol, int(number), int(port.get("endPort", number)))
