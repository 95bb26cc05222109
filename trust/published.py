"""Outputs of a stack or of its platform: resources that exist although the stack does not make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.graph import Graph
from trust.nodes.azure import STACK_REFERENCE
from trust.nodes.fields import listed, mapping

_STAGE_TAGS: Final = frozenset({"environment", "env", "stage"})
_PRODUCTION: Final = frozenset({"prod", "production", "live"})
_NOT: Final = frozenset({"non", "no", "not", "pre"})


def is_production(graph: Graph) -> bool:
    """Whether the stack is production: the tag ``environment`` of what it makes is ``prod``, as in the
    shipped production stack. Without such a tag, its name decides: ``prod``, ``shop-prod``.
    """
    stages = {
        str(value).lower()
        for node in graph
        if not node.external
        for key, value in mapping(node.inputs.get("tags")).items()
        if str(key).lower() in _STAGE_TAGS
    }
    if stages:
        return bool(stages & _PRODUCTION)
    words = _stack_name(graph).lower().replace("_", "-").replace(".", "-").split("-")
    return any(word in _PRODUCTION for word in words) and not _NOT.intersection(words)


def _stack_name(graph: Graph) -> str:
    urn = next(iter(graph.nodes), "")
    return urn.split("::", 1)[0].removeprefix("urn:pulumi:")


def platform(chain: Chain) -> Mapping[str, Any]:
    """The output ``platform`` of the stack, or of the one on which its workloads run; empty without one."""
    return own_platform(chain) or next(_of_references(chain.graph), {})


def own_platform(chain: Chain) -> Mapping[str, Any]:
    """The output ``platform`` of the stack itself; empty without one."""
    return mapping(mapping(chain.graph.outputs).get("platform"))


def _of_references(graph: Graph) -> Iterator[Mapping[str, Any]]:
    for node in graph.of_type(STACK_REFERENCE):
        if published := mapping(node.get(("outputs", "platform"))):
            yield published


def operators(chain: Chain) -> Mapping[str, Any] | None:
    """The operators that a platform lists, by their key in section ``operators``. None: there is no list."""
    published = platform(chain).get("operators")
    return published if isinstance(published, Mapping) else None


def isolated_by_platform(chain: Chain) -> frozenset[str]:
    """Namespaces that another stack has made isolated."""
    return frozenset(
        str(name)
        for published in _of_references(chain.graph)
        for name in listed(published.get("isolatedNamespaces"))
    )


def listed_objects(chain: Chain) -> frozenset[tuple[str, str, str]]:
    """Workload, vault and name of each object that the output ``access`` lists."""
    rows = map(mapping, listed(mapping(chain.graph.outputs).get("access")))
    return frozenset(
        (str(row.get("workload")), str(row.get("vault")).lower(), str(row.get("secret")).lower())
        for row in rows
        if row.get("asked") is not False
    )
