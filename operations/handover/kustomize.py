"""A Kustomize component per workload: patches by the name of the object that deploys the pods.

https://kubectl.docs.kubernetes.io/guides/config_management/components
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from operations.handover.pods import HandedOver, Manifest

ACCOUNT: Final = "service-account.yaml"
"""The patch of a ServiceAccount that another tool owns."""
_TEMPLATES: Final = "(DaemonSet|Deployment|Job|ReplicaSet|StatefulSet)"


def component(workload: HandedOver) -> dict[str, Manifest]:
    """File name → contents."""
    patches = {
        file: _named(workload.target.name, {"apiVersion": version, "kind": kind, **body(workload.pod)})
        for file, (_, version, kind, body) in _PATCHES.items()
    }
    name = workload.target.name.replace(".", r"\.")
    targets = [
        {"path": file, "target": {"kind": kinds, "name": name}} for file, (kinds, *_) in _PATCHES.items()
    ]
    if workload.account_annotations is not None:
        account = workload.service_account
        patches[ACCOUNT] = {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": account, "annotations": dict(workload.account_annotations)},
        }
        of_name = {"kind": "ServiceAccount", "name": account.replace(".", r"\.")}
        targets.append({"path": ACCOUNT, "target": of_name})
    return {
        "kustomization.yaml": {
            "apiVersion": "kustomize.config.k8s.io/v1alpha1",
            "kind": "Component",
            "patches": targets,
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
