"""Workloads: one bundle per technique. ``WORKLOADS`` is the one place that knows them all."""

from components.workloads.args import Technique, WorkloadArgs
from components.workloads.csi import CsiWorkload
from components.workloads.csi_access import Access
from components.workloads.dapr import DaprWorkload
from components.workloads.dapr_app import DaprApp, LogLevel
from components.workloads.eso import EsoWorkload
from components.workloads.kubernetes_secret import KubernetesSecretWorkload
from components.workloads.pod import Kind, Pod
from components.workloads.sdk import SdkWorkload
from components.workloads.sync import CreationPolicy, DeletionPolicy, RefreshPolicy, Sync
from components.workloads.wanted import ComposedValue, SecretKey, SoughtSecrets, WantedObject, Way
from components.workloads.workload import Workload

WORKLOADS: dict[Technique, type[Workload]] = {
    Technique.SDK: SdkWorkload,
    Technique.CSI: CsiWorkload,
    Technique.ESO: EsoWorkload,
    Technique.DAPR: DaprWorkload,
    Technique.KUBERNETES_SECRET: KubernetesSecretWorkload,
}

__all__ = [
    "WORKLOADS",
    "Access",
    "ComposedValue",
    "CreationPolicy",
    "DaprApp",
    "DeletionPolicy",
    "Kind",
    "LogLevel",
    "Pod",
    "RefreshPolicy",
    "SecretKey",
    "SoughtSecrets",
    "Sync",
    "Technique",
    "WantedObject",
    "Way",
    "Workload",
    "WorkloadArgs",
]
