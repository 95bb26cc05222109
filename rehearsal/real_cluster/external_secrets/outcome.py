"""Result of the real External Secrets Operator for a SecretStore or an ExternalSecret."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.real_cluster.client import Client
from rehearsal.real_cluster.external_secrets.entries import stores_of
from rehearsal.real_cluster.external_secrets.operator import RunningOperator
from rehearsal.simulators.kubernetes.api.events import EVENT
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import Manifest

SETTLE_SECONDS: Final = 60
_NOT_READY: Final = "is not ready"
"""End of an ExternalSecret's event before its store was looked at; it is tried again a second later."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The condition Ready of an object, and the event that explains a failure."""

    status: str
    """``True`` or ``False``; empty: the operator has not looked at it."""
    reason: str = ""
    message: str = ""
    event_reason: str = ""
    event: str = ""

    @property
    def is_ready(self) -> bool:
        return self.status == "True"


def outcome_of(client: Client, kind: GroupVersionKind, namespace: str, name: str) -> Outcome:
    """The present outcome of an object."""
    object_ = client.get(kind, namespace, name) or {}
    conditions = mappings(mapping(object_.get("status")).get("conditions"))
    ready: Mapping[str, Any] = next((each for each in conditions if each.get("type") == "Ready"), {})
    known = Outcome(
        status=str(ready.get("status") or ""),
        reason=str(ready.get("reason") or ""),
        message=str(ready.get("message") or ""),
    )
    event = None if known.is_ready or not known.status else _last_warning(client, object_)
    if event is None:
        return known
    return Outcome(
        status=known.status,
        reason=known.reason,
        message=known.message,
        event_reason=str(event["reason"]),
        event=str(event["message"]),
    )


def settled(operator: RunningOperator, secret: Manifest) -> Outcome:
    """The outcome of an ExternalSecret or a PushSecret, when the operator would not find another one by
    itself.
    """
    namespace, name = secret["metadata"]["namespace"], secret["metadata"]["name"]
    kind = GroupVersionKind.of(secret)
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        outcome = outcome_of(operator.client, kind, namespace, name)
        if outcome.is_ready or (outcome.event and not _waits_for_store(operator.client, secret, outcome)):
            return outcome
        operator.require_running()
        if time.monotonic() > deadline:
            return outcome
        time.sleep(0.1)


def _waits_for_store(client: Client, secret: Manifest, outcome: Outcome) -> bool:
    """Whether the event is older than what is known of the stores."""
    if not outcome.event.endswith(_NOT_READY):
        return False
    return all(outcome_of(client, *place).status != "False" for place in stores_of(secret))


def _last_warning(client: Client, object_: Mapping[str, Any]) -> Manifest | None:
    """The newest warning about an object. Events of objects without a namespace are in `default`."""
    metadata = mapping(object_.get("metadata"))
    events = [
        event
        for event in client.all_of(EVENT, str(metadata.get("namespace") or "default"))
        if mapping(event.get("involvedObject")).get("uid") == metadata.get("uid")
        and event.get("type") == "Warning"
    ]
    return max(events, key=_age, default=None)


def _age(event: Manifest) -> tuple[str, str]:
    """Seconds, and within one the name, which ends with nanoseconds (makeEvent of client-go's record)."""
    return str(event.get("lastTimestamp")), str(event["metadata"]["name"])
