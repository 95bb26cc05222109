"""Operators: the cluster has the one of every object that needs one."""

from __future__ import annotations

from collections.abc import Iterator

from trust.chain import Chain
from trust.nodes.kubernetes import KubernetesObject
from trust.nodes.objects import grouped
from trust.operators import is_listed
from trust.proofs.proof import Finding, proof
from trust.techniques import served_objects


@proof(
    "operator-is-there",
    of=lambda chain: [item for served in served_objects(chain) for item in served.objects],
    reason="The cluster refuses an object of a kind that no operator serves, or nothing acts on it.",
    source="https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/#custom-controllers",
)
def operator_is_there(chain: Chain) -> Iterator[Finding]:
    """The cluster has the operator of every object that needs one: installed here, or listed as existing."""
    claims = grouped(
        (item.node.urn, (served, item)) for served in served_objects(chain) for item in served.objects
    )
    # By URN: workloads register their objects side by side, in an order of chance.
    for _, claimed in sorted(claims.items()):
        item, operators = claimed[0][1], [served.operator for served, _ in claimed]
        # Two operators may serve one kind. What another stack's cluster has, is in that stack's output.
        if any(served.is_installed(item) for served, _ in claimed):
            continue
        if any(is_listed(chain, operator) is not False for operator in operators):
            continue
        cluster = chain.cluster_of(item)
        if cluster is None or not cluster.is_reference:
            needs = f"needs {' or '.join(operators)}, which the stack neither installs nor lists"
            yield Finding(
                workload=_name(chain, item),
                text=f"{item.kind} '{item.name}' {needs}",
                fix=f"operators.{operators[0]}: set how it is installed",
                urn=item.node.urn,
            )


def _name(chain: Chain, item: KubernetesObject) -> str:
    workload = chain.workload_of(item.node)
    return workload.name if workload else ""
