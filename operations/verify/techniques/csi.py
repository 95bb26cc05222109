"""Technique csi: the class is there, every pod mounts it, and has the versions that the vault has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from operations.checks import Check, Finding
from operations.errors import OperationError
from operations.verify.cluster import Manifest, name_of
from operations.verify.observed import Observed
from operations.verify.pods import is_ready, restart
from operations.verify.results import age, written
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
from trust.delivered_secrets import synced
from trust.durations import seconds
from trust.nodes.delivery import SecretProviderClass, class_objects
from trust.nodes.fields import flag, known, listed, mapping
from trust.nodes.kubernetes import KubernetesObject
from trust.operators import driver
from trust.requests import Delivery, Request
from trust.techniques import driver_classes
from trust.values import UNKNOWN

NAME: Final = "csi"
EVIDENCE: Final = (("secrets-store.csi.x-k8s.io/v1", "secretproviderclasspodstatuses"),)
_GROUP: Final = "secrets-store.csi.x-k8s.io/v1"
_DRIVER: Final = "secrets-store.csi.k8s.io"
_POLL_SECONDS: Final = 120.0
"""https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options#manage-autorotation"""
_ADDON: Final = "azureKeyvaultSecretsProvider"
_TYPES: Final[Mapping[str, str]] = {"secret": "secret", "key": "key", "cert": "certificate"}


def checks(observed: Observed, subject: Subject, delivery: Delivery) -> Iterator[Check]:
    """Classes, mounts and versions; then the Secrets that the driver syncs."""
    for provider_class in _classes(subject):
        name = known(provider_class.name)
        yield Check(subject.name, f"class {name}", partial(_class, observed, subject, name))
        yield Check(subject.name, f"mount of {name}", partial(_mounts, observed, subject, provider_class))
        run = partial(_versions, observed, subject, provider_class, delivery)
        yield Check(subject.name, f"versions in {name}", run)
        for secret in [str(entry.get("secretName")) for entry in synced(provider_class)]:
            keys = expected_secrets(subject).get(secret, ())
            hint = f"kubectl describe secretproviderclass {name} --namespace {subject.namespace}"
            yield Check(
                subject.name, f"secret {secret}", partial(keys_of, observed, subject, secret, keys, hint)
            )
            run = partial(_age, observed, subject, secret, provider_class, delivery)
            yield Check(subject.name, f"age of {secret}", run)
            yield Check(
                subject.name, f"restart after {secret}", partial(older_pods, observed, subject, secret)
            )


def _classes(subject: Subject) -> list[SecretProviderClass]:
    chain, mounted = subject.chain, dict[str, SecretProviderClass]()
    for owner in subject.workload.pods:
        for volume in owner.volumes:
            csi = mapping(volume.get("csi"))
            name = mapping(csi.get("volumeAttributes")).get("secretProviderClass")
            provider_class = chain.find(
                chain.secret_provider_classes, subject.workload.provider, subject.namespace, str(name)
            )
            if csi.get("driver") == _DRIVER and provider_class:
                mounted[str(name)] = provider_class
    return list(mounted.values()) or chain.own(driver_classes(chain), subject.workload)


def _class(observed: Observed, subject: Subject, name: str) -> Iterator[Finding]:
    about = subject.about(f"class {name}", class_name=name)
    cluster = observed.kubernetes(subject.cluster_id)
    if cluster.get(_GROUP, "secretproviderclasses", subject.namespace, name):
        yield about.fine(f"SecretProviderClass {subject.namespace}/{name} is there")
    else:
        yield about.wrong(
            f"SecretProviderClass {subject.namespace}/{name} does not exist", mend(subject.stack)
        )


@dataclass(frozen=True)
class Mount:
    """The driver's status of a pod and a class."""

    pod: str
    versions: Mapping[str, str]
    """``secret/db-password`` → version."""


def mounts_of(observed: Observed, subject: Subject, class_name: str) -> list[Mount]:
    """The pods that have a class mounted.

    https://secrets-store-csi-driver.sigs.k8s.io/concepts.html#secretproviderclasspodstatus"""
    cluster = observed.kubernetes(subject.cluster_id)
    mounts: list[Mount] = []
    for item in cluster.items(_GROUP, "secretproviderclasspodstatuses", subject.namespace):
        status = mapping(item.get("status"))
        if status.get("secretProviderClassName") == class_name and status.get("mounted") is True:
            objects = map(mapping, listed(status.get("objects")))
            versions = {str(entry.get("id")): str(entry.get("version")) for entry in objects}
            mounts.append(Mount(str(status.get("podName")), versions))
    return mounts


def _mounts(observed: Observed, subject: Subject, provider_class: SecretProviderClass) -> Iterator[Finding]:
    name = known(provider_class.name)
    about = subject.about(f"mount of {name}", class_name=name)
    pods = _live_pods(observed, subject)
    mounted = {mount.pod for mount in mounts_of(observed, subject, name)}
    for pod in pods:
        if name not in _mounted_classes(pod):
            yield about.wrong(f"pod {name_of(pod)} has no volume of class {name}", mend(subject.stack))
            return
        if name_of(pod) not in mounted:
            text = f"the driver has mounted nothing for pod {name_of(pod)}"
            yield about.wrong(text, f"kubectl describe pod {name_of(pod)} --namespace {subject.namespace}")
            return
    if pods:
        yield about.fine(f"{len(pods)} pods mount it")


def _live_pods(observed: Observed, subject: Subject) -> list[Manifest]:
    """The pods that have started: events report those that have not."""
    pods = observed.kubernetes(subject.cluster_id).pods_of(subject.workload)
    return [pod for pod in pods if is_ready(pod) and mapping(pod.get("status")).get("phase") == "Running"]


