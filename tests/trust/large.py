"""A large graph: that of a small stack, with copies of its workloads."""

import json
from dataclasses import replace
from typing import Any

from tests.trust.graphs import build_config
from tests.trust.stacks import TECHNIQUES, stack, workload
from trust import Graph, Node

_NAMES = {technique: f"copied{index}x" for index, technique in enumerate(TECHNIQUES)}


def large_graph(workloads: int) -> Graph:
    """A graph with at least this many workloads, equally many of each technique, in few namespaces."""
    original = build_config(
        stack(*(workload(name, technique, namespace="copied-in") for technique, name in _NAMES.items()))
    ).graph
    shared = [node for node in original if "copied" not in node.urn + str(node.inputs)]
    copied = [node for node in original if "copied" in node.urn + str(node.inputs)]
    nodes = [_copy(node, number) for number in range(-(-workloads // len(TECHNIQUES))) for node in copied]
    return Graph([*shared, *nodes], "build")


def _copy(node: Node, number: int) -> Node:
    def renamed(value: Any) -> Any:
        text = json.dumps(value)
        for name in _NAMES.values():
            text = text.replace(name, f"{name}{number}")
        return json.loads(text.replace("copied-in", f"copied-in-{number // 2}"))

    changed = {
        name: renamed(getattr(node, name))
        for name in ("urn", "name", "id", "parent", "inputs", "outputs", "dependencies")
    }
    return replace(node, **{**changed, "dependencies": tuple(changed["dependencies"])})
