"""Technique secret-sync: each SecretSync is synced, and its last sync is newer than the vault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from operations.checks import Check, Finding, State
from operations.failures import Symptom
from operations.verify.cluster import Manifest, metadata
from operations.verify.observed import Observed
from operations.verify.results import age, moment, written
from operations.verify.secrets import (
    current_version,
    expected_secrets,
    has_current_value,
    keys_of,
    older_pods,
    stale,
)
from operations.verify.sign_in import mend
from operations.verify.subjects import Subject
from trust.durations import seconds
from trust.nodes.fields import known, listed, mapping
from trust.operators import release
from trust.requests import Delivery
from trust.techniques.secret_sync import CHART, SYNCS, SecretSync, class_of, poll_interval, read_again

NAME: Final = "secret-sync"
EVIDENCE: Final = (("secret-sync.x-k8s.io/v1alpha1", "secretsyncs"),)
_GROUP: Final = "secret-sync.x-k8s.io/v1alpha1"
_STARTS: Final = timedelta(minutes=5)


def checks(observed: Observed, subject: Subject, delivery: Delivery) -> Iterator[Check]:
    """SecretSyncs, their classes, and the Secrets that they make."""
    chain = subject.chain
    own = chain.own(SYNCS.of(chain), subject.workload)
    used = {known(name) for owner in subject.workload.pods for name, _ in owner.secret_keys}
    near = [item for item in chain.near(SYNCS.of(chain), subject.workload) if known(item.name) in used]
    for sync in {item.node.urn: item for item in [*own, *near]}.values():
        name = known(sync.name)
        yield Check(subject.name, f"class of {name}", partial(_class, observed, subject, sync))
        yield Check(subject.name, f"secret sync {name}", partial(_synced, observed, subject, name))
        run = partial(_newest, observed, subject, sync, delivery)
        yield Check(subject.name, f"last sync of {name}", run)
        keys = expected_secrets(subject).get(name, ())
        hint = f"kubectl describe secretsync {name} --namespace {subject.namespace}"
        yield Check(subject.name, f"secret {name}", partial(keys_of, observed, subject, name, keys, hint))
        yield Check(subject.name, f"restart after {name}", partial(older_pods, observed, subject, name))


def _class(observed: Observed, subject: Subject, sync: SecretSync) -> Iterator[Finding]:
    name = known(sync.class_name)
    about = subject.about(f"class of {known(sync.name)}", class_name=name)
    cluster = observed.kubernetes(subject.cluster_id)
    if cluster.get("secrets-store.csi.x-k8s.io/v1", "secretproviderclasses", subject.namespace, name):
        yield about.fine(f"SecretProviderClass {subject.namespace}/{name} is there")
    else:
        text = f"SecretProviderClass {subject.namespace}/{name} does not exist"
        yield about.wrong(text, mend(subject.stack))


def _live(observed: Observed, subject: Subject, name: str) -> Manifest | None:
    return observed.kubernetes(subject.cluster_id).get(_GROUP, "secretsyncs", subject.namespace, name)


def _synced(observed: Observed, subject: Subject, name: str) -> Iterator[Finding]:
    """The conditions: the reason of one that is not True. The provider's message is in the log alone."""
    about = subject.about(f"secret sync {name}")
    live = _live(observed, subject, name)
    if live is None:
        yield about.wrong(f"SecretSync {name} does not exist", mend(subject.stack))
        return
    status = mapping(live.get("status"))
    failed = [
        condition
        for condition in map(mapping, listed(status.get("conditions")))
        if condition.get("status") != "True" and condition.get("type") in ("Create", "Update")
    ]
    if status.get("syncHash") and not failed:
        yield about.fine(f"SecretSync {name} is synced")
        return
    created = moment(metadata(live).get("creationTimestamp"))
    if not failed and created and age(created) < _STARTS:
        yield about.wrong(f"SecretSync {name} is not synced yet", state="waiting")
        return
    reason, message = (
        (str(failed[0].get("reason", "")), str(failed[0].get("message", ""))) if failed else ("", "")
    )
    symptom = Symptom(text=message, reason=reason, part="operator")
    text = f"SecretSync {name} is not synced: {reason or 'it has no condition'}"
    finding = about.wrong(text, symptom=symptom)
    step = f"kubectl describe secretsync {name} --namespace {subject.namespace}"
    yield finding if finding.next_step else about.wrong(text, step)


def _newest(observed: Observed, subject: Subject, sync: SecretSync, delivery: Delivery) -> Iterator[Finding]:
    """The last sync that changed the Secret, against the vault's versions."""
    name = known(sync.name)
    about = subject.about(f"last sync of {name}")
    live = _live(observed, subject, name)
    synced = moment(mapping(live.get("status") if live else None).get("lastSuccessfulSyncTime"))
    provider_class = class_of(subject.chain, sync)
    if synced is None or provider_class is None:
        return
    installed = release(subject.chain, CHART, sync.node.provider)
    interval = seconds(str(poll_interval(installed))) if installed else None
    asks = {(ask.kind, known(ask.name).lower()) for ask in provider_class.asks}
    for request in delivery.requests:
        if (request.kind, known(request.name).lower()) not in asks:
            continue
        version = current_version(observed, subject, request)
        if not stale(synced, version) or has_current_value(observed, subject, request, name):
            continue
        text = f"the last change is of {written(synced)}"
        text += f", and {known(request.name)} in the vault of {written(version.created if version else None)}"
        created = version.created if version else None
        state: State = "wrong"
        if interval and created and age(created).total_seconds() < interval + _STARTS.total_seconds():
            text, state = f"{text}; the next poll comes within {interval:g} s", "waiting"
        yield about.wrong(text, read_again(subject.chain, subject.workload), state=state)
        return
    yield about.fine(f"changed at {written(synced)}, with the vault's values")
