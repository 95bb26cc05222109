"""Technique akv2k8s: each AzureKeyVaultSecret has filled its Secret, and was read after the last change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from operations.checks import Check, Finding
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
from trust.nodes.fields import known, mapping
from trust.operators import release
from trust.requests import Delivery
from trust.techniques.akv2k8s import CHART, SYNCED, AzureKeyVaultSecret, read_again, resync_seconds

NAME: Final = "akv2k8s"
EVIDENCE: Final = (("spv.no/v2beta1", "azurekeyvaultsecrets"),)
_GROUP: Final = "spv.no/v2beta1"
_STARTS: Final = timedelta(minutes=5)


def checks(observed: Observed, subject: Subject, delivery: Delivery) -> Iterator[Check]:
    """AzureKeyVaultSecrets, and the Secrets that the controller makes of them."""
    chain = subject.chain
    own = chain.own(SYNCED.of(chain), subject.workload)
    used = {known(name) for owner in subject.workload.pods for name, _ in owner.secret_keys}
    near = [item for item in chain.near(SYNCED.of(chain), subject.workload) if known(item.target) in used]
    for item in {item.node.urn: item for item in [*own, *near]}.values():
        name, secret = known(item.name), known(item.target)
        yield Check(subject.name, f"vault secret {name}", partial(_synced, observed, subject, item))
        run = partial(_newest, observed, subject, item, delivery)
        yield Check(subject.name, f"last read of {name}", run)
        keys = expected_secrets(subject).get(secret, ())
        yield Check(
            subject.name,
            f"secret {secret}",
            partial(keys_of, observed, subject, secret, keys, _look(subject, name)),
        )
        yield Check(subject.name, f"restart after {secret}", partial(older_pods, observed, subject, secret))


def _look(subject: Subject, name: str) -> str:
    return f"kubectl describe azurekeyvaultsecret {name} --namespace {subject.namespace}"


def _live(observed: Observed, subject: Subject, item: AzureKeyVaultSecret) -> Manifest | None:
    cluster = observed.kubernetes(subject.cluster_id)
    return cluster.get(_GROUP, "azurekeyvaultsecrets", subject.namespace, known(item.name))


def _synced(observed: Observed, subject: Subject, item: AzureKeyVaultSecret) -> Iterator[Finding]:
    """The status has a hash as soon as the Secret is written."""
    name = known(item.name)
    about = subject.about(f"vault secret {name}")
    live = _live(observed, subject, item)
    if live is None:
        yield about.wrong(f"AzureKeyVaultSecret {name} does not exist", mend(subject.stack))
        return
    if mapping(live.get("status")).get("secretHash"):
        yield about.fine(f"AzureKeyVaultSecret {name} has filled Secret {known(item.target)}")
        return
    created = moment(metadata(live).get("creationTimestamp"))
    if created and age(created) < _STARTS:
        yield about.wrong(f"AzureKeyVaultSecret {name} has not filled its Secret yet", state="waiting")
        return
    yield about.wrong(f"AzureKeyVaultSecret {name} has filled no Secret", _look(subject, name))


def _newest(
    observed: Observed, subject: Subject, item: AzureKeyVaultSecret, delivery: Delivery
) -> Iterator[Finding]:
    """The last read of the vault against the vault's versions."""
    name, secret = known(item.name), known(item.target)
    about = subject.about(f"last read of {name}")
    live = _live(observed, subject, item)
    read = moment(mapping(live.get("status") if live else None).get("lastAzureUpdate"))
    if read is None:
        return
    asks = {(ask.kind, known(ask.name).lower()) for ask in item.asks}
    for request in delivery.requests:
        if (request.kind, known(request.name).lower()) not in asks:
            continue
        version = current_version(observed, subject, request)
        if not stale(read, version) or has_current_value(observed, subject, request, secret):
            continue
        created = version.created if version else None
        text = f"the last read is of {written(read)}"
        text += f", and {known(request.name)} in the vault of {written(created)}"
        installed = release(subject.chain, CHART, item.node.provider)
        period = resync_seconds(installed) if installed else None
        if period and created and age(created).total_seconds() < period + _STARTS.total_seconds():
            yield about.wrong(f"{text}; the next resync comes within {period} s", state="waiting")
        else:
            yield about.wrong(text, read_again(subject.chain, subject.workload))
        return
    yield about.fine(f"read at {written(read)}, with the vault's values")
