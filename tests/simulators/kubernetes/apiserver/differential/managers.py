"""Owners of `spec.replicas`: the same steps by several managers on a real API server and the simulated one.

https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from rehearsal.real_cluster.client import Client
from rehearsal.real_cluster.nodes import MERGE
from rehearsal.simulators.kubernetes.api.errors import ConflictError
from rehearsal.simulators.kubernetes.api.store import Manifest
from rehearsal.simulators.kubernetes.controllers import autoscaling

KINDS: Final = ("Deployment", "StatefulSet")


@dataclass(frozen=True, kw_only=True)
class Apply:
    """The program applies the object with this number. None: without one."""

    replicas: int | None
    force: bool = False


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Another manager writes the subresource `scale`."""

    replicas: int
    manager: str = autoscaling.CONTROLLER


Step = Apply | Scale
SEQUENCES: Final[Mapping[str, Sequence[Step]]] = {
    "alone": (Apply(replicas=2), Apply(replicas=3), Apply(replicas=None), Apply(replicas=4)),
    "another number": (Apply(replicas=2), Scale(replicas=5), Apply(replicas=3)),
    "the same number": (Apply(replicas=2), Scale(replicas=5), Apply(replicas=5), Apply(replicas=3)),
    "by a person": (Apply(replicas=2), Scale(replicas=5, manager="kubectl"), Apply(replicas=2)),
    "forced": (Apply(replicas=2), Scale(replicas=5), Apply(replicas=3, force=True), Apply(replicas=4)),
    "forced, the same number": (
        *(Apply(replicas=2), Scale(replicas=5), Apply(replicas=5, force=True), Apply(replicas=4)),
    ),
    "left out": (Apply(replicas=2), Scale(replicas=5), Apply(replicas=None), Apply(replicas=3)),
    "left out from the start": (Apply(replicas=None), Scale(replicas=5), Apply(replicas=None)),
    "given later": (Apply(replicas=None), Scale(replicas=5), Apply(replicas=3)),
    "owned again": (
        *(Apply(replicas=None), Scale(replicas=5), Apply(replicas=3), Scale(replicas=4), Apply(replicas=3)),
    ),
    "given up": (Apply(replicas=2), Apply(replicas=None), Scale(replicas=5), Apply(replicas=3)),
    "never owned": (
        *(Apply(replicas=None), Scale(replicas=5), Scale(replicas=6), Apply(replicas=None)),
        *(Scale(replicas=7), Apply(replicas=6, force=True), Scale(replicas=2), Apply(replicas=6)),
    ),
    "the same, never owned": (
        *(Apply(replicas=None), Scale(replicas=5), Apply(replicas=5), Scale(replicas=6), Apply(replicas=5)),
    ),
    "scaled again": (
        *(Apply(replicas=2), Scale(replicas=5), Apply(replicas=3, force=True), Scale(replicas=6)),
        *(Apply(replicas=3), Apply(replicas=6)),
    ),
    "two scalers": (
        *(Apply(replicas=2), Scale(replicas=5), Scale(replicas=6, manager="kubectl"), Apply(replicas=3)),
    ),
    "scaled to what it is": (Apply(replicas=2), Scale(replicas=2), Apply(replicas=3)),
}


@dataclass(frozen=True)
class After:
    """Result of a step."""

    replicas: int
    conflict: str = ""


def real_outcomes(client: Client, kind: str, name: str, steps: Sequence[Step]) -> Iterator[After]:
    replicas = 1
    for step in steps:
        object_ = _object(kind, name, getattr(step, "replicas", None))
        conflict = ""
        try:
            if isinstance(step, Apply):
                answer = client.apply(object_, force=step.force)
            else:
                path = f"{client.path_of(object_, 'scale')}?{urlencode({'fieldManager': step.manager})}"
                answer = client.request("PATCH", path, {"spec": {"replicas": step.replicas}}, MERGE)
            replicas = answer["spec"]["replicas"]
        except ConflictError as error:
            conflict = str(error)
        yield After(replicas, conflict)


def simulated_outcomes(kind: str, name: str, steps: Sequence[Step]) -> Iterator[After]:
    live: Manifest = {}
    for step in steps:
        conflict = ""
        if isinstance(step, Scale):
            live = autoscaling.scaled(live, step.replicas, step.manager)
        else:
            object_ = _object(kind, name, step.replicas)
            conflict = "" if step.force else autoscaling.conflict(object_, live)
            if not conflict:
                live = dict(autoscaling.applied(object_, live, force=step.force))
        # The simulated cluster stores no defaults.
        yield After(live["spec"].get("replicas", 1), conflict)


def _object(kind: str, name: str, replicas: int | None) -> dict[str, Any]:
    number = {} if replicas is None else {"replicas": replicas}
    more = {"serviceName": name} if kind == "StatefulSet" else {}
    labels = {"app": name}
    pod = {"containers": [{"name": "app", "image": "registry.example/app:1"}]}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            **number,
            **more,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }
