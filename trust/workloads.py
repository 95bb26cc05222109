"""Workloads: a ServiceAccount, the pods that run as it, and what delivers their secrets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from trust.graph import Graph, Node
from trust.nodes.kubernetes import ServiceAccount
from trust.nodes.pods import PodOwner
from trust.values import Text

WORKLOAD_TYPE: Final = "aks-secrets:index:Workload"


@dataclass(frozen=True)
class Workload:
    """A workload."""

    name: str
    node: Node
    """Its component; the pods' owner, if the program has no component for it."""
    provider: str
    """URN of the cluster's provider."""
    namespace: Text
    service_account_name: Text
    service_account: ServiceAccount | None
    """None: the stack neither makes nor annotates it, nor names one of another tool."""
    pods: tuple[PodOwner, ...] = ()
    """Empty: another tool deploys them (kind: none)."""


def workloads(
    graph: Graph, accounts: Sequence[ServiceAccount], owners: Sequence[PodOwner]
) -> Iterator[Workload]:
    """One workload per component of one, and one per owner of pods outside of them."""
    pods_of: dict[str, list[PodOwner]] = defaultdict(list)
    account_of: dict[str, ServiceAccount] = {}
    by_key = {account.key: account for account in reversed(accounts)}
    for pods in owners:
        component = graph.ancestor(pods.node, WORKLOAD_TYPE)
        pods_of[component.urn if component else ""].append(pods)
    for account in accounts:
        component = account.node if account.is_foreign else graph.ancestor(account.node, WORKLOAD_TYPE)
        if component:  # the patch comes first, and says more than what was read
            account_of.setdefault(component.urn, account)
    for node in graph.of_type(WORKLOAD_TYPE):
        pods, account = tuple(pods_of.get(node.urn, ())), account_of.get(node.urn)
        provider, namespace, name = node.provider, "", ""
        if pods:
            provider, namespace, name = pods[0].node.provider, pods[0].namespace, pods[0].service_account
        if account:
            provider, namespace, name = account.node.provider, account.namespace, account.name
        yield Workload(node.name, node, provider, namespace, name, account, pods)
    for pods in pods_of[""]:
        name = pods.service_account
        account = by_key.get((pods.node.provider, str(pods.namespace or ""), str(name or "")))
        label = str(pods.name) if pods.name else pods.node.name
        yield Workload(label, pods.node, pods.node.provider, pods.namespace, name, account, (pods,))
