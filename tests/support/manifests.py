"""Manifests that the simulated API server admits, which tests change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.simulators.kubernetes.api.fields import veiled
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.apiserver.openapi import declared
from rehearsal.simulators.kubernetes.apiserver.validation.rules import object_failures
from tests.support.acting import manifest

POD = "core/v1:Pod"
CONFIG_MAP = "core/v1:ConfigMap"
DEPLOYMENT = "apps/v1:Deployment"
RELEASE = "helm.sh/v3:Release"
ESO_RELEASE: Mapping[str, Any] = {
    "chart": "external-secrets",
    "name": "eso",
    "namespace": "eso",
    "createNamespace": True,
}
RESTRICTED: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
TOKENS = {
    **{kind: f"apps/v1:{kind}" for kind in ("Deployment", "StatefulSet", "DaemonSet")},
    **{kind: f"batch/v1:{kind}" for kind in ("Job", "CronJob")},
    "Pod": POD,
}


def container(name: str = "app", **more: Any) -> dict[str, Any]:
    return {"name": name, "image": "registry.example/app:1", **more}


def pod(name: str = "app", namespace: str = "default", **spec: Any) -> dict[str, Any]:
    return manifest("v1", "Pod", name, namespace, spec={"containers": [container()], **spec})


def template(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"labels": {"app": "app"}}, "spec": {"containers": [container()], **spec}}


def owner(
    kind: str, name: str = "app", namespace: str = "demo", pods: dict[str, Any] | None = None, **spec: Any
) -> dict[str, Any]:
    """An owner of pods; `pods` changes the `spec` of its template."""
    once = {"restartPolicy": "Never"} if kind in ("Job", "CronJob") else {}
    made = template(**{**once, **(pods or {})})
    if kind == "Job":
        return manifest("batch/v1", kind, name, namespace, spec={"template": made, **spec})
    if kind == "CronJob":
        return manifest(
            "batch/v1",
            kind,
            name,
            namespace,
            spec={"schedule": "0 5 * * 1", "jobTemplate": {"spec": {"template": made}}, **spec},
        )
    return manifest(
        "apps/v1",
        kind,
        name,
        namespace,
        spec={"selector": {"matchLabels": {"app": "app"}}, "template": made, **spec},
    )


def deployment(**spec: Any) -> dict[str, Any]:
    """A Deployment in the namespace `demo`."""
    return owner("Deployment", **spec)


def service(**spec: Any) -> dict[str, Any]:
    return manifest(
        "v1", "Service", "web", "default", spec={"selector": {"app": "app"}, "ports": [{"port": 80}], **spec}
    )


def misfits(object_: dict[str, Any]) -> list[str]:
    """Fields of an object that do not fit the newest version's declarations."""
    return declared("1.37.0").check(GroupVersionKind.of(object_), object_).misfits


def problems(object_: dict[str, Any], minor: int = 37) -> list[str]:
    """Messages of validation about an object."""
    group, kind = GroupVersionKind.of(object_).group, object_["kind"]
    return [failure.reason for failure in object_failures(group, kind, veiled(object_), minor)]


def labelled(name: str = "demo", **labels: str) -> dict[str, Any]:
    """A namespace with labels of Pod Security, such as `enforce` and `warn_version`."""
    namespace = manifest("v1", "Namespace", name)
    namespace["metadata"]["labels"] = {
        f"pod-security.kubernetes.io/{mode.replace('_', '-')}": value for mode, value in labels.items()
    }
    return namespace
