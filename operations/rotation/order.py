"""Order in which workloads get a new value: by themselves, or by new pods.

Found from the resources of the stack, as docs/rotation.md describes each technique.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from trust.access import Reading, readings
from trust.chain import Chain
from trust.delivered_secrets import synced
from trust.nodes.delivery import ExternalSecret, SecretProviderClass, class_objects
from trust.nodes.fields import known, listed, mapping
from trust.nodes.kubernetes import KubernetesObject
from trust.nodes.pods import PodOwner
from trust.operators import driver
from trust.values import UNKNOWN
from trust.workloads import Workload

_RESTARTED: Final = frozenset(("Deployment", "StatefulSet", "DaemonSet"))
_RELOAD: Final = "reloader.stakater.com/"


@dataclass(frozen=True)
class Step:
    """One workload's way to a new value."""

    workload: str
    namespace: str
    technique: str
    when: str
    """When the cluster, or the application, has it."""
    then: str
    """The next step: none, a command, or a restart by Reloader."""
    rank: int
    """0: by itself. 1: Reloader. 2: needs new pods, by the command. 3: another tool's pods."""

    @property
    def restarts(self) -> bool:
        """Whether a person has to make new pods."""
        return self.rank >= 2


def order(chain: Chain, name: str, vault: str = "") -> list[Step]:
    """The workloads that read the secret: first those that refresh by themselves, last those to restart."""
    by_urn = {workload.node.urn: workload for workload in chain.workloads}
    steps: dict[str, Step] = {}
    for reading in readings(chain):
        if _is_of(reading, name, vault) and reading.urn in by_urn and reading.urn not in steps:
            steps[reading.urn] = _step(chain, by_urn[reading.urn], reading.technique, name)
    return sorted(steps.values(), key=lambda step: (step.rank, step.namespace, step.workload))


def vault_of(chain: Chain, name: str) -> str:
    """The vault from which workloads read the secret; empty if none does."""
    names = (known(reading.vault) for reading in readings(chain) if _is_of(reading, name, ""))
    return next((vault for vault in names if vault), "")


def _is_of(reading: Reading, name: str, vault: str) -> bool:
    return (
        reading.kind == "secret"
        and known(reading.name).lower() in (name.lower(), "*")
        and reading.state != "missing"
        and (not vault or known(reading.vault).lower() == vault.lower())
    )


def _step(chain: Chain, workload: Workload, technique: str, name: str) -> Step:
    find = _TECHNIQUES.get(technique, _unknown)
    when, refreshes = find(chain, workload, name)
    rank, then = (0, "nothing to do") if refreshes else _restart(workload)
    return Step(workload.name, str(workload.namespace or ""), technique, when, then, rank)


def _restart(workload: Workload) -> tuple[int, str]:
    if not workload.pods:
        return 3, "restart the pods, which another tool deploys"
    owners = [owner for owner in workload.pods if owner.kind in _RESTARTED]
    if not owners:
        return 0, "its next run reads it"
    if all(any(_RELOAD in str(key) for key in owner.annotations) for owner in owners):
        return 1, "Reloader restarts the pods"
    commands = [
        f"kubectl rollout restart {owner.kind.lower()}/{owner.name} --namespace {owner.namespace}"
        for owner in owners
    ]
    return 2, "; ".join(commands)


def _at_once(_chain: Chain, _workload: Workload, _name: str) -> tuple[str, bool]:
    return "at the next call of the application", True


def _unknown(_chain: Chain, _workload: Workload, _name: str) -> tuple[str, bool]:
    return "unknown", False


def _csi(chain: Chain, workload: Workload, name: str) -> tuple[str, bool]:
    classes = [item for item in chain.secret_provider_classes if _belongs(chain, item, workload)]
    if not classes:
        return "at the next poll of the driver", False
    installed = driver(chain, classes[0])
    if installed.rotates is False:
        return "in a new pod, since the driver does not rotate", False
    every = "" if installed.interval is UNKNOWN else f", every {installed.interval}"
    names = {secret for item in classes for secret in _synced_from(item, name)}
    # A file is replaced in the pod; a variable is read once, from the Secret that the driver writes.
    return f"at the next poll of the driver{every}", not _reads(workload.pods, names)


def _eso(chain: Chain, workload: Workload, name: str) -> tuple[str, bool]:
    every = [item for item in chain.external_secrets if _belongs(chain, item, workload)]
    externals = [item for item in every if _copies(item, name)] or every
    policies = {str(item.spec.get("refreshPolicy", "Periodic")) for item in externals}
    intervals = sorted({str(item.spec.get("refreshInterval", "1h")) for item in externals})
    refresh = f"kubectl annotate externalsecret --all --namespace {workload.namespace} " + (
        "force-sync=$(date +%s) --overwrite"
    )
    names = {str(item.target) for item in externals}
    if policies - {"Periodic"}:
        return f"by a refresh: {refresh}", not _reads(workload.pods, names)
    when = f"at the next refresh, every {' or '.join(intervals) or '1h'} (at once: {refresh})"
    return when, not _reads(workload.pods, names)


def _kubernetes_secret(chain: Chain, workload: Workload, _name: str) -> tuple[str, bool]:
    names = {str(item.name) for item in chain.secrets if _belongs(chain, item, workload)}
    return "with `pulumi up`, which writes the Secret", not _reads(workload.pods, names)


def _synced_from(item: SecretProviderClass, name: str) -> Iterator[str]:
    """Kubernetes Secrets of a class that have the object of this name."""
    objects = class_objects(item.parameters.get("objects"))
    files = {
        str(entry.get("objectAlias") or entry.get("objectName"))
        for entry in objects
        if str(entry.get("objectName")).lower() == name.lower()
    }
    for entry in synced(item):
        if files & {str(mapping(data).get("objectName")) for data in listed(entry.get("data"))}:
            yield str(entry.get("secretName"))


def _copies(item: ExternalSecret, name: str) -> bool:
    """Whether an ExternalSecret names the object, whose key may begin with the type: `secret/orders`."""
    keys = [mapping(mapping(data).get("remoteRef")).get("key") for data in listed(item.spec.get("data"))]
    keys += [mapping(mapping(data).get("extract")).get("key") for data in listed(item.spec.get("dataFrom"))]
    return name.lower() in {str(key).rpartition("/")[2].lower() for key in keys}


def _belongs(chain: Chain, item: KubernetesObject, workload: Workload) -> bool:
    owner = chain.workload_of(item.node)
    return owner is not None and owner.node.urn == workload.node.urn


def _reads(owners: tuple[PodOwner, ...], names: set[str]) -> bool:
    """Whether a variable has a key of one of the Secrets: it keeps its value for as long as the pod runs."""
    return any(name in names for owner in owners for name in _of_variables(owner))


def _of_variables(owner: PodOwner) -> Iterator[str]:
    for _, variable in owner.env:
        yield str(mapping(mapping(variable.get("valueFrom")).get("secretKeyRef")).get("name"))
    for container in owner.containers:
        for source in listed(container.get("envFrom")):
            yield str(mapping(mapping(source).get("secretRef")).get("name"))


_TECHNIQUES: Final[Mapping[str, Callable[[Chain, Workload, str], tuple[str, bool]]]] = {
    "sdk": _at_once,
    "dapr": _at_once,
    "csi": _csi,
    "eso": _eso,
    "kubernetes-secret": _kubernetes_secret,
}
"""Technique → when the value is there, and whether nothing has to be restarted."""
