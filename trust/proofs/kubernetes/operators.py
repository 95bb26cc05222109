"""Operators: the cluster has the one of every object that needs one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from trust.chain import Chain
from trust.nodes.kubernetes import KubernetesObject
from trust.operators import DAPR, EXTENSION, EXTERNAL_SECRETS, driver, is_listed, release
from trust.proofs.proof import Finding, proof


@proof(
    "operator-is-there",
    of=lambda chain: [item for _, items, _ in _served(chain) for item in items],
    reason="The cluster refuses an object of a kind that no operator serves, or nothing acts on it.",
    source="https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/#custom-controllers",
)
def operator_is_there(chain: Chain) -> Iterator[Finding]:
    """The cluster has the operator of every object that needs one: installed here, or listed as existing."""
    for key, items, is_installed in _served(chain):
        for item in items:
            cluster = chain.cluster_of(item)
            # What another stack's cluster has, is in that stack's output.
            if is_installed(item) or is_listed(chain, key) is not False:
                continue
            if cluster is None or not cluster.is_reference:
                name = _name(chain, item)
                yield Finding(
                    workload=name,
                    text=f"{item.kind} '{item.name}' needs {key}, which the stack neither installs nor lists",
                    fix=f"operators.{key}: set how it is installed",
                    urn=item.node.urn,
                )


_Installed = Callable[[KubernetesObject], bool]


def _served(chain: Chain) -> list[tuple[str, Sequence[KubernetesObject], _Installed]]:
    """The operators by their key in section ``operators``, with what needs them."""
    extension = bool(chain.graph.of_type(EXTENSION))

    def released(chart: str) -> _Installed:
        return lambda item: release(chain, chart, item.node.provider) is not None

    return [
        ("csi_driver", chain.secret_provider_classes, lambda item: driver(chain, item).node is not None),
        (
            "external_secrets",
            [*chain.secret_stores, *chain.external_secrets],
            released(EXTERNAL_SECRETS),
        ),
        (
            "dapr",
            [*chain.dapr_components, *chain.dapr_configurations],
            lambda item: extension or released(DAPR)(item),
        ),
    ]


def _name(chain: Chain, item: KubernetesObject) -> str:
    workload = chain.workload_of(item.node)
    return workload.name if workload else ""
