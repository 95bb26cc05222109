"""Technique eso: the store and the ExternalSecret are ready, its refresh is newer than the vault, and each
PushSecret is synced.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from operations.checks import Check, Finding, State
from operations.failures import Symptom
from operations.verify.cluster import LiveCluster, Manifest, condition, metadata, name_of
from operations.verify.observed import Observed
from operations.verify.results import About, age, moment, written
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
from trust.nodes.delivery import ExternalSecret
from trust.nodes.fields import known, mapping
from trust.nodes.pushes import PUSH_SECRETS
from trust.requests import Delivery, Request

NAME: Final = "eso"
_GROUP: Final = "external-secrets.io/v1"
_PUSHES: Final = ("external-secrets.io/v1alpha1", "pushsecrets")
EVIDENCE: Final = ((_GROUP, "externalsecrets"), (_GROUP, "secretstores"), _PUSHES)
_REFRESH_SECONDS: Final = 3600.0
"""https://external-secrets.io/latest/api/externalsecret/: the default of refreshInterval."""
_STARTS: Final = timedelta(minutes=5)
_PLURALS: Final = {"SecretStore": "secretstores", "ClusterSecretStore": "clustersecretstores"}


def checks(observed: Observed, subject: Subject, delivery: Delivery) -> Iterator[Check]:
    """Stores, ExternalSecrets, the Secrets that they make, and PushSecrets."""
    chain = subject.chain
    own = chain.own(chain.external_secrets, subject.workload)
    used = {known(name) for owner in subject.workload.pods for name, _ in owner.secret_keys}
    near = [
        item for item in chain.near(chain.external_secrets, subject.workload) if known(item.target) in used
    ]
    secrets = list({item.node.urn: item for item in [*own, *near]}.values())
    pushes = chain.own(PUSH_SECRETS.of(chain), subject.workload)
    stores = dict.fromkeys(
        [
            *(store for secret in secrets for store, _ in secret.asks),
            *(store for push in pushes for store in push.stores),
        ]
    )
    for kind, name in stores:
        run = partial(_store, observed, subject, known(kind), known(name))
        yield Check(subject.name, f"store {known(name)}", run)
    for secret in secrets:
        name, target = known(secret.name), known(secret.target)
        yield Check(subject.name, f"external secret {name}", partial(_ready, observed, subject, name))
        yield Check(
            subject.name, f"refresh of {name}", partial(_refresh, observed, subject, secret, delivery)
        )
        keys = expected_secrets(subject).get(target, ())
        hint = _describe("externalsecret", name, subject)
        yield Check(subject.name, f"secret {target}", partial(keys_of, observed, subject, target, keys, hint))
        yield Check(subject.name, f"restart after {target}", partial(older_pods, observed, subject, target))

    for push in pushes:
        for ask in push.written:
            check = f"push {known(ask.name)}"
            yield Check(subject.name, check, partial(_pushed, observed, subject, known(push.name), check))


def _pushed(observed: Observed, subject: Subject, name: str, check: str) -> Iterator[Finding]:
    """The condition Ready of a PushSecret, with reason Synced."""
    cluster = observed.kubernetes(subject.cluster_id)
    live = cluster.get(*_PUSHES, subject.namespace, name)
    yield _readiness(cluster, subject, subject.about(check), live, f"PushSecret {name}")


def _describe(kind: str, name: str, subject: Subject) -> str:
    return f"kubectl describe {kind} {name} --namespace {subject.namespace}"


def _store(observed: Observed, subject: Subject, kind: str, name: str) -> Iterator[Finding]:
    about = subject.about(f"store {name}", store=name)
    cluster = observed.kubernetes(subject.cluster_id)
    namespace = subject.namespace if kind == "SecretStore" else ""
    live = cluster.get(_GROUP, _PLURALS.get(kind, "secretstores"), namespace, name)
    yield _readiness(cluster, subject, about, live, f"{kind} {name}")


def _ready(observed: Observed, subject: Subject, name: str) -> Iterator[Finding]:
    about = subject.about(f"external secret {name}")
    cluster = observed.kubernetes(subject.cluster_id)
    live = cluster.get(_GROUP, "externalsecrets", subject.namespace, name)
    yield _readiness(cluster, subject, about, live, f"ExternalSecret {name}")


def _readiness(
    cluster: LiveCluster, subject: Subject, about: About, live: Manifest | None, label: str
) -> Finding:
    """The condition Ready; the operator's own words stand in its message or in an event."""
    if live is None:
        return about.wrong(f"{label} does not exist", mend(subject.stack))
    ready = condition(live, "Ready")
    if ready.get("status") == "True":
        return about.fine(f"{label} is ready")
    created = moment(metadata(live).get("creationTimestamp"))
    if not ready and created and age(created) < _STARTS:
        return about.wrong(f"{label} is not ready yet", state="waiting")
    kind = label.partition(" ")[0].lower()
    events = cluster.warnings_of(subject.namespace, {name_of(live)})
    texts = [str(ready.get("message", "")), *(str(event.get("message", "")) for event in events)]
    symptom = Symptom(text="\n".join(texts), reason=str(ready.get("reason", "")), part="operator")
    reason = " ".join((texts[1] if len(texts) > 1 else texts[0]).split())[:300] or "it has no condition Ready"
    finding = about.wrong(f"{label} is not ready: {reason}", symptom=symptom)
    return (
        finding if finding.next_step else about.wrong(finding.text, _describe(kind, name_of(live), subject))
    )


def _refresh(
    observed: Observed, subject: Subject, secret: ExternalSecret, delivery: Delivery
) -> Iterator[Finding]:
    """The last refresh against the vault's versions."""
    name = known(secret.name)
    about = subject.about(f"refresh of {name}")
    cluster = observed.kubernetes(subject.cluster_id)
    live = cluster.get(_GROUP, "externalsecrets", subject.namespace, name)
    refreshed = moment(mapping(live.get("status") if live else None).get("refreshTime"))
    if live is None or refreshed is None:
        return
    interval = _interval(live)
    for request in _requests(secret, delivery):
        version = current_version(observed, subject, request)
        if not stale(refreshed, version):
            continue
        if has_current_value(observed, subject, request, known(secret.target)):
            continue
        created = written(version.created if version else None)
        text = f"the last refresh is of {written(refreshed)}"
        text += f", and {known(request.name)} in the vault of {created}"
        command = f"kubectl annotate externalsecret {name} --namespace {subject.namespace}"
        command += " --overwrite force-sync=$(date +%s)"
        state: State = "wrong"
        if interval is not None and age(refreshed).total_seconds() < interval + _STARTS.total_seconds():
            text, state = f"{text}; the next one comes within {interval:g} s", "waiting"
        yield about.wrong(text, command, state=state)
        return
    yield about.fine(f"refreshed at {written(refreshed)}")


def _interval(live: Manifest) -> float | None:
    """Seconds between two refreshes. None: there is only one."""
    spec = mapping(live.get("spec"))
    if spec.get("refreshPolicy") in ("CreatedOnce", "OnChange"):
        return None
    interval = seconds(str(spec.get("refreshInterval") or ""))
    return _REFRESH_SECONDS if interval is None else interval or None


def _requests(secret: ExternalSecret, delivery: Delivery) -> Iterator[Request]:
    """Objects that the ExternalSecret reads. A value of a search or a certificate counts as well."""
    keys = {(ask.kind, known(ask.name).lower()) for _, ask in secret.asks}
    for request in delivery.requests:
        if (request.kind, known(request.name).lower()) in keys:
            yield request
