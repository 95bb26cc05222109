"""Queries of a chain that proofs share: the workloads of an identity or subject, and their config lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from trust.chain import Chain
from trust.grants import EVERY, Grant, grants_of
from trust.graph import Node
from trust.nodes.azure import Cluster, Credential, Identity
from trust.nodes.fields import known, mapping
from trust.nodes.pods import PodOwner
from trust.requests import Request
from trust.rights.holders import delivered, once, readers, workloads_of_identity
from trust.techniques import operator_accounts
from trust.workloads import Workload


def line(workload: Workload | str, key: str) -> str:
    """The config path of a key of a workload: ``workloads[name=orders].secrets``."""
    name = workload if isinstance(workload, str) else workload.name
    return f"workloads[name={name}].{key}" if name else f"workloads[].{key}"


@once
def requests(chain: Chain) -> list[tuple[Workload, Request]]:
    """Each workload with each object of a vault that its resources name, and that an identity reads."""
    return [
        (workload, request)
        for workload, ways in delivered(chain)
        for way in ways
        for request in way.requests
        if request.reader is not None
    ]


@once
def _by_subject(chain: Chain) -> Mapping[str, list[Workload]]:
    by_subject: dict[str, list[Workload]] = defaultdict(list)
    for workload in chain.workloads:
        if workload.service_account and (subject := known(workload.service_account.subject)):
            by_subject[subject].append(workload)
    return by_subject


def workloads_of_credential(chain: Chain, credential: Credential) -> list[Workload]:
    """The workloads of the ServiceAccount that a credential names; without one, those of its identity."""
    by_subject = _by_subject(chain).get(known(credential.subject), [])
    if by_subject or credential.service_account in _accounts(chain):
        return by_subject
    identity = chain.identity_of(credential)
    return workloads_of_identity(chain, identity) if identity else []


@once
def _accounts(chain: Chain) -> Collection[tuple[str, str]]:
    return {(known(account.namespace), known(account.name)) for account in chain.service_accounts}


@once
def _of_operators(chain: Chain) -> Collection[tuple[str, str]]:
    return {(known(namespace), known(name)) for namespace, name in operator_accounts(chain)}


def is_of_operator(chain: Chain, credential: Credential) -> bool:
    """Whether a credential is for the ServiceAccount of an operator that reads as itself."""
    return credential.service_account in _of_operators(chain)


def has_account(chain: Chain, namespace: str, name: str) -> bool:
    """Whether the program makes, annotates or reads a ServiceAccount of this name, or its chart makes it."""
    return (namespace, name) in {*_accounts(chain), *_of_operators(chain)}


@once
def _grants(chain: Chain) -> Mapping[str, list[Grant]]:
    return {identity.node.urn: grants_of(chain, identity) for identity, _ in readers(chain)}


def rights(chain: Chain, identity: Identity | None) -> list[Grant]:
    """The rights in vaults of an identity as which workloads read; none for another."""
    return _grants(chain).get(identity.node.urn, []) if identity else []


def object_label(kind: str, name: object, vault: object) -> str:
    """``secret 'db-password' of vault 'kv-shop'``."""
    return f"every {kind} of vault '{vault}'" if name == EVERY else f"{kind} '{name}' of vault '{vault}'"


def names(workloads: Iterable[Workload]) -> list[str]:
    """The names of workloads, each once."""
    return list(dict.fromkeys(workload.name for workload in workloads))


def clusters_of(chain: Chain, workloads: Iterable[Workload]) -> list[Cluster]:
    """The clusters in which workloads run, each once."""
    clusters = [chain.cluster_of(workload) for workload in workloads]
    return list({cluster.node.urn: cluster for cluster in clusters if cluster}.values())


_POD: Final = "kubernetes:core/v1:Pod"


def pods_of(chain: Chain, workload: Workload) -> tuple[PodOwner, ...]:
    """The owner of a workload's pods; if another tool makes them, the stack's published pod."""
    if workload.pods:
        return workload.pods
    published = mapping(mapping(mapping(chain.graph.outputs).get("pods")).get(workload.name))
    if not published:
        return ()
    node = Node(urn=workload.node.urn, type=_POD, name=workload.name, inputs=published)
    return (PodOwner(node, workload.namespace, workload.name),)


def signing_in(chain: Chain) -> list[tuple[Workload, PodOwner]]:
    """The workloads whose application or sidecar exchanges a token itself, with what makes their pods."""
    return [
        (workload, pods)
        for workload, ways in delivered(chain)
        if any(way.signs_in for way in ways)
        for pods in pods_of(chain, workload)
    ]
