"""A new value reaches the pods: poll, refresh and Reloader fit together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeVar

from trust.chain import Chain
from trust.delivered_secrets import delivered_secrets, mounted_files, synced
from trust.durations import seconds
from trust.nodes.delivery import SecretProviderClass
from trust.nodes.fields import known, listed, mapping
from trust.nodes.kubernetes import KubernetesObject
from trust.nodes.objects import grouped
from trust.nodes.pods import RELOADED_CLASSES, RELOADED_SECRETS, PodOwner
from trust.operators import RELOADER, driver, is_listed, release
from trust.proofs.proof import Finding, proof
from trust.requests import DeliveredSecret
from trust.techniques import awaited_secrets, driver_classes, secret_contents, unchanging_objects
from trust.values import UNKNOWN

_DOMAIN: Final = "reloader.stakater.com/"
_RELOADED: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet"})
_RUNS: Final = frozenset({"CronJob", "Job"})
_AUTO: Final = f"{_DOMAIN}auto"
_EVERY_SECRET: Final = (_AUTO, f"secret.{_AUTO}")
"""Annotations by which Reloader watches every Secret that the pods read."""
_ROTATION: Final = "https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options#autorotation-and-secret-sync-overview"
_ANNOTATIONS: Final = "https://docs.stakater.com/reloader/1.4/reference/annotations.html"


def _reloaded(chain: Chain) -> list[PodOwner]:
    """Owners of pods that Reloader is to restart."""
    return [owner for owner in chain.pod_owners if _for_reloader(owner) - {(_AUTO, "false")}]


def _for_reloader(owner: PodOwner) -> set[tuple[str, str]]:
    """The annotations for Reloader."""
    return {(str(key), str(value)) for key, value in owner.annotations.items() if _DOMAIN in str(key)}


def _finding(chain: Chain, owner: PodOwner, problem: str, fix: str, *, unknown: bool = False) -> Finding:
    workload = chain.workload_of(owner.node)
    name = workload.name if workload else str(owner.name)
    return Finding(
        workload=name,
        text=f"{owner.kind} '{owner.name}' {problem}",
        fix=fix if fix.startswith("operators") else f"workloads[name={name}].{fix}",
        urn=owner.node.urn,
        unknown=unknown,
    )


@proof(
    "reload-has-a-reloader",
    of=_reloaded,
    reason="Nothing restarts the pods, so they keep the old value.",
    source="https://github.com/stakater/Reloader#-how-it-works",
    follows=["workload-in-one-namespace"],
)
def reload_has_a_reloader(chain: Chain) -> Iterator[Finding]:
    """Reloader is there, and watches the namespace of what it is to restart, for what changes there."""
    for owner in _reloaded(chain):
        reloader = release(chain, RELOADER, owner.node.provider)
        if reloader is None:
            if is_listed(chain, "reloader") is False:
                yield _finding(
                    chain, owner, "is to be restarted, and there is no Reloader", "operators.reloader: {}"
                )
            continue
        values = mapping(reloader.values.get("reloader"))
        watched = [*map(str, listed(values.get("namespaces"))), str(reloader.namespace)]
        if values.get("watchGlobally", True) is not True and known(owner.namespace) not in watched:
            problem = f"is in namespace '{owner.namespace}', which Reloader does not watch"
            yield _finding(
                chain, owner, problem, "operators.reloader: watches the namespaces of reload: true"
            )
        if RELOADED_CLASSES in owner.annotations and values.get("enableCSIIntegration") is not True:
            problem = "is to be restarted when a mounted object changes, and Reloader does not watch those"
            yield _finding(chain, owner, problem, "operators.reloader: with enableCSIIntegration")
        if values.get("reloadStrategy") != "annotations":
            problem = "is restarted by a variable, which the next update removes with another restart"
            yield _finding(chain, owner, problem, "operators.reloader: with reloadStrategy: annotations")


@proof(
    "reload-names-what-changes",
    of=_reloaded,
    reason="Reloader restarts the pods for what the annotation names, and for nothing else.",
    source=_ANNOTATIONS,
    follows=["workload-in-one-namespace", "secret-key-is-made"],
)
def reload_names_what_changes(chain: Chain) -> Iterator[Finding]:
    """Reloader watches every Secret and every mounted class of the workload, and nothing else."""
    secrets_of, classes_of = _by_workload(chain, delivered_secrets(chain)), _classes(chain)
    awaited_of = _by_workload(chain, awaited_secrets(chain))
    for owner in _reloaded(chain):
        secrets, classes = owner.reloaded(RELOADED_SECRETS), owner.reloaded(RELOADED_CLASSES)
        workload = _urn(chain, owner)
        unnamed = any(provider_class.name is UNKNOWN for provider_class in classes_of[workload])
        if secrets is None or classes is None or unnamed:
            yield _finding(chain, owner, "is to be restarted for unknown names", "reload: true", unknown=True)
            continue
        place = (owner.node.provider, known(owner.namespace))
        made = {known(secret.name) for secret in secrets_of[workload] if secret.key[:2] == place}
        made_classes = {
            known(provider_class.name): provider_class
            for provider_class in classes_of[workload]
            if provider_class.key[:2] == place
        }
        only_files = {
            name for name, provider_class in made_classes.items() if _has_only_files(provider_class)
        }
        is_auto = any((annotation, "true") in _for_reloader(owner) for annotation in _EVERY_SECRET)
        if missing := [] if is_auto else sorted(made - secrets - _credentials(owner)):
            yield _finding(
                chain, owner, f"is not restarted when {', '.join(missing)} changes", "reload: true"
            )
        if missing := sorted(only_files - classes):
            problem = f"is not restarted when a file of {', '.join(missing)} changes"
            yield _finding(chain, owner, problem, "reload: true")
        awaited = {known(secret.name) for secret in awaited_of[workload] if secret.key[:2] == place}
        if strange := sorted((secrets - made - awaited) | (classes - {*made_classes})):
            problem = f"is to be restarted when {', '.join(strange)} changes, which nothing makes"
            yield _finding(chain, owner, problem, "reload: true")


@proof(
    "reload-reaches-variables",
    severity="warning",
    of=lambda chain: list(_rotated_variables(chain)),
    reason="A container keeps the variables with which it started, so the pods have the old value.",
    source=_ROTATION,
)
def reload_reaches_variables(chain: Chain) -> Iterator[Finding]:
    """Reloader, if the stack has it, restarts pods whose variables have values that operators refresh."""
    for owner, variables in _rotated_variables(chain):
        if not _for_reloader(owner):
            names = ", ".join(name for name in variables if name) or "its variables"
            problem = f"has {names} from a Secret that an operator refreshes, and nothing restarts its pods"
            yield _finding(chain, owner, problem, "reload: true, or file instead of env")


def _rotated_variables(chain: Chain) -> Iterator[tuple[PodOwner, list[str]]]:
    """Owners in a cluster with Reloader, with their variables whose Secret gets new values by itself."""
    owners = [
        owner
        for owner in chain.pod_owners
        if owner.kind in _RELOADED and release(chain, RELOADER, owner.node.provider) is not None
    ]
    refreshed = {
        (*contents.key, key)
        for contents in (secret_contents(chain) if owners else ())
        for key, parts in contents.keys.items()
        if contents.is_refreshed and any(not part.version for part in parts)
    }
    secrets = {key[:3] for key in refreshed}
    for owner in owners:
        place = (owner.node.provider, known(owner.namespace))
        names = [
            name
            for name, ref in owner.variables
            if (*place, known(ref.name), known(ref.key)) in refreshed
            or (not name and (*place, known(ref.name)) in secrets)
        ]
        if names:
            yield owner, names


def _has_only_files(provider_class: SecretProviderClass) -> bool:
    """Whether an object of a class is a file and in no Secret."""
    names = {
        str(mapping(data).get("objectName"))
        for entry in synced(provider_class)
        for data in listed(entry.get("data"))
    }
    files = mounted_files(provider_class)
    return bool(files and any(not set(versions) & names for versions in files))


def _credentials(owner: PodOwner) -> set[str]:
    """Secrets by which the driver signs in: the pods do not read them."""
    return {
        str(mapping(mapping(volume.get("csi")).get("nodePublishSecretRef")).get("name"))
        for volume in owner.volumes
    }


@proof(
    "reload-can-happen",
    of=_reloaded,
    reason="The value in the cluster never changes, or nothing replaces the pods.",
    source=_ROTATION,
    follows=["eso-refresh"],
)
def reload_can_happen(chain: Chain) -> Iterator[Finding]:
    """Owners that Reloader is to restart can be restarted, and get new values while they run."""
    unchanging = grouped((_urn(chain, each.item), each) for each in unchanging_objects(chain))
    for owner in _reloaded(chain):
        if owner.kind not in _RELOADED:
            yield _finding(chain, owner, "is of a kind that Reloader does not replace", "reload: false")
        reasons = {(item.problem, item.fix): None for item in unchanging[_urn(chain, owner)]}
        for problem, fix in reasons:
            yield _finding(chain, owner, problem, fix)


_Item = TypeVar("_Item", DeliveredSecret, SecretProviderClass)


def _by_workload(chain: Chain, items: Iterable[_Item]) -> Mapping[str, list[_Item]]:
    """Resources of each workload, by its URN."""
    grouped: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        grouped[_urn(chain, item)].append(item)
    return grouped


def _classes(chain: Chain) -> Mapping[str, list[SecretProviderClass]]:
    return _by_workload(chain, driver_classes(chain))


def _urn(chain: Chain, item: DeliveredSecret | KubernetesObject) -> str:
    workload = chain.workload_of(item.node)
    return workload.node.urn if workload else ""


@proof(
    "rotation-reaches-jobs",
    severity="warning",
    of=lambda chain: [owner for owner in chain.pod_owners if owner.kind in _RUNS],
    reason="Finished Jobs own the synced Secret, so it stays, and only running pods update it.",
    source="https://github.com/kubernetes-sigs/secrets-store-csi-driver/issues/1288",
)
def rotation_reaches_jobs(chain: Chain) -> Iterator[Finding]:
    """No run of a Job reads a Secret that only a running pod keeps up to date."""
    follow = {secret.key for secret in delivered_secrets(chain) if secret.follows_running_pods}
    for owner in chain.pod_owners:
        if owner.kind not in _RUNS or _keeps_no_job(owner):
            continue
        read = {(owner.node.provider, known(owner.namespace), known(ref.name)) for ref in owner.secret_refs}
        if names := sorted(key[2] for key in read & follow):
            problem = f"reads {', '.join(names)}, which keeps the value of the run before"
            yield _finding(chain, owner, problem, "secrets: file instead of env, or technique: eso or sdk")


def _keeps_no_job(owner: PodOwner) -> bool:
    return owner.kind == "CronJob" and all(
        owner.spec.get(limit) == 0 for limit in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit")
    )


@proof(
    "rotation-interval",
    of=driver_classes,
    reason="Each poll reads every mounted object of every pod; below a minute the vault throttles.",
    source="https://github.com/Azure/secrets-store-csi-driver-provider-azure/issues/1416",
)
def rotation_interval(chain: Chain) -> Iterator[Finding]:
    """The CSI driver polls at most once a minute."""
    seen: set[str] = set()
    for provider_class in driver_classes(chain):
        installed = driver(chain, provider_class)
        if (
            installed.node is None
            or not installed.rotates
            or installed.node.urn in seen
            or installed.interval is UNKNOWN
        ):
            continue
        seen.add(installed.node.urn)
        every = seconds(str(installed.interval))
        if every is None or every < 60:
            yield Finding(
                text=f"the CSI driver polls the vault every '{installed.interval}', less than a minute",
                fix="operators.csi_driver.poll_interval: 2m",
                urn=installed.node.urn,
            )
