"""The label ``azure.workload.identity/use``, by which the webhook knows the pods that sign in themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.graph import Node
from trust.nodes.fields import mapping
from trust.nodes.pods import USE_IDENTITY, PodOwner
from trust.proofs.joins import delivered, line, pods_of
from trust.proofs.proof import Finding, proof
from trust.values import UNKNOWN
from trust.workloads import Workload


def _labelled(chain: Chain) -> list[tuple[Workload, PodOwner]]:
    return [
        (workload, pods)
        for workload, ways in delivered(chain)
        if any(way.signs_in for way in ways)
        for pods in pods_of(chain, workload)
    ]


@proof(
    "pod-token-label",
    of=_labelled,
    reason="The webhook gives only pods with the label a token and the AZURE_* variables.",
    source="https://learn.microsoft.com/azure/aks/workload-identity-overview#pod-labels",
)
def pod_token_label(chain: Chain) -> Iterator[Finding]:
    """Pods whose application or sidecar reads the vault have the label of workload identity, with the value
    ``"true"``.
    """
    for workload, pods in _labelled(chain):
        value = pods.pod_labels.get(USE_IDENTITY)
        if value == "true":
            continue
        unknown = UNKNOWN in (value, pods.node.input("spec"))
        got = "have no" if value is None else f"have '{value}' in"
        yield Finding(
            workload=workload.name,
            text=f"{workload.name}: its pods ({pods.kind} '{pods.name}') {got} label {USE_IDENTITY}",
            fix=f'{line(workload, "overrides")}: let the pod template have the label {USE_IDENTITY}: "true"',
            urn=pods.node.urn,
            unknown=unknown,
        )


_SELECTORS: Final = ("spec.selector.matchLabels", "spec.selector", "spec.podSelector.matchLabels")
"""Owners of pods and disruption budgets; Services; network policies."""


def _selecting(chain: Chain) -> list[tuple[Node, Mapping[str, Any]]]:
    """Each object that selects pods, with its labels."""
    selecting: list[tuple[Node, Mapping[str, Any]]] = []
    for node in chain.graph:
        if node.type.startswith("kubernetes:"):
            selectors = (mapping(node.input(path)) for path in _SELECTORS)
            selecting += [(node, labels) for labels in selectors if labels]
    return selecting


@proof(
    "token-label-is-not-selected",
    of=_selecting,
    reason="The selector of a Deployment cannot change, so another technique would have to delete it first.",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates",
)
def token_label_is_not_selected(chain: Chain) -> Iterator[Finding]:
    """Nothing selects pods by the label of workload identity, which comes and goes with the technique."""
    for node, labels in _selecting(chain):
        if USE_IDENTITY in labels:
            workload = chain.workload_of(node)
            name = workload.name if workload else ""
            kind = node.type.rsplit(":", 1)[-1]
            yield Finding(
                workload=name,
                text=f"{f'{name}: ' if name else ''}{kind} '{node.get('metadata.name')}' selects pods by"
                f" {USE_IDENTITY}",
                fix=f"{line(name, 'overrides')}: select by app.kubernetes.io/name alone",
                urn=node.urn,
            )
