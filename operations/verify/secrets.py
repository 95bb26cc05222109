"""Kubernetes Secrets that hold values: their keys, their age, and pods that have older values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from operations.checks import Finding
from operations.errors import OperationError
from operations.kubernetes_access import KubernetesError
from operations.verify.cluster import Manifest, SecretFacts
from operations.verify.observed import Observed
from operations.verify.pods import restart, started
from operations.verify.results import status_of, written
from operations.verify.subjects import Subject
from operations.verify.vaults import (
    Version,
    newest,
    value_in_vault,
    versions_as_caller,
    versions_as_workload,
)
from trust.delivered_secrets import delivered_secrets
from trust.nodes.azure import Identity
from trust.nodes.fields import known, listed, mapping
from trust.requests import Request

_USED: Final = "secrets-store.csi.k8s.io/used"
_SAME_MOMENT: Final = timedelta(seconds=2)
"""Kubernetes and Key Vault write whole seconds, of different clocks."""


def expected_secrets(subject: Subject) -> Mapping[str, Sequence[str]]:
    """The Secrets of the workload with the keys that are known, without those of the driver's sign-in."""
    published = mapping(
        mapping(mapping(subject.chain.graph.outputs).get("kubernetes_secrets")).get(subject.name)
    )
    secrets = {str(name): [str(key) for key in listed(keys)] for name, keys in published.items()}
    for delivered in delivered_secrets(subject.chain):
        name = known(delivered.name)
        if subject.chain.workload_of(delivered.node) is subject.workload and _USED not in delivered.by.labels:
            secrets.setdefault(name, sorted(delivered.keys or ()))
    return secrets


def keys_of(
    observed: Observed, subject: Subject, name: str, expected: Sequence[str], mend: str
) -> Iterator[Finding]:
    """A Secret with every key that it should have."""
    about = subject.about(f"secret {name}")
    try:
        facts = observed.kubernetes(subject.cluster_id).secret(subject.namespace, name)
    except KubernetesError as error:
        yield about.refused(error, f"get secrets in namespace {subject.namespace}")
        return
    if facts is None:
        yield about.wrong(f"Secret {subject.namespace}/{name} does not exist", mend)
        return
    missing = [key for key in expected if not key.endswith("*") and key not in facts.keys]
    if missing:
        yield about.wrong(f"Secret {name} has no key {', '.join(missing)}", mend)
    elif not facts.keys:
        yield about.wrong(f"Secret {name} is empty", mend)
    else:
        yield about.fine(f"{len(facts.keys)} keys, written at {written(facts.changed)}")


def older_pods(observed: Observed, subject: Subject, name: str) -> Iterator[Finding]:
    """Pods whose variables were set before the Secret changed: they keep the older value."""
    about = subject.about(f"restart after {name}")
    cluster = observed.kubernetes(subject.cluster_id)
    try:
        facts = cluster.secret(subject.namespace, name)
    except KubernetesError:
        return  # the finding about its keys says so
    if facts is None or facts.changed is None:
        return
    users = [pod for pod in cluster.pods_of(subject.workload) if _keeps(pod, name)]
    older = [pod for pod in users if _is_older(pod, facts)]
    if older:
        when = written(facts.changed)
        text = f"{len(older)} of {len(users)} pods started before Secret {name} changed at {when}"
        yield about.wrong(f"{text}, and their variables keep the older value", restart(subject, older[0]))
    elif users:
        yield about.fine(f"{len(users)} pods started after its last change")


def _is_older(pod: Manifest, facts: SecretFacts) -> bool:
    time = started(pod)
    return time is not None and facts.changed is not None and time + _SAME_MOMENT < facts.changed


def _keeps(pod: Manifest, secret: str) -> bool:
    """Whether a container has a value of the Secret as a variable, or as a file that is not updated.

    https://kubernetes.io/docs/concepts/storage/volumes/#secret: a subPath gets no updates.
    """
    spec = mapping(pod.get("spec"))
    volumes = {
        volume.get("name")
        for volume in map(mapping, listed(spec.get("volumes")))
        if mapping(volume.get("secret")).get("secretName") == secret
    }
    return any(
        _refers(container, secret, volumes)
        for part in ("containers", "initContainers")
        for container in map(mapping, listed(spec.get(part)))
    )


def _refers(container: Mapping[str, Any], secret: str, volumes: set[Any]) -> bool:
    env = (
        mapping(mapping(mapping(entry).get("valueFrom")).get("secretKeyRef"))
        for entry in listed(container.get("env"))
    )
    whole = (mapping(mapping(entry).get("secretRef")) for entry in listed(container.get("envFrom")))
    mounts = map(mapping, listed(container.get("volumeMounts")))
    return any(ref.get("name") == secret for ref in (*env, *whole)) or any(
        mount.get("subPath") and mount.get("name") in volumes for mount in mounts
    )


def current_version(observed: Observed, subject: Subject, request: Request) -> Version | None:
    """The version that the vault delivers now: asked as the workload, else as the person who is signed in.

    None: the vault has none, or the object is not named. Raises the refusal if neither may look.
    """
    vault = subject.chain.vault(request.vault)
    name = known(request.name)
    if vault is None or name in ("", "*") or not known(vault.uri):
        return None
    uri = known(vault.uri)
    asking, identity = _asked_as(subject, request)
    if identity is not None:
        try:
            return newest(versions_as_workload(observed, asking, identity, uri, request.kind, name))
        except OperationError as error:
            if status_of(error) == 404:
                return None
            # the finding about the read has the reason
    return newest(versions_as_caller(observed, uri, request.kind, name))


def _asked_as(subject: Subject, request: Request) -> tuple[Subject, Identity | None]:
    """The workload and the identity as which the vault is asked. None: the person or pipeline that is signed
    in.
    """
    asking = subject.asking_as(request.reader) if request.reader else None
    return (asking, request.reader.identity) if asking and request.reader else (subject, None)


def stale(facts_changed: datetime | None, version: Version | None, spare: timedelta = _SAME_MOMENT) -> bool:
    """Whether a Secret was last written before the vault's version was made."""
    created = version.created if version else None
    return facts_changed is not None and created is not None and facts_changed + spare < created


def has_current_value(observed: Observed, subject: Subject, request: Request, secret: str) -> bool:
    """Whether a Secret has the value that the vault delivers now: then it is not stale, although it is older.

    The vault got the same value again, or other attributes with a new version. False also if that cannot be
    known: the Secret has another format, or the right to look is missing. Both values are dropped.
    """
    vault = subject.chain.vault(request.vault)
    if vault is None or request.kind != "secret" or not known(vault.uri):
        return False
    asking, identity = _asked_as(subject, request)
    try:
        value = value_in_vault(observed, asking, identity, known(vault.uri), known(request.name))
        return observed.kubernetes(subject.cluster_id).holds(subject.namespace, secret, value.encode())
    except OperationError:
        return False
