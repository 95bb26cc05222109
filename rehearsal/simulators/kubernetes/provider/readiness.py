"""Readiness of an object, for which pulumi-kubernetes waits. Here the cluster has settled already.

pulumi-kubernetes, provider/pkg/await: checker/pod/check.go (podError), daemonset.go, statefulset.go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.simulators.kubernetes.api.events import (
    EVENT,
    NOT_COMPLETED,
    REVISION,
    UNSCHEDULABLE,
    record_name,
)
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.server import ApiServer
from rehearsal.simulators.kubernetes.api.store import POD, Manifest, identity
from rehearsal.simulators.kubernetes.provider import wait_for
from rehearsal.simulators.kubernetes.provider.await_ import awaits


def unmet_conditions(cluster: ApiServer, manifest: Manifest) -> list[str] | None:
    """Events about an object with unmet conditions in `pulumi.com/waitFor`; None if all are met.

    Only a status that the simulated cluster writes is judged. A read does not wait (await.Read). Raises
    WaitForError.
    """
    conditions, (kind, namespace, name) = wait_for.expressions(manifest), identity(manifest)
    live = cluster.get(kind, namespace, name)
    if live is None or not cluster.reports_status(kind):
        return None
    if all(wait_for.is_met(condition, live) for condition in conditions):
        return None
    return why_not_ready(cluster, manifest)


def why_pods_not_ready(cluster: ApiServer, manifest: Manifest) -> list[str]:
    """As `why_not_ready`; empty for an object that the provider does not wait for."""
    return why_not_ready(cluster, manifest) if awaits(manifest) else []


def why_not_ready(cluster: ApiServer, manifest: Manifest) -> list[str]:
    """Reasons why the object's pods are not ready; the last entry is the event. Empty if they are ready."""
    kind, namespace, name = identity(manifest)
    event = cluster.get(EVENT, namespace, record_name(kind, name))
    if event is None:
        return []
    reason, message, about = event["reason"], event["message"], event["involvedObject"]
    if about["kind"] != "Pod" or (pod := cluster.get(POD, namespace, about["name"])) is None:
        return [f"{reason}: {message}"]
    if reason == UNSCHEDULABLE:
        # Shown once: statusFromCondition, of the condition PodScheduled.
        return [message]
    unready, waiting = _unready(event, pod)
    shown = about["name"] if namespace == "default" else f"{namespace}/{about['name']}"
    status = f"containers with unready status: [{' '.join(unready)}]{waiting}"
    return [f"[Pod {shown}]: {status}", f"{reason}: {message}"]


def waits_for_deletion(cluster: ApiServer, manifest: Manifest) -> bool:
    """Whether old pods of a DaemonSet run until a user deletes them (the update strategy OnDelete).

    await/daemonset.go waits for new pods; await/statefulset.go does not (processStatefulSetEvent).
    """
    kind, namespace, name = identity(manifest)
    awaited = kind.name == "DaemonSet" and awaits(manifest)
    return awaited and cluster.get(REVISION, namespace, record_name(kind, name)) is not None


def _unready(event: Mapping[str, Any], pod: Manifest) -> tuple[list[str], str]:
    """Names of the containers that are not ready, and what one of them waits for."""
    reason, message, about = event["reason"], event["message"], event["involvedObject"]
    containers = [
        str(container.get("name")) for container in mappings(mapping(pod.get("spec")).get("containers"))
    ]
    path = re.fullmatch(r"spec\.containers\{(.+)\}", str(about.get("fieldPath")))
    subject = path.group(1) if path else ""
    if reason == NOT_COMPLETED:
        return [name for name in containers if name != subject], ""
    if reason == "BackOff":
        place = f"{about['name']}_{about['namespace']}({pod['metadata']['uid']})"
        waiting = f"[CrashLoopBackOff] back-off 5m0s restarting failed container={subject} pod={place}"
        return [subject], waiting
    if reason == "Failed":
        return containers, f"[CreateContainerConfigError] {message.removeprefix('Error: ')}"
    return containers, ""