def _mounted_classes(pod: Manifest) -> set[str]:
    volumes = (
        mapping(mapping(volume).get("csi")) for volume in listed(mapping(pod.get("spec")).get("volumes"))
    )
    return {
        str(mapping(csi.get("volumeAttributes")).get("secretProviderClass"))
        for csi in volumes
        if csi.get("driver") == _DRIVER
    }


def _versions(
    observed: Observed, subject: Subject, provider_class: SecretProviderClass, delivery: Delivery
) -> Iterator[Finding]:
    """The version that each pod has of each object, against the vault's newest one."""
    name = known(provider_class.name)
    about = subject.about(f"versions in {name}")
    mounts = mounts_of(observed, subject, name)
    if not mounts:
        return
    compared = 0
    for entry in class_objects(provider_class.parameters.get("objects")):
        object_name, kind = str(entry.get("objectName")), str(entry.get("objectType", "")).lower()
        pinned, history = str(entry.get("objectVersion") or ""), str(entry.get("objectVersionHistory") or "0")
        request = _request(delivery, _TYPES.get(kind, kind), object_name)
        if request is None or history not in ("0", "1"):
            continue
        expected = pinned if pinned not in ("", "latest") else ""
        version = None if expected else current_version(observed, subject, request)
        expected = expected or (version.id if version else "")
        if not expected:
            continue
        compared += 1
        older = [mount.pod for mount in mounts if has_other(mount, kind, object_name, expected)]
        if older:
            created = version.created if version else None
            yield _late(observed, subject, provider_class, object_name, older, created)
            return
    if compared:
        yield about.fine(f"{len(mounts)} pods have the vault's version of {compared} objects")


def has_other(mount: Mount, kind: str, name: str, expected: str) -> bool:
    """Whether a pod has another version of an object than the expected one."""
    for id_, version in mount.versions.items():
        if id_.lower() == f"{kind}/{name}".lower():
            return version != expected
    return True


def _request(delivery: Delivery, kind: str, name: str) -> Request | None:
    return next(
        (
            item
            for item in delivery.requests
            if item.kind == kind and known(item.name).lower() == name.lower()
        ),
        None,
    )


def _late(
    observed: Observed,
    subject: Subject,
    provider_class: SecretProviderClass,
    name: str,
    pods: Sequence[str],
    created: datetime | None,
) -> Finding:
    about = subject.about(f"versions in {known(provider_class.name)}")
    poll = poll_seconds(observed, subject, provider_class)
    text = f"pod {pods[0]} has an older version of {name} than the vault (of {written(created)})"
    if len(pods) > 1:
        text = f"{len(pods)} pods have an older version of {name} than the vault (of {written(created)})"
    if poll is None:
        return about.wrong(
            f"{text}: the driver does not look for new ones (rotation is off)", restart(subject)
        )
    # A poll begins when the former one has ended, so a value may take two of them.
    if created is not None and age(created).total_seconds() < 2 * poll:
        return about.wrong(f"{text}; the driver looks every {poll:g} s", state="waiting")
    step = "kubectl get pods --all-namespaces --selector app=secrets-store-csi-driver"
    return about.wrong(f"{text}, although the driver looks every {poll:g} s", step)


def poll_seconds(observed: Observed, subject: Subject, item: KubernetesObject) -> float | None:
    """Interval at which the driver of the object's cluster looks for new versions. None: never."""
    installed = driver(subject.chain, item)
    rotates, interval = installed.rotates, known(installed.interval)
    if rotates is UNKNOWN and subject.cluster_id:
        try:
            properties = mapping(observed.cluster(subject.cluster_id).get("properties"))
        except OperationError:
            properties = {}
        config = mapping(mapping(mapping(properties.get("addonProfiles")).get(_ADDON)).get("config"))
        rotates = flag(config.get("enableSecretRotation"), default=True)
        interval = str(config.get("rotationPollInterval") or "")
    return None if rotates is False else seconds(interval) or _POLL_SECONDS


def _age(
    observed: Observed, subject: Subject, secret: str, provider_class: SecretProviderClass, delivery: Delivery
) -> Iterator[Finding]:
    """A synced Secret is written when the driver mounts a new version."""
    about = subject.about(f"age of {secret}")
    facts = observed.kubernetes(subject.cluster_id).secret(subject.namespace, secret)
    if facts is None:
        return
    for name in _objects_of(provider_class, secret):
        requests = [item for item in delivery.requests if known(item.name).lower() == name.lower()]
        version = current_version(observed, subject, requests[0]) if requests else None
        if version is None or not stale(facts.changed, version):
            continue
        if has_current_value(observed, subject, requests[0], secret):
            continue
        text = f"Secret {secret} is of {written(facts.changed)}"
        text += f", and {name} in the vault of {written(version.created)}"
        poll = poll_seconds(observed, subject, provider_class)
        young = (
            poll is not None
            and version.created is not None
            and age(version.created).total_seconds() < 2 * poll
        )
        yield about.wrong(text, "" if young else restart(subject), state="waiting" if young else "wrong")
        return
    yield about.fine(f"written at {written(facts.changed)}, with the vault's values")


def _objects_of(provider_class: SecretProviderClass, secret: str) -> list[str]:
    """Names of the vault's objects in a synced Secret."""
    aliases = {
        str(entry.get("objectAlias") or entry.get("objectName")): str(entry.get("objectName"))
        for entry in class_objects(provider_class.parameters.get("objects"))
    }
    return [
        aliases[file]
        for entry in synced(provider_class)
        if entry.get("secretName") == secret
        for data in map(mapping, listed(entry.get("data")))
        if (file := str(data.get("objectName")).removesuffix("/0")) in aliases
    ]
