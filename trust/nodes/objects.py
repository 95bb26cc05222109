"""The Kubernetes objects of one kind in a chain, as typed nodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, Generic, Protocol, TypeVar

from trust.graph import Graph
from trust.nodes.kubernetes import KubernetesObject

_Object = TypeVar("_Object", bound=KubernetesObject)
_Item = TypeVar("_Item")


class _Chain(Protocol):
    @property
    def graph(self) -> Graph: ...
    def once(self, name: str, make: Callable[[], _Item]) -> _Item: ...


class Objects(Generic[_Object]):
    """The objects of a group and kind. An attribute of ``Chain`` or, if only one technique knows the kind, a
    constant of its module.
    """

    def __init__(self, group: str, kind: type[_Object], *names: str) -> None:
        """``names``: the kinds in Kubernetes, if they are not called like the class."""
        self._group, self._kind, self._names = group, kind, names or (kind.__name__,)

    def of(self, chain: _Chain) -> tuple[_Object, ...]:
        """The objects of a chain; the same tuple each time."""
        return chain.once(
            f"objects of {self._group} {' '.join(self._names)}",
            lambda: tuple(self._kind.of(node) for node in chain.graph.of_kind(self._group, *self._names)),
        )

    def __get__(self, chain: Any, _owner: type[Any] | None = None) -> tuple[_Object, ...]:
        return self.of(chain)


def grouped(pairs: Iterable[tuple[Any, _Item]]) -> dict[Any, list[_Item]]:
    """The items of each key."""
    groups: dict[Any, list[_Item]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return groups
