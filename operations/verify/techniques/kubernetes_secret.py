"""Technique kubernetes-secret: the program has written the value into a Secret, and perhaps into a vault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from operations.checks import Check, Finding
from operations.verify.observed import Observed
from operations.verify.results import written
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
from trust.nodes.fields import known
from trust.requests import Delivery, Request

NAME: Final = "kubernetes-secret"
_ONE_UPDATE: Final = timedelta(hours=1)
"""One `pulumi up` writes the vault and the cluster, the one long before the other."""


def checks(observed: Observed, subject: Subject, delivery: Delivery) -> Iterator[Check]:
    """The Secrets' keys, pods that have older values, and objects of a vault that are newer."""
    for name, keys in expected_secrets(subject).items():
        run = partial(keys_of, observed, subject, name, keys, mend(subject.stack))
        yield Check(subject.name, f"secret {name}", run)
        yield Check(subject.name, f"restart after {name}", partial(older_pods, observed, subject, name))
    for request in delivery.requests:
        run = partial(_age, observed, subject, request)
        yield Check(subject.name, f"age of {known(request.name)}", run)


def _age(observed: Observed, subject: Subject, request: Request) -> Iterator[Finding]:
    """The vault's value is the Secret's, unless another person or tool has changed it in the vault."""
    about = subject.about(f"age of {known(request.name)}")
    version = current_version(observed, subject, request)
    cluster = observed.kubernetes(subject.cluster_id)
    facts = [cluster.secret(subject.namespace, name) for name in expected_secrets(subject)]
    times = [entry.changed for entry in facts if entry and entry.changed]
    if version is None or not times:
        return
    is_same = partial(has_current_value, observed, subject, request)
    if stale(max(times), version, _ONE_UPDATE) and not any(map(is_same, expected_secrets(subject))):
        text = f"the vault has a version of {written(version.created)}"
        text += f", and the Secret is of {written(max(times))}"
        yield about.wrong(text, f"python -m operations rotate {known(request.name)} --stack {subject.stack}")
    else:
        yield about.fine("the Secret is as new as the vault's version, or has its value")
