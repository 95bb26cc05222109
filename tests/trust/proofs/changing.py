"""One resource of a stack with every technique, changed in one place as no settings change it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from tests.trust.graphs import build_config
from tests.trust.proofs.broken import WORKLOADS, config, not_proved
from trust.chain import Chain
from trust.graph import Graph, Node
from trust.proofs import Verdict, run

POD = ("spec", "template", "spec")
Path = tuple[str | int, ...]


@cache
def whole() -> Graph:
    """The stack with every technique."""
    return build_config(config(*WORKLOADS)).graph


@cache
def isolated() -> Graph:
    """Two workloads in an isolated namespace."""
    return build_config(config("app", "plain", isolated=True)).graph


def changed_inputs(node: Node, changes: Iterable[tuple[Path, Any]]) -> Node:
    """The resource with other values: a function makes one of the old one, and None leaves the key out."""
    inputs: Any = copy.deepcopy(dict(node.inputs))
    outputs = dict(node.outputs)
    for path, value in changes:
        holder = inputs
        for step in path[:-1]:
            if isinstance(step, str) and holder.get(step) in (None, "[secret]"):
                holder[step] = {}
            holder = holder[step]
        key = path[-1]
        old = holder.get(key) if isinstance(holder, dict) else holder[key]
        if value is None:
            del holder[key]
        else:
            holder[key] = value(old) if callable(value) else value
        outputs.pop(str(path[0]), None)
    return replace(node, inputs=inputs, outputs=outputs)


@dataclass(frozen=True)
class Changed:
    """One resource with another value at a path."""

    urn: str
    """The end of its URN."""
    path: Path
    value: Any
    proof: str
    """The proof that comes first."""
    says: str
    workload: str
    follows: frozenset[str] = frozenset()
    more: tuple[tuple[Path, Any], ...] = ()
    """Other paths of the resource with their values."""
    added: bool = False
    """Whether the changed resource stands beside the old one, and not for it."""
    graph: Callable[[], Graph] = field(default=whole)

    def verdicts(self) -> list[Verdict]:
        graph = self.graph()
        (node,) = [node for node in graph if node.urn.endswith(self.urn)]
        other = changed_inputs(node, ((self.path, self.value), *self.more))
        if self.added:
            other = replace(other, urn=f"{node.urn}-more", name=f"{node.name}-more", id="")
            other = replace(other, dependencies=(*node.dependencies, node.urn))
        nodes = [other if item is node and not self.added else item for item in graph]
        nodes += [other] if self.added else []
        return not_proved(run(Chain.read(Graph(nodes, "build", outputs=graph.outputs))))

    def check(self) -> None:
        """The proof comes first, names the workload, and others break as its consequences alone."""
        verdicts = self.verdicts()
        texts = [judged.text for verdict in verdicts for judged in verdict.findings]
        assert verdicts, "no proof breaks"
        assert verdicts[0].proof.name == self.proof, texts
        assert {verdict.proof.name for verdict in verdicts[1:]} == self.follows, texts
        assert all(verdict.is_consequence for verdict in verdicts[1:]), texts
        first = verdicts[0].findings[0].finding
        assert self.says in first.text, first.text
        assert first.workload == self.workload
        assert first.fix
        assert first.urn


def without(urn: str, graph: Callable[[], Graph] = whole) -> list[Verdict]:
    """Findings that are not proved without one resource."""
    nodes = [node for node in graph() if not node.urn.endswith(urn)]
    assert len(nodes) == len(graph()) - 1
    return not_proved(run(Chain.read(Graph(nodes, "build", outputs=graph().outputs))))


def with_entry(**entry: Any) -> Callable[[Any], Any]:
    return lambda old: {**(old or {}), **entry}


def ids(case: Changed) -> str:
    return f"{case.proof}-{case.urn.partition(':')[0]}-{case.path[-1]}"
