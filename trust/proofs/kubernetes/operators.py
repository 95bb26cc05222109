"""Operators: the cluster has the one of every object that needs one."""

from __future__ import annotations

from collections.abc import Iterator

from trust.chain import Chain
from trust.nodes.kubernetes import KubernetesObject
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
    for served in served_objects(chain):
        key = served.operator
        for item in served.objects:
            cluster = chain.cluster_of(item)
            # What another stack's cluster has, is in that stack's output.
            if served.is_installed(item) or is_listed(chain, key) is not False:
                continue
            if cluster is None or not cluster.is_reference:
                name = _name(chain, item)
                yield Finding(
                    workload=name,
                    text=f"{item.kind} '{item.name}' needs {key}, which the stack neither installs nor lists",
                    fix=f"operators.{key}: set how it is installed",
                    urn=item.node.urn,
                )


def _name(chain: Chain, item: KubernetesObject) -> str:
    workload = chain.workload_of(item.node)
    return workload.name if workload else ""
