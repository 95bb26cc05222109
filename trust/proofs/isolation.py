"""Isolated namespaces deny everything, and each workload in them reaches what its technique needs.

The pods show what that is: those with the label of workload identity call Entra and the vault themselves
(docs/techniques.md, "what needs a path"). Deliberately not here: what the application itself has to reach,
which policies outside of the workload may allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from trust.chain import Chain
from trust.network import METADATA_SERVICE, NAME_LABEL, Allowance, allowances, policy_types, selects
from trust.nodes.fields import flag, known, listed, mapping
from trust.nodes.kubernetes import Namespace, NetworkPolicy
from trust.nodes.pods import USE_IDENTITY
from trust.operators import dapr_namespaces
from trust.proofs.proof import Finding, proof
from trust.published import isolated_by_platform
from trust.values import UNKNOWN
from trust.workloads import Workload

_POLICIES: Final = "https://kubernetes.io/docs/concepts/services-networking/network-policies/"
_DNS: Final = ({NAME_LABEL: "kube-system"}, {"k8s-app": "kube-dns"})
"""https://learn.microsoft.com/azure/aks/coredns-custom"""
_WAYS: Final = ("ingress", "egress")
_CONTROL_PLANE: Final = (50001, 6500)
"""Ports of Dapr's sentry and operator, from which a sidecar gets certificates and Components.
https://docs.dapr.io/operations/hosting/kubernetes/kubernetes-overview/
"""
FIX: Final = "namespaces[].isolated: true makes the policy that the technique needs"


@dataclass(frozen=True)
class _Pods:
    """The pods of a workload in an isolated namespace."""

    workload: Workload
    urn: str
    labels: Mapping[str, Any]
    policies: tuple[NetworkPolicy, ...]
    """Those that select them."""
    calls_azure: bool
    """Whether the pods themselves exchange their token: the application, or its sidecar."""
    control_planes: frozenset[str]
    """Namespaces of the control plane of their sidecar."""

    def egress(self) -> Iterator[Allowance]:
        for policy in self.policies:
            yield from allowances(policy, "egress")


def _isolated(chain: Chain) -> list[_Pods]:
    denied = {
        (policy.node.provider, known(policy.namespace))
        for policy in chain.network_policies
        if policy.denies_by_default
    }
    by_platform = isolated_by_platform(chain)
    policies: dict[tuple[str, str], list[NetworkPolicy]] = {}
    for policy in chain.network_policies:
        policies.setdefault(policy.key[:2], []).append(policy)
    isolated: list[_Pods] = []
    for workload in chain.workloads:
        place = (workload.provider, known(workload.namespace))
        for urn, template in templates(chain, workload):
            metadata = mapping(template.get("metadata"))
            labels, annotations = mapping(metadata.get("labels")), mapping(metadata.get("annotations"))
            selecting = tuple(
                policy for policy in policies.get(place, ()) if selects(policy.pod_selector, labels)
            )
            is_isolated = place in denied or place[1] in by_platform
            if is_isolated or any(chain.workload_of(policy.node) for policy in selecting):
                has_sidecar = bool(flag(annotations.get("dapr.io/enabled")))
                isolated.append(
                    _Pods(
                        workload,
                        urn,
                        labels,
                        selecting,
                        bool(flag(labels.get(USE_IDENTITY))),
                        dapr_namespaces(chain, workload.provider) if has_sidecar else frozenset(),
                    )
                )
    return isolated


def templates(chain: Chain, workload: Workload) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for owner in workload.pods:
        yield owner.node.urn, owner.template
    if not workload.pods:
        # Another tool deploys them, with what the output `pods` lists and the name label.
        published = mapping(mapping(mapping(chain.graph.outputs).get("pods")).get(workload.name))
        metadata = mapping(published.get("metadata"))
        labels = {"app.kubernetes.io/name": workload.name, **mapping(metadata.get("labels"))}
        if published:
            yield workload.node.urn, {"metadata": {**metadata, "labels": labels}}


