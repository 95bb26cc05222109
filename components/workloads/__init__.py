"""Workloads: one bundle per technique. ``WORKLOADS`` is the one place that knows them all."""

from components.workloads.csi import CsiWorkload
from components.workloads.csi_access import Access
from components.workloads.kubernetes_secret import KubernetesSecretWorkload
from components.workloads.pod import Kind, Pod
from components.workloads.sdk import SdkWorkload
from components.workloads.wanted import SecretKey, WantedObject, Way
from components.workloads.workload import Technique, Workload, WorkloadArgs

WORKLOADS: dict[Technique, type[Workload]] = {
    Technique.SDK: SdkWorkload,
    Technique.CSI: CsiWorkload,
    Technique.KUBERNETES_SECRET: KubernetesSecretWorkload,
}

__all__ = ["WORKLOADS", "Access", "Kind", "Pod", "SecretKey", "Technique", "WantedObject", "Way", "Workload", "WorkloadArgs"]
