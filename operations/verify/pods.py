"""The pods of a workload: whether they run and are ready, and what makes them the identity's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from operations.checks import Finding, State
from operations.failures import Symptom, explain
from operations.verify.cluster import LiveCluster, Manifest, condition, metadata, name_of
from operations.verify.observed import Observed
from operations.verify.results import age, moment
from operations.verify.sign_in import mend
from operations.verify.subjects import Subject
from operations.verify.vaults import audience_of
from trust.nodes.azure import Identity
from trust.nodes.fields import known, listed, mapping
from trust.nodes.pods import USE_IDENTITY, PodOwner

_TOKEN_FILE: Final = "AZURE_FEDERATED_TOKEN_FILE"
_CLIENT_ID: Final = "AZURE_CLIENT_ID"
_STARTS: Final = timedelta(minutes=10)
"""Default of a Deployment's progressDeadlineSeconds: a rollout that takes longer has failed."""
_FINAL: Final = frozenset(
    {"ImagePullBackOff", "ErrImagePull", "InvalidImageName", "CrashLoopBackOff", "CreateContainerConfigError"}
)
"""Reasons of waiting containers that no patience mends."""


def token(observed: Observed, subject: Subject, identity: Identity) -> Iterator[Finding]:
    """The webhook's part of pods that exchange the token themselves: label, volume and variables.

    https://azure.github.io/azure-workload-identity/docs/installation/mutating-admission-webhook.html
    """
    if not subject.signs_in:
        return
    about = subject.about("token in pods")
    pods = _running(observed.kubernetes(subject.cluster_id).pods_of(subject.workload))
    audience = audience_of(subject, identity)
    for pod in pods:
        label = f"pod {name_of(pod)}"
        if str(mapping(metadata(pod).get("labels")).get(USE_IDENTITY, "")).lower() != "true":
            yield about.wrong(f"{label} has no label {USE_IDENTITY}", _mend_label(subject))
        elif audience not in _audiences(pod):
            yield about.wrong(
                f"{label} has no projected token for {audience}: the webhook did not act on it",
                restart(subject, pod),
            )
        elif problem := _variables(pod, known(identity.client_id), named=not subject.has_foreign_account):
            yield about.wrong(f"{label}: {problem}", restart(subject, pod))
        else:
            continue
        return
    if pods:
        yield about.fine(f"{len(pods)} pods with label, token for {audience} and variables")


def _audiences(pod: Manifest) -> set[str]:
    return {
        str(mapping(mapping(source).get("serviceAccountToken")).get("audience"))
        for volume in listed(mapping(pod.get("spec")).get("volumes"))
        for source in listed(mapping(mapping(volume).get("projected")).get("sources"))
        if "serviceAccountToken" in mapping(source)
    }


def _mend_label(subject: Subject) -> str:
    """The step that labels the pods, of the program or of the tool that deploys them."""
    if subject.has_foreign_account:
        return f"label them where they are deployed (python -m operations handover --stack {subject.stack})"
    return mend(subject.stack)


def _variables(pod: Manifest, client_id: str, *, named: bool) -> str:
    """Problems of the variables; empty if some container has the right ones.

    ``named``: one of them has to name the client id, which the application does not know otherwise.
    """
    problem = ""
    for container in map(mapping, listed(mapping(pod.get("spec")).get("containers"))):
        variables = {
            str(entry.get("name")): entry.get("value") for entry in map(mapping, listed(container.get("env")))
        }
        if _TOKEN_FILE not in variables:
            problem = problem or f"container {container.get('name')} has no {_TOKEN_FILE}"
        elif named and str(variables.get(_CLIENT_ID, "")).lower() != client_id.lower():
            problem = (
                f"{_CLIENT_ID} is {variables.get(_CLIENT_ID) or 'missing'}, and the identity's is {client_id}"
            )
        else:
            return ""
    return problem


def _running(pods: Sequence[Manifest]) -> list[Manifest]:
    return [pod for pod in pods if mapping(pod.get("status")).get("phase") not in ("Succeeded", "Failed")]


def restart(subject: Subject, pod: Manifest | None = None) -> str:
    """The command that replaces the pods."""
    namespace = f"--namespace {subject.namespace}"
    for owner in subject.workload.pods:
        if owner.kind in ("Deployment", "StatefulSet", "DaemonSet"):
            return f"kubectl rollout restart {owner.kind.lower()} {known(owner.name)} {namespace}"
    name = name_of(pod) if pod else f"--selector app.kubernetes.io/name={subject.name}"
    return f"kubectl delete pod {name} {namespace}"


def ready(observed: Observed, subject: Subject) -> Iterator[Finding]:
    """Pods that run and are ready; else why they are not."""
    about = subject.about("pods")
    cluster = observed.kubernetes(subject.cluster_id)
    if not subject.workload.pods:
        pods = cluster.pods_of(subject.workload)
        if not pods:
            yield about.fine("another tool deploys them, and none runs")
            return
        yield _pods_of(cluster, subject, pods, len(pods))
    for owner in subject.workload.pods:
        live = cluster.owner(owner)
        if live is None:
            yield about.wrong(f"{owner.kind} {known(owner.name)} does not exist", mend(subject.stack))
            continue
        yield _of_owner(cluster, subject, owner, live)