def _namespaces(chain: Chain) -> list[Namespace]:
    """Namespaces of the stack with a NetworkPolicy."""
    places = {(policy.node.provider, known(policy.namespace)) for policy in chain.network_policies}
    return [
        namespace
        for namespace in chain.namespaces
        if (namespace.node.provider, known(namespace.name)) in places
    ]


@proof(
    "isolated-namespace-denies",
    of=_namespaces,
    reason="A pod that no other policy selects reaches everything, and is reached from everywhere.",
    source=f"{_POLICIES}#default-deny-all-ingress-and-all-egress-traffic",
)
def isolated_namespace_denies(chain: Chain) -> Iterator[Finding]:
    """A policy of every isolated namespace denies all traffic that no other one allows."""
    denied = {
        (policy.node.provider, known(policy.namespace))
        for policy in chain.network_policies
        if policy.denies_by_default
    }
    for namespace in _namespaces(chain):
        if (namespace.node.provider, known(namespace.name)) not in denied:
            yield Finding(
                text=f"no policy of namespace '{namespace.name}' denies by default",
                fix=f"namespaces[name={namespace.name}].isolated: true",
                urn=namespace.node.urn,
            )
    places = {(namespace.node.provider, known(namespace.name)) for namespace in _namespaces(chain)}
    for policy in chain.network_policies:
        everywhere = [way for way in _WAYS if {} in map(mapping, listed(policy.spec.get(way)))]
        if everywhere and not mapping(policy.pod_selector) and policy.key[:2] in places & denied:
            yield Finding(
                text=f"NetworkPolicy '{policy.name}' of namespace '{policy.namespace}' allows every pod all"
                f" {' and '.join(everywhere)}",
                fix=f"namespaces[name={policy.namespace}].isolated: true, without this policy",
                urn=policy.node.urn,
            )


@proof(
    "isolated-pods-reach-what-they-need",
    of=_isolated,
    reason="The pods cannot exchange their token or read the vault, and wait until they time out.",
    source="https://learn.microsoft.com/azure/key-vault/general/access-behind-firewall",
    follows=["workload-in-one-namespace", "isolation-selects-its-pods"],
)
def isolated_pods_reach_what_they_need(chain: Chain) -> Iterator[Finding]:
    """Isolated pods that read the vault reach DNS, Entra and the vault, and sidecars their control plane."""
    for pods in _isolated(chain):
        for missing in _missing(pods):
            yield _finding(pods, f"cannot reach {missing}", FIX)


def _missing(pods: _Pods) -> Iterator[str]:
    allowed = list(pods.egress())
    if pods.calls_azure:
        for protocol in ("UDP", "TCP"):
            if not any(
                allowance.reaches_pods(*_DNS) and allowance.port.includes(protocol, 53)
                for allowance in allowed
            ):
                yield f"the cluster's DNS by {protocol} 53"
        if not any(
            allowance.reaches_the_internet and allowance.port.includes("TCP", 443) for allowance in allowed
        ):
            yield "Entra and the vault by TCP 443"
    for namespace in sorted(pods.control_planes):
        leading = [allowance for allowance in allowed if allowance.reaches_pods({NAME_LABEL: namespace}, {})]
        for port in _CONTROL_PLANE:
            if not any(allowance.port.includes("TCP", port) for allowance in leading):
                yield f"Dapr's control plane in namespace '{namespace}' by TCP {port}"


def _finding(pods: _Pods, problem: str, fix: str) -> Finding:
    return Finding(
        workload=pods.workload.name,
        text=f"isolated pods of workload '{pods.workload.name}' {problem}",
        fix=fix,
        urn=pods.urn,
    )


