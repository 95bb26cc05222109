"""Locks: properties that protect secrets, and what a change says when one is turned off or loosened.

Owns: which rules hold for which resource. Deliberately not here: the rules themselves (azure_locks.py,
kubernetes_locks.py, pod_locks.py), who reads what (access.py) and whether a stack is right as it is
(trust/proofs).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from trust.changes import azure_locks, kubernetes_locks, pod_locks
from trust.changes.azure_locks import CLUSTER, DIAGNOSTICS, ROTATION, VAULT
from trust.changes.kubernetes_locks import (
    DAPR_CONFIGURATION,
    NAMESPACE,
    NETWORK_POLICY,
    rotates_by_chart,
)
from trust.changes.lock import Lock, Rule
from trust.changes.resources import physical_name
from trust.graph import Graph, Node, unversioned
from trust.nodes.fields import mapping
from trust.nodes.pods import POD_OWNERS, PodOwner
from trust.values import UNKNOWN

__all__ = [
    "CLUSTER",
    "DAPR_CONFIGURATION",
    "NAMESPACE",
    "NETWORK_POLICY",
    "VAULT",
    "Loosened",
    "loosened",
    "summed",
]


@dataclass(frozen=True)
class Loosened:
    """One lock that a change turns off or loosens."""

    urn: str
    name: str
    """Physical name of the resource."""
    form: str
    """The sentence, in which {name} stands for the name."""

    @property
    def text(self) -> str:
        """A sentence without a full stop, such as "purge protection of the vault kv-shop is turned off"."""
        return self.form.replace("{name}", self.name)


def loosened(before: Graph, after: Graph) -> tuple[Loosened, ...]:
    """The locks of resources in both graphs that a change turns off or loosens, and the guards that go; those
    of vaults and clusters first.
    """
    unsorted = dict.fromkeys(
        Loosened(urn, name, form) for urn, name, forms in _judged(before, after) for form in forms
    )
    rank = {token: number for number, token in enumerate((VAULT, CLUSTER))}
    nodes = {**after.nodes, **before.nodes}
    return tuple(sorted(unsorted, key=lambda lock: rank.get(unversioned(nodes[lock.urn].type), len(rank))))


def summed(locks: Iterable[Loosened]) -> list[str]:
    """The sentences; one that holds for many resources names three of them and counts the others."""
    names: dict[str, list[str]] = defaultdict(list)
    for lock in locks:
        names[lock.form].append(lock.name)
    return [
        text
        for form, of in names.items()
        for text in (
            [form.replace("{name}", f"{', '.join(of[:3])} and {len(of) - 3} more")]
            if len(of) > 4
            else [form.replace("{name}", name) for name in of]
        )
    ]


def _judged(before: Graph, after: Graph) -> Iterator[tuple[str, str, Iterator[str]]]:
    for node in before:
        now = after.get(node.urn)
        name = physical_name(node)
        if now is None:
            yield node.urn, name, _gone(node, before, after)
        else:
            forms = _of_both(node, now)
            # A driver that a chart installs from now on rotates in place of the add-on's.
            skipped = ROTATION if unversioned(node.type) == CLUSTER and rotates_by_chart(after) else ""
            yield node.urn, name, (form for form in forms if not skipped or not form.startswith(skipped))


def _of_both(node: Node, now: Node) -> Iterator[str]:
    if node.protect and not now.protect:
        yield "Pulumi's protection of {name} is turned off"
    token = unversioned(node.type)
    if node.external and token != f"{NAMESPACE}Patch":
        return
    for lock in _LOCKS.get(token, ()):
        value = now.input(lock.path)
        verdict = "" if value is UNKNOWN else lock.judge(node.input(lock.path), value)
        if verdict:
            yield f"{lock.subject} {verdict}"
    for rule in _RULES.get(token, ()):
        yield from rule(node, now)


def _gone(node: Node, before: Graph, after: Graph) -> Iterator[str]:
    """The loss of a resource that only guards others, which stay."""
    token = unversioned(node.type)
    if token in _GUARDS:
        yield f"the {_GUARDS[token]} {{name}} goes"
    if token == NETWORK_POLICY and _guarded(node, before, after):
        yield "the network policy {name} goes"


def _guarded(policy: Node, before: Graph, after: Graph) -> bool:
    """Whether pods that it selects stay, or unknown pods."""
    labels = mapping(mapping(policy.input("spec.podSelector")).get("matchLabels"))
    owners = [
        owner
        for node in before
        if node.type in _POD_OWNERS and (owner := PodOwner.of(node)).namespace == _namespace(policy)
        if labels.items() <= owner.pod_labels.items()
    ]
    if owners:
        return any(after.get(owner.node.urn) for owner in owners)
    namespaces = [node for node in before.of_type(NAMESPACE) if physical_name(node) == _namespace(policy)]
    return not namespaces or any(after.get(node.urn) for node in namespaces)


def _namespace(node: Node) -> object:
    return mapping(node.input("metadata")).get("namespace", "default")


_GUARDS: Final[Mapping[str, str]] = {
    DIAGNOSTICS: "diagnostic setting",
    azure_locks.ALERT: "alert",
    azure_locks.RECIPIENTS: "group of alert recipients",
    azure_locks.EXPIRY_ALERT: "alert on expiry",
    azure_locks.PRIVATE_ENDPOINT: "private endpoint",
    azure_locks.WORKSPACE: "log workspace",
    "azure-native:network:NetworkSecurityGroup": "network security group",
}
"""Resources that guard others: type → noun."""
_POD_OWNERS: Final = frozenset(f"kubernetes:{group}/v1:{kind}" for kind, group in POD_OWNERS.items())
_RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    CLUSTER: (azure_locks.pools_in_cluster, azure_locks.azure_policy),
    DIAGNOSTICS: (azure_locks.lost_logs,),
    azure_locks.ALERT: (azure_locks.WATCHES,),
    azure_locks.EXPIRY_ALERT: (azure_locks.WATCHES,),
    azure_locks.RECIPIENTS: (azure_locks.TOLD,),
    azure_locks.PRIVATE_ENDPOINT: (azure_locks.LEADS,),
    NETWORK_POLICY: (kubernetes_locks.network_policy,),
    DAPR_CONFIGURATION: (kubernetes_locks.dapr_configuration,),
    kubernetes_locks.SERVICE: (kubernetes_locks.service,),
    **dict.fromkeys(kubernetes_locks.ROLES, (kubernetes_locks.rbac_role,)),
    **dict.fromkeys(kubernetes_locks.BINDINGS, (kubernetes_locks.rbac_binding,)),
    **dict.fromkeys(_POD_OWNERS, (pod_locks.pods,)),
}


def _by_type(*tables: Iterable[Lock]) -> Mapping[str, list[Lock]]:
    by_type: dict[str, list[Lock]] = defaultdict(list)
    for table in tables:
        for lock in table:
            by_type[lock.type].append(lock)
    return by_type


_LOCKS: Final = _by_type(azure_locks.LOCKS, kubernetes_locks.LOCKS)
