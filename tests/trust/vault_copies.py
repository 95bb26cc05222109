"""A technique of which only a test knows: VaultCopy objects, and an operator that reads as itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest

import trust.techniques
from tests.trust.graphs import build_config
from tests.trust.stacks import stack, workload
from trust.chain import Chain
from trust.graph import Graph, Node
from trust.links import Link
from trust.nodes.delivery import Asked
from trust.nodes.kubernetes import HelmRelease, KubernetesObject, ServiceAccount
from trust.nodes.objects import Objects
from trust.operators import release
from trust.proofs import run
from trust.readers import by_operator
from trust.requests import DeliveredSecret, Delivery, Named, Request, Served
from trust.workloads import Workload


@dataclass(frozen=True)
class VaultCopy(KubernetesObject):
    """A kind of which ``trust`` knows nothing."""


COPIES = Objects("copy.example.com", VaultCopy)


def copier(chain: Chain) -> HelmRelease | None:
    return release(chain, "secret-copier")


def _vault(chain: Chain) -> str:
    return str(chain.vaults[0].name)


def delivery(chain: Chain, workload: Workload) -> Delivery | None:
    copies = chain.own(COPIES.of(chain), workload)
    operator = copier(chain)
    account = operator.values["serviceAccount"] if operator else {}
    reader = by_operator(chain, workload, operator, key="secret_copier", account=account)
    link = Link("read", f"pods of {workload.name}", "Secret copied")
    requests = [Request(_vault(chain), "secret", copy.spec["object"], (link,), reader) for copy in copies]
    return Delivery("vault-copy", tuple(requests), (reader,)) if copies else None


def secrets(chain: Chain) -> Iterator[DeliveredSecret]:
    for copy in COPIES.of(chain):
        yield DeliveredSecret(copy.node.provider, copy.namespace, "copied", frozenset({"key"}), copy)


def named(chain: Chain) -> Iterator[Named]:
    for copy in COPIES.of(chain):
        yield Named(copy.node, Asked("secret", copy.spec["object"]), _vault(chain))


def served(chain: Chain) -> Iterator[Served]:
    yield Served("secret_copier", COPIES.of(chain), lambda _: copier(chain) is not None)


def nothing(_chain: Chain, _workload: Workload) -> None:
    """No workload is delivered to."""


def with_nodes(graph: Graph, *nodes: Node) -> Graph:
    return Graph([*graph, *nodes], graph.source, outputs=graph.outputs)


def without(graph: Graph, node: Node) -> Graph:
    return Graph([other for other in graph if other.urn != node.urn], graph.source, outputs=graph.outputs)


def a_copy(graph: Graph, name: str = "web-key") -> Node:
    """A VaultCopy of workload ``web``."""
    account = next(ServiceAccount.of(node) for node in graph.of_kind("core", "ServiceAccount"))
    return replace(
        account.node,
        urn="urn:copy",
        type="kubernetes:copy.example.com/v1:VaultCopy",
        name="copy",
        inputs={"metadata": {"name": "copy", "namespace": "shop"}, "spec": {"object": name}},
        outputs={},
    )


def a_release(graph: Graph, chart: str, **account: Any) -> Node:
    provider = next(iter(graph.of_kind("core", "ServiceAccount"))).provider
    inputs = {"name": chart, "namespace": "operators", "chart": chart, "values": {"serviceAccount": account}}
    return Node(
        urn=f"urn:{chart}",
        type="kubernetes:helm.sh/v3:Release",
        name=chart,
        provider=provider,
        inputs=inputs,
        outputs=inputs,
    )


def a_graph(**keys: Any) -> Graph:
    return build_config(stack(workload("web", "sdk", **keys))).graph


def texts(graph: Graph, proof: str) -> list[str]:
    (verdict,) = run(Chain.read(graph), only={proof})
    return [judged.text for judged in verdict.findings]


def beside(monkeypatch: pytest.MonkeyPatch, **members: Any) -> None:
    """One more technique, with these members."""
    another = SimpleNamespace(NAME="another", IS_FALLBACK=False, delivery=nothing, **members)
    modules = [*trust.techniques.techniques(), another]
    monkeypatch.setattr(trust.techniques, "techniques", lambda: modules)
