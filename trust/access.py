"""Readers of vault objects, by which links: found from the resources, not from the settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from trust.chain import Chain
from trust.grants import EVERY, Grant, grants_of
from trust.links import BEST_FIRST, Link, State, worst
from trust.nodes.azure import Identity
from trust.nodes.fields import known
from trust.readers import identity_label, reads_for_others
from trust.requests import Request
from trust.techniques import deliveries
from trust.values import UNKNOWN, Flag, Text
from trust.workloads import Workload

MAY_READ: Final = "may read"
"""The last link of a reading: from an identity to the object."""


@dataclass(frozen=True)
class Reading:
    """A workload that reads an object of a vault, or may."""

    workload: str
    namespace: Text
    service_account: Text
    vault: Text
    """Name of the vault, in lower case."""
    kind: str
    """``secret``, ``key`` or ``certificate``. A certificate with its private key is read as a secret."""
    name: Text
    """``*``: every one of the kind."""
    technique: str
    named: Flag
    """Whether a resource names it. False: the identity may read it nevertheless. ``UNKNOWN``: the application
    may ask for it or not.
    """
    links: tuple[Link, ...]
    urn: str = ""
    """The workload's component, or the owner of its pods."""
    copied: bool = False
    """Whether the value is in a Kubernetes Secret too."""
    agent: str = ""
    """The reader for the workload. Empty: its pods or an operator do, as its own identity."""

    @property
    def subject(self) -> str:
        """The reader in sentences."""
        return self.agent or self.workload

    @property
    def awaits_grant(self) -> bool:
        """Whether another person or tool has yet to give the right to read."""
        return bool(self.links) and self.links[-1].what == MAY_READ and self.links[-1].state == "external"

    @property
    def state(self) -> State:
        """The state of the weakest link: a reading whose link is missing cannot happen."""
        return worst(self.links)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The key by which two graphs are compared: reader, vault, kind and name."""
        reader = f"{self.agent} for {self.workload}" if self.agent else self.workload
        return reader, known(self.vault).lower(), self.kind, known(self.name).lower()


def readings(chain: Chain) -> tuple[Reading, ...]:
    """Every reading: what resources name, then what identities may read besides. Sorted by workload."""
    by_key: dict[tuple[str, ...], Reading] = {}
    grants: dict[str, list[Grant]] = {}
    for workload in chain.workloads:
        for reading in _of_workload(chain, workload, grants):
            known_reading = by_key.get((reading.urn, *reading.key))
            if known_reading is None or (reading.named and not known_reading.named):
                by_key[reading.urn, *reading.key] = reading
    return tuple(sorted(by_key.values(), key=lambda reading: (reading.workload, reading.key)))


def _of_workload(chain: Chain, workload: Workload, cache: dict[str, list[Grant]]) -> Iterator[Reading]:
    for delivery in deliveries(chain, workload):
        whole = Reading(
            workload.name,
            workload.namespace,
            workload.service_account_name,
            UNKNOWN,
            "secret",
            UNKNOWN,
            delivery.technique,
            named=True,
            links=(),
            urn=workload.node.urn,
            agent=delivery.agent,
        )
        for request in delivery.requests:
            links = request.links
            if request.reader is not None:
                grants = _grants(chain, request.reader.identity, cache)
                links += (*request.reader.links, grant_link(request, grants))
            yield replace(
                whole,
                vault=request.vault,
                kind=request.kind,
                name=request.name,
                links=links,
                copied=request.copied,
            )
        named: Flag = False if delivery.is_complete else UNKNOWN
        for reader in delivery.readers:
            if reads_for_others(reader):
                continue  # the pods get what their own objects name; possible.py has who could name more
            for grant in _grants(chain, reader.identity, cache):
                if grant.state != "missing":
                    links = (*reader.links, _link(reader.identity, grant))
                    yield replace(
                        whole, vault=grant.vault, kind=grant.kind, name=grant.name, named=named, links=links
                    )


def _grants(chain: Chain, identity: Identity | None, cache: dict[str, list[Grant]]) -> list[Grant]:
    if identity is None:
        return []
    urn = identity.node.urn
    if urn not in cache:
        cache[urn] = grants_of(chain, identity)
    return cache[urn]


def grant_link(request: Request, grants: list[Grant]) -> Link:
    """The link by which the reader may read what is requested: the best of its grants."""
    identity = request.reader.identity if request.reader else None
    covering = [grant for grant in grants if grant.covers(request.vault, request.kind, request.name)]
    if request.name == EVERY:  # a search has to list; the values that it may read are other grants
        covering = [grant for grant in covering if grant.lists] or covering
    if covering:
        # Of equal ones the narrower: a role for more than reading is there for that.
        best = min(covering, key=lambda grant: (BEST_FIRST.index(grant.state), grant.goes_beyond))
        return _link(identity, best)
    target = f"{request.kind} {request.name} of {request.vault}"
    unsure = identity is None or UNKNOWN in (request.vault, request.name)
    unsure = unsure or any(grant.name is UNKNOWN for grant in grants)
    state: State = "unknown" if unsure else "missing"
    return Link(MAY_READ, identity_label(identity), target, state=state)


def _link(identity: Identity | None, grant: Grant) -> Link:
    target = f"{grant.kind} {grant.name} of {grant.vault} ({grant.by})"
    return Link(MAY_READ, identity_label(identity), target, grant.urn, grant.state)
