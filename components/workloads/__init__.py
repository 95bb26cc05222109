"""Workloads: one bundle per technique. ``WORKLOADS`` is the one place that knows them all."""

from components.workloads.pod import Kind, Pod
from components.workloads.sdk import SdkWorkload
from components.workloads.workload import Technique, WantedObject, Workload, WorkloadArgs

WORKLOADS: dict[Technique, type[Workload]] = {
    Technique.SDK: SdkWorkload,
}

__all__ = ["WORKLOADS", "Kind", "Pod", "SdkWorkload", "Technique", "WantedObject", "Workload", "WorkloadArgs"]