def _of_owner(cluster: LiveCluster, subject: Subject, owner: PodOwner, live: Manifest) -> Finding:
    about, label = subject.about("pods"), f"{owner.kind} {known(owner.name)}"
    spec, status = mapping(live.get("spec")), mapping(live.get("status"))
    pods = cluster.pods_of(subject.workload)
    if owner.kind == "CronJob":
        if not pods:
            return about.fine(f"{label} has not run yet")
        return _pods_of(cluster, subject, pods[-1:], 1)
    if owner.kind == "Job" and condition(live, "Complete").get("status") == "True":
        return about.fine(f"{label} has completed")
    expected = {
        "DaemonSet": status.get("desiredNumberScheduled", 0),
        "Pod": 1,
        "Job": spec.get("parallelism", 1),
    }
    count = expected.get(owner.kind, spec.get("replicas", 1))
    if not count:
        return about.fine(f"{label} has no pods: it is scaled to 0")
    if owner.kind == "Pod":
        pods = [live]
    return _pods_of(cluster, subject, pods, int(count), live)


def _pods_of(
    cluster: LiveCluster,
    subject: Subject,
    pods: Sequence[Manifest],
    count: int,
    owner: Manifest | None = None,
) -> Finding:
    about = subject.about("pods")
    good = [pod for pod in pods if is_ready(pod)]
    if len(good) >= count:
        return about.fine(f"{len(good)} of {count} ready")
    text = f"{len(good)} of {count} ready"
    bad = [pod for pod in pods if not is_ready(pod)]
    names = {name_of(pod) for pod in bad} | ({name_of(owner)} if owner else set())
    names |= {_reference(pod) for pod in bad} - {""}
    if owner and not pods:
        names |= _children(cluster, subject, owner)
    for symptom in _symptoms(cluster, subject.namespace, bad, names):
        if explain(symptom):
            return about.wrong(f"{text}: {_short(symptom.text)}", symptom=symptom)
    for symptom in _symptoms(cluster, subject.namespace, bad, names):
        return about.wrong(
            f"{text}: {_short(symptom.text)}", f"kubectl describe pods --namespace {subject.namespace}"
        )
    state: State = "waiting" if _is_starting([*bad, *([owner] if owner else [])]) else "wrong"
    return about.wrong(text, f"kubectl get events --namespace {subject.namespace}", state=state)


def is_ready(pod: Manifest) -> bool:
    return (
        mapping(pod.get("status")).get("phase") == "Succeeded"
        or condition(pod, "Ready").get("status") == "True"
    )


def _symptoms(
    cluster: LiveCluster, namespace: str, pods: Sequence[Manifest], names: set[str]
) -> Iterator[Symptom]:
    """Reasons that pods are not ready: their containers' states first, then the events."""
    for pod in pods:
        status = mapping(pod.get("status"))
        for container in map(
            mapping, [*listed(status.get("initContainerStatuses")), *listed(status.get("containerStatuses"))]
        ):
            waiting = mapping(mapping(container.get("state")).get("waiting"))
            if waiting.get("reason") in _FINAL:
                text = f"{waiting['reason']}: {waiting.get('message') or container.get('name')}"
                yield Symptom(text=text, reason=str(waiting["reason"]), part="kubernetes")
        scheduled = condition(pod, "PodScheduled")
        if scheduled.get("status") == "False" and scheduled.get("message"):
            yield Symptom(
                text=str(scheduled["message"]), reason=str(scheduled.get("reason")), part="kubernetes"
            )
    for event in cluster.warnings_of(namespace, names):
        yield Symptom(
            text=str(event.get("message", "")), reason=str(event.get("reason", "")), part="kubernetes"
        )


def _reference(pod: Manifest) -> str:
    owners = listed(metadata(pod).get("ownerReferences"))
    return str(mapping(owners[0]).get("name", "")) if owners else ""


def _children(cluster: LiveCluster, subject: Subject, owner: Manifest) -> set[str]:
    """ReplicaSets of a Deployment that may not create its pods."""
    sets = cluster.items("apps/v1", "replicasets", subject.namespace)
    return {name_of(item) for item in sets if _reference(item) == name_of(owner)}


def _is_starting(manifests: Sequence[Manifest]) -> bool:
    """Whether something is so young that its start may still succeed."""
    times = [moment(metadata(manifest).get("creationTimestamp")) for manifest in manifests]
    return any(time is not None and age(time) < _STARTS for time in times)


def started(pod: Manifest) -> datetime | None:
    """When the pod's last container that runs was started: it has the variables of that moment."""
    statuses = map(mapping, listed(mapping(pod.get("status")).get("containerStatuses")))
    times = [
        moment(mapping(mapping(entry.get("state")).get("running")).get("startedAt")) for entry in statuses
    ]
    known_times = [time for time in times if time]
    return min(known_times) if known_times else moment(mapping(pod.get("status")).get("startTime"))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 300 else f"{line[:300]} …"
