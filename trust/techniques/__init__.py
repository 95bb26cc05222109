"""How values of a vault get to pods: one module per technique, found by a walk.

A module has ``NAME``, and ``delivery(chain, workload)``: what the workload's objects of this technique name,
or None if it has none. A module with ``IS_FALLBACK`` answers for workloads for which no other one does.

It may have, for questions to all objects of the chain:

``secrets(chain)``
    the Kubernetes Secrets that its objects make;
``awaited(chain)``
    the Kubernetes Secrets that its objects name, and that something outside the stack makes;
``contents(chain)``
    the vault objects of which the keys of these Secrets are made;
``volumes(chain)``
    the vault objects in files that pods mount by the name of an object;
``named(chain)``
    the vault objects that they name;
``served(chain)``
    the objects that need an operator;
``read_classes(chain)``
    the SecretProviderClasses that its objects read, so that no pod mounts them for the CSI driver;
``sign_ins(chain)``
    what its objects name for the sign-in to a vault;
``unchanging(chain)``
    the objects whose values never change while pods run;
``node_principals(chain, cluster)``
    the principals of the cluster's nodes as which its objects read;
``operator_accounts(chain)``
    namespace and name of the ServiceAccounts of its operators that read as themselves;
``token_rights(chain)``
    the rights of that operator to request tokens of any ServiceAccount;
``is_operator(chain, subject)``
    whether the subject of a RoleBinding is that operator;
``NODE_CHARTS``
    the charts whose pods mount folders of the node, and need a privileged namespace;
``OWN_NAMES``
    what follows the workload's name in the names of Secrets that the program makes up (docs/techniques.md).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Protocol, cast

from trust.chain import Chain
from trust.nodes.azure import Cluster, Identity
from trust.nodes.delivery import SecretProviderClass
from trust.nodes.fields import listed, mapping
from trust.readers import by_binding
from trust.requests import Contents, DeliveredSecret, Delivery, Named, Served, SignIn, TokenRight, Unchanging
from trust.values import Text
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
        delivery = technique.delivery(chain, workload)
        if delivery and technique.IS_FALLBACK and _is_unknown(chain, workload):
            delivery = replace(delivery, signs_in=any(pods.has_token_label for pods in workload.pods))
        if delivery:
            delivered.append(delivery)
    return delivered


def _is_unknown(chain: Chain, workload: Workload) -> bool:
    """Whether the output ``access`` names a technique without a module here for the workload. Its operator
    may sign in for the pods, so only their label tells whether they do.
    """
    rows = [mapping(row) for row in listed((chain.graph.outputs or {}).get("access"))]
    named = {row.get("technique") for row in rows if row.get("workload") == workload.name}
    return bool(named) and named.isdisjoint(technique.NAME for technique in techniques())


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


def awaited_secrets(chain: Chain) -> Iterator[DeliveredSecret]:
    """The Kubernetes Secrets that objects of techniques name, and that something outside the stack makes."""
    yield from _each("awaited", chain)


def secret_contents(chain: Chain) -> Iterator[Contents]:
    """The vault objects in the Kubernetes Secrets that objects of techniques make."""
    yield from _each("contents", chain)


def volume_contents(chain: Chain) -> Iterator[Contents]:
    """The vault objects in files that pods mount, by the object that their volume names."""
    yield from _each("volumes", chain)


def own_names() -> list[str]:
    """The suffix after a workload's name in the Secrets' names that the program makes up."""
    return [ending for module in techniques() for ending in getattr(module, "OWN_NAMES", ())]


def node_charts() -> list[str]:
    """The charts of operators whose pods mount folders of the node."""
    return [chart for module in techniques() for chart in getattr(module, "NODE_CHARTS", ())]


def named_objects(chain: Chain) -> Iterator[Named]:
    """The vault objects that objects of techniques name, and variables of applications."""
    yield from _each("named", chain)


def served_objects(chain: Chain) -> Iterator[Served]:
    """The objects that need an operator, by operator."""
    yield from _each("served", chain)


def driver_classes(chain: Chain) -> tuple[SecretProviderClass, ...]:
    """The SecretProviderClasses for the CSI driver: those that no object of another technique reads."""
    return chain.once("driver classes", lambda: _driver_classes(chain))


def _driver_classes(chain: Chain) -> tuple[SecretProviderClass, ...]:
    read = {item.node.urn for item in _each("read_classes", chain)}
    return tuple(item for item in chain.secret_provider_classes if item.node.urn not in read)


def sign_ins(chain: Chain) -> Iterator[SignIn]:
    """Names for the sign-in to a vault in the objects of techniques."""
    yield from _each("sign_ins", chain)


def unchanging_objects(chain: Chain) -> Iterator[Unchanging]:
    """The objects of techniques whose values never change while pods run."""
    yield from _each("unchanging", chain)


def node_principals(chain: Chain, cluster: Cluster) -> frozenset[Text]:
    """The principals of a cluster's nodes as which objects of techniques read."""
    return frozenset(
        principal
        for module in techniques()
        for principal in getattr(module, "node_principals", _none)(chain, cluster)
    )


def operator_accounts(chain: Chain) -> Iterator[tuple[Text, Text]]:
    """Namespace and name of the ServiceAccounts of operators that read as themselves."""
    yield from _each("operator_accounts", chain)


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


def _none(*_args: Any) -> tuple[()]:
    return ()


def _no(_chain: Chain, _subject: Mapping[str, Any]) -> bool:
    return False
