"""A Kustomize component per workload: patches by the name of the object that deploys the pods.

https://kubectl.docs.kubernetes.io/guides/config_management/components
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from operations.handover.pods import HandedOver, Manifest

_TEMPLATES: Final = "(DaemonSet|Deployment|Job|ReplicaSet|StatefulSet)"


def component(workload: HandedOver) -> dict[str, Manifest]:
    """File name → contents."""
    patches = {
        file: _named(workload.target.name, {"apiVersion": version, "kind": kind, **body(workload.pod)})
        for file, (_, version, kind, body) in _PATCHES.items()
    }
    name = workload.target.name.replace(".", r"\.")
    return {
        "kustomization.yaml": {
            "apiVersion": "kustomize.config.k8s.io/v1alpha1",
            "kind": "Component",
            "patches": [
                {"path": file, "target": {"kind": kinds, "name": name}}
                for file, (kinds, *_) in _PATCHES.items()
            ],
        },
        **patches,
    }


def _named(name: str, patch: Manifest) -> Manifest:
    """The patch with a name. The target decides what is patched; the name is what Kustomize requires."""
    metadata = {"name": name, **patch.get("metadata", {})}
    return {
        "apiVersion": patch["apiVersion"],
        "kind": patch["kind"],
        "metadata": metadata,
        "spec": patch["spec"],
    }


def _in_template(pod: Manifest) -> Manifest:
    return {"spec": {"template": pod}}


def _in_job_template(pod: Manifest) -> Manifest:
    return {"spec": {"jobTemplate": {"spec": {"template": pod}}}}


def _in_pod(pod: Manifest) -> Manifest:
    return pod


_PATCHES: Final[dict[str, tuple[str, str, str, Callable[[Manifest], Manifest]]]] = {
    "pod-template.yaml": (_TEMPLATES, "apps/v1", "Deployment", _in_template),
    "cron-job.yaml": ("CronJob", "batch/v1", "CronJob", _in_job_template),
    "pod.yaml": ("Pod", "v1", "Pod", _in_pod),
}
"""File of the patch → kinds that it patches (a regular expression), and its own form."""
