"""Technique sdk: the application signs in and reads by itself, so its variables have to name the vault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from operations.checks import Check, Finding
from operations.verify.cluster import Manifest, name_of
from operations.verify.observed import Observed
from operations.verify.sign_in import mend
from operations.verify.subjects import Subject
from trust.nodes.fields import listed, mapping
from trust.requests import Delivery
from trust.values import UNKNOWN

NAME: Final = "sdk"
_NAMES: Final = ("KEYVAULT_URL", "SECRET_NAME")


def checks(observed: Observed, subject: Subject, delivery: Delivery) -> Iterator[Check]:
    """The variables of the pods; the token, the exchange and the reads are checked for every technique."""
    if delivery.requests and subject.workload.pods:
        yield Check(subject.name, "variables", lambda: _variables(observed, subject))


def _variables(observed: Observed, subject: Subject) -> Iterator[Finding]:
    """The vault and the names of the secrets, as the program has written them."""
    expected: dict[str, Any] = {}
    for owner in subject.workload.pods:
        for container in owner.containers:
            expected |= _of(container)
    pods = observed.kubernetes(subject.cluster_id).pods_of(subject.workload)
    about = subject.about("variables")
    for pod in pods:
        missing = sorted(set(expected.items()) - set(_of_pod(pod).items()))
        if missing:
            names = ", ".join(name for name, _ in missing)
            yield about.wrong(f"pod {name_of(pod)}: {names} is missing or another one", mend(subject.stack))
            return
    if pods and expected:
        yield about.fine(", ".join(sorted(expected)))


def _of(container: Mapping[str, Any]) -> dict[str, str]:
    entries = map(mapping, listed(container.get("env")))
    return {
        str(entry.get("name")): str(entry["value"])
        for entry in entries
        if str(entry.get("name")).startswith(_NAMES) and entry.get("value") not in (None, UNKNOWN)
    }


def _of_pod(pod: Manifest) -> dict[str, str]:
    variables: dict[str, str] = {}
    for container in listed(mapping(pod.get("spec")).get("containers")):
        variables |= _of(mapping(container))
    return variables
