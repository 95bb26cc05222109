"""Workloads: one bundle per technique. ``WORKLOADS`` is the one place that knows them all."""

from components.workloads.sdk import SdkWorkload
from components.workloads.workload import Kind, Technique, Workload, WorkloadArgs

WORKLOADS: dict[Technique, type[Workload]] = {
    Technique.SDK: SdkWorkload,
}

__all__ = ["WORKLOADS", "Kind", "SdkWorkload", "Technique", "Workload", "WorkloadArgs"]