@proof(
    "isolated-pods-reach-nothing-else",
    of=_isolated,
    reason="An intruder can carry a value out, or take a token of the node's identity.",
    source="https://learn.microsoft.com/azure/aks/imds-restriction",
    follows=[
        "workload-in-one-namespace",
        "isolated-namespace-denies",
        "isolated-pods-reach-what-they-need",
        "isolation-selects-its-pods",
    ],
)
def isolated_pods_reach_nothing_else(chain: Chain) -> Iterator[Finding]:
    """The policies of workloads let isolated pods reach nothing that their technique does not need."""
    for pods in _isolated(chain):
        for policy in pods.policies:
            if chain.workload_of(policy.node) is None:
                continue  # the application's own traffic
            if "Egress" not in policy_types(policy):
                yield _finding(pods, f"are not restricted by policy '{policy.name}' in what they reach", FIX)
            for more in dict.fromkeys(
                allowance for allowance in allowances(policy, "egress") if not _is_needed(allowance, pods)
            ):
                where = f"{METADATA_SERVICE}, among {more}" if _leads_to_node(more) else str(more)
                yield _finding(pods, f"may reach {where}, which their technique does not need", FIX)


def _leads_to_node(allowance: Allowance) -> bool:
    return allowance.reaches_the_metadata_service


def _is_needed(allowance: Allowance, pods: _Pods) -> bool:
    if allowance.reaches_the_metadata_service:
        return False
    if pods.calls_azure and "ipBlock" in allowance.peer:
        return allowance.port.protocol == "TCP" and allowance.port.first == allowance.port.last == 443
    if pods.calls_azure and allowance.reaches_pods(*_DNS):
        # Only kube-system, and only the pods that answer names there.
        only = not allowance.reaches_pods({NAME_LABEL: "other"}, _DNS[1]) and not allowance.reaches_pods(
            _DNS[0], {}
        )
        return only and allowance.port.first == allowance.port.last == 53
    return any(
        allowance.reaches_pods({NAME_LABEL: namespace}, {})
        and not allowance.reaches_pods({NAME_LABEL: "other"}, {})
        for namespace in pods.control_planes
    )


@proof(
    "isolated-pods-are-reached-by-their-service",
    of=_isolated,
    reason="Callers of the Service time out, or pods that call none of it reach the container.",
    source=_POLICIES,
    follows=[
        "workload-in-one-namespace",
        "isolated-namespace-denies",
        "isolation-selects-its-pods",
        "isolated-pods-reach-what-they-need",
        "service-selects-its-pods",
    ],
)
def isolated_pods_are_reached_by_their_service(chain: Chain) -> Iterator[Finding]:
    """Isolated pods are reached at the ports of their Services, and at no others."""
    services = chain.graph.of_kind("core", "Service")
    for pods in _isolated(chain):
        place = (pods.workload.provider, known(pods.workload.namespace))
        ports = {
            (str(port.get("protocol", "TCP")), port.get("targetPort", port.get("port")))
            for node in services
            if (node.provider, node.input("metadata.namespace")) == place
            and (selector := mapping(node.input("spec.selector")))
            and selects({"matchLabels": selector}, pods.labels)
            for port in map(mapping, listed(node.input("spec.ports")))
        }
        numbers = {(protocol, int(port)) for protocol, port in ports if isinstance(port, int | float)}
        own = [policy for policy in pods.policies if chain.workload_of(policy.node)]
        allowed = [allowance for policy in pods.policies for allowance in allowances(policy, "ingress")]
        for protocol, number in sorted(numbers):
            if not any(
                not allowance.peer and allowance.port.includes(protocol, number) for allowance in allowed
            ):
                yield _finding(
                    pods, f"are not reached at {protocol} {number}, the port of their Service", FIX
                )
        for allowance in dict.fromkeys(
            allowance for policy in own for allowance in allowances(policy, "ingress")
        ):
            is_a_service = (
                allowance.port.first == allowance.port.last
                and (allowance.port.protocol, allowance.port.first) in numbers
            )
            if not is_a_service and UNKNOWN not in {port for _, port in ports}:
                yield _finding(pods, f"are reached from {allowance}, which is the port of no Service", FIX)
