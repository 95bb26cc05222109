"""How values of a vault get to pods: one module per technique, found by a walk.

A module has ``NAME``, and ``delivery(chain, workload)``: what the workload's objects of this technique name,
or None if it has none. A module with ``IS_FALLBACK`` answers for workloads for which no other one does.

It may have, for questions to all objects of the chain:

``secrets(chain)``
    the Kubernetes Secrets that its objects make;
``named(chain)``
    the vault objects that they name;
``served(chain)``
    the objects that need an operator;
``token_rights(chain)``
    the rights of that operator to request tokens of any ServiceAccount;
``is_operator(chain, subject)``
    whether the subject of a RoleBinding is that operator;
``OWN_NAMES``
    what follows the workload's name in the names of Secrets that the program makes up (docs/techniques.md).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Protocol, cast

from trust.chain import Chain
from trust.nodes.azure import Identity
from trust.readers import by_binding
from trust.requests import DeliveredSecret, Delivery, Named, Served, TokenRight
from trust.workloads import Workload


class Technique(Protocol):
    """A module of this folder."""

    NAME: str
    IS_FALLBACK: bool

    @staticmethod
    def delivery(chain: Chain, workload: Workload) -> Delivery | None:
        """Delivery by the workload's objects of this technique. None: it has none."""
        ...


@cache
def techniques() -> Sequence[Technique]:
    """Every technique, those that only step in last."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [cast("Technique", importlib.import_module(f"{__name__}.{name}")) for name in names]
    return sorted(modules, key=lambda module: module.IS_FALLBACK)


def deliveries(chain: Chain, workload: Workload) -> list[Delivery]:
    """How the workload gets values of vaults."""
    delivered: list[Delivery] = []
    for technique in techniques():
        if technique.IS_FALLBACK and any(delivery.reaches_pods for delivery in delivered):
            break
        if delivery := technique.delivery(chain, workload):
            delivered.append(delivery)
    return delivered


def bound_workloads(chain: Chain) -> list[tuple[Workload, Identity]]:
    """The workloads that sign in by an identity binding, each with its identity."""
    return chain.once("bound workloads", lambda: _bound(chain))


def _bound(chain: Chain) -> list[tuple[Workload, Identity]]:
    pairs = {
        (workload.node.urn, reader.identity.node.urn): (workload, reader.identity)
        for workload in chain.workloads
        for way in deliveries(chain, workload)
        for reader in way.readers
        if reader.identity is not None and by_binding(reader)
    }
    return list(pairs.values())


def made_secrets(chain: Chain) -> Iterator[DeliveredSecret]:
    """The Kubernetes Secrets that objects of techniques make."""
    yield from _each("secrets", chain)


def own_names() -> list[str]:
    """What follows a workload's name in the Secrets' names that the program makes up."""
    return [ending for module in techniques() for ending in getattr(module, "OWN_NAMES", ())]


def named_objects(chain: Chain) -> Iterator[Named]:
    """The vault objects that objects of techniques name, and variables of applications."""
    yield from _each("named", chain)


def served_objects(chain: Chain) -> Iterator[Served]:
    """The objects that need an operator, by operator."""
    yield from _each("served", chain)


def token_rights(chain: Chain) -> Iterator[TokenRight]:
    """The rights of operators to request tokens of any ServiceAccount."""
    yield from _each("token_rights", chain)


def is_operator_of(chain: Chain, technique: str, subject: Mapping[str, Any]) -> bool:
    """Whether the subject of a binding is the operator of a technique."""
    module = {module.NAME: module for module in techniques()}.get(technique)
    return bool(getattr(module, "is_operator", _no)(chain, subject))


def _each(member: str, chain: Chain) -> Iterator[Any]:
    for module in techniques():
        yield from getattr(module, member, _none)(chain)


def _none(_chain: Chain) -> tuple[()]:
    return ()


def _no(_chain: Chain, _subject: Mapping[str, Any]) -> bool:
    return False
