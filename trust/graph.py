"""The resources of a stack as a graph, whatever document they were read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

import networkx as nx

from trust.values import MISSING, UNKNOWN, Path, Text, at

Source = Literal["rehearsal", "preview", "state", "build"]
STACK_TYPE: Final = "pulumi:pulumi:Stack"


@dataclass(frozen=True, kw_only=True)
class Node:
    """One resource. ``UNKNOWN`` stands for unknown values at any depth, ``SECRET`` for secret ones."""

    urn: str
    type: str
    name: str
    """Logical name."""
    id: Text = ""
    """Empty for components."""
    op: str = "same"
    """The operation on it: create, update, replace, delete, same, read, import …"""
    parent: str = ""
    provider: str = ""
    """URN of the provider."""
    dependencies: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    """The properties that the program has set."""
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    """The properties that the cloud has answered."""
    outputs_known: bool = True
    """False: the resource is new in a preview, so what the cloud answers is unknown."""
    protect: bool = False
    external: bool = False
    """Read by the program, and neither made nor changed by it."""
    diffs: tuple[str, ...] = ()
    """Paths of the properties that change."""
    replace_reasons: tuple[str, ...] = ()
    """Paths of the properties because of which the resource is replaced."""
    replaced_inputs: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    """The inputs of the resource that this one replaces, where the document holds them (a preview)."""

    def __hash__(self) -> int:
        return hash(self.urn)

    def get(self, path: Path, default: Any = None) -> Any:
        """The value at a path: the known one of outputs and inputs, the output first.

        ``UNKNOWN``: it is there and unknown, or it is not an input and the outputs are unknown.
        """
        output, requested = at(self.outputs, path), at(self.inputs, path)
        for value in (output, requested):
            if value is not MISSING and value is not UNKNOWN:
                return value
        if output is UNKNOWN or requested is UNKNOWN or not self.outputs_known:
            return UNKNOWN
        return default

    def input(self, path: Path, default: Any = None) -> Any:
        """The value at a path of the inputs."""
        value = at(self.inputs, path)
        return default if value is MISSING else value


class Graph:
    """The resources of one stack by URN. What is deleted is in ``deleted`` only."""

    def __init__(
        self,
        nodes: Iterable[Node],
        source: Source,
        *,
        deleted: Iterable[Node] = (),
        outputs: Mapping[str, Any] | None = None,
        waivers: Any = None,
    ) -> None:
        self.nodes: Mapping[str, Node] = {node.urn: node for node in nodes}
        self.deleted: Mapping[str, Node] = {node.urn: node for node in deleted}
        self.source: Source = source
        self.outputs: Mapping[str, Any] | None = outputs
        """The stack's outputs. None: the document does not hold them (a preview)."""
        self.waivers = (outputs or {}).get("waivers") if waivers is None else waivers
        """The waivers that the stack publishes; those of its config, where the document has no outputs."""

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def __len__(self) -> int:
        return len(self.nodes)

    def get(self, urn: str) -> Node | None:
        """The resource with this URN."""
        return self.nodes.get(urn)

    def of_type(self, *tokens: str) -> list[Node]:
        """The resources of any of these types, whatever API version an azure-native type names."""
        return [node for token in tokens for node in self._by_type.get(unversioned(token), ())]

    def of_kind(self, group: str, *kinds: str) -> list[Node]:
        """The Kubernetes objects of kinds of an API group in any version; ``core`` is the group without a
        name.
        """
        return [node for kind in kinds for node in self._by_kind.get((group, kind), ())]

    @cached_property
    def _by_kind(self) -> Mapping[tuple[str, str], list[Node]]:
        by_kind: dict[tuple[str, str], list[Node]] = defaultdict(list)
        for token, nodes in self._by_type.items():
            package, _, kind = token.rpartition(":")
            if package.startswith("kubernetes:"):
                by_kind[package.removeprefix("kubernetes:").split("/")[0], kind] += nodes
        return by_kind

    @cached_property
    def _by_type(self) -> Mapping[str, list[Node]]:
        by_type: dict[str, list[Node]] = defaultdict(list)
        for node in self:
            by_type[unversioned(node.type)].append(node)
        return by_type

    def ancestors(self, node: Node) -> Iterator[Node]:
        """The parents of a resource, the nearest first."""
        seen = {node.urn}
        parent = self.nodes.get(node.parent)
        while parent is not None and parent.urn not in seen:
            seen.add(parent.urn)
            yield parent
            parent = self.nodes.get(parent.parent)

    def ancestor(self, node: Node, token: str) -> Node | None:
        """The nearest parent of a type."""
        return next((parent for parent in self.ancestors(node) if parent.type == token), None)

    def children(self, node: Node) -> list[Node]:
        """The resources of which this one is the parent."""
        return self._by_parent.get(node.urn, [])

    @cached_property
    def _by_parent(self) -> Mapping[str, list[Node]]:
        by_parent: dict[str, list[Node]] = defaultdict(list)
        for node in self:
            by_parent[node.parent].append(node)
        return by_parent

    @cached_property
    def dependencies(self) -> nx.DiGraph[str]:
        """An edge from each resource to each that it depends on, by URN."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(self.nodes)
        graph.add_edges_from(
            (node.urn, urn) for node in self for urn in node.dependencies if urn in self.nodes
        )
        return graph


def unversioned(token: str) -> str:
    """A type without the API version of azure-native: ``azure-native:keyvault/v20230701:Vault``."""
    if token.startswith("azure-native:") and "/" in token:
        package, module, kind = token.split(":")
        return f"{package}:{module.split('/')[0]}:{kind}"
    return token


def name_of(urn: str) -> str:
    """The logical name in a URN."""
    return urn.split("::", 3)[3] if urn.count("::") >= 3 else urn


def provider_urn(reference: str) -> str:
    """The provider's URN of a reference, which ends with the provider's id."""
    return reference.rpartition("::")[0] if reference.count("::") > 3 else reference
