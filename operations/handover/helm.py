"""Helm values per workload, under keys that common charts take."""

from __future__ import annotations

from typing import Final

from operations.handover.pods import HandedOver, Manifest

KEYS: Final = {
    "podLabels": ("podLabels", "podLabels"),
    "podAnnotations": ("podAnnotations", "podAnnotations"),
    "serviceAccount": ("serviceAccount", "serviceAccount"),
    "extraEnv": ("–", "extraEnvVars"),
    "extraEnvFrom": ("–", "extraEnvVarsSecret: the name of one Secret"),
    "extraVolumes": ("volumes", "extraVolumes"),
    "extraVolumeMounts": ("volumeMounts", "extraVolumeMounts"),
}
"""Key → its name in a chart of `helm create`, and in Bitnami's charts. –: the template has to take it."""


def values(workload: HandedOver) -> Manifest:
    """The values, without empty ones."""
    container = workload.container
    every: Manifest = {
        "podLabels": workload.metadata.get("labels"),
        "podAnnotations": workload.metadata.get("annotations"),
        "serviceAccount": _account(workload),
        "extraEnv": container.get("env"),
        "extraEnvFrom": container.get("envFrom"),
        "extraVolumes": workload.volumes,
        "extraVolumeMounts": container.get("volumeMounts"),
    }
    return {key: value for key, value in every.items() if value}


def _account(workload: HandedOver) -> Manifest:
    if workload.account_annotations is not None:
        return {"name": workload.service_account, "annotations": workload.account_annotations}
    # The ServiceAccount exists: a chart that made it would take its annotations away.
    return {"create": False, "name": workload.service_account}
