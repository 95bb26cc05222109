"""Workloads: one bundle per technique. ``WORKLOADS`` is the one place that knows them all."""

from components.workloads.args import WorkloadArgs
from components.workloads.base import Workload
from components.workloads.pod import Pod, WorkloadKind
from components.workloads.technique import Technique, TechniqueSpec
from components.workloads.techniques.csi import CsiWorkload
from components.workloads.techniques.csi_access_modes import Access
from components.workloads.techniques.dapr import DaprWorkload
from components.workloads.techniques.dapr_app import DaprApp, LogLevel
from components.workloads.techniques.eso import EsoWorkload
from components.workloads.techniques.eso_policies import CreationPolicy, DeletionPolicy, RefreshPolicy, Sync
from components.workloads.techniques.kubernetes_secret import KubernetesSecretWorkload
from components.workloads.techniques.sdk import SdkWorkload
from components.workloads.vault_objects import (
    Capability,
    SecretKeyRef,
    SecretQuery,
    TemplatedSecret,
    VaultObject,
)

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
    "TemplatedSecret",
    "CreationPolicy",
    "DaprApp",
    "DeletionPolicy",
    "WorkloadKind",
    "LogLevel",
    "Pod",
    "RefreshPolicy",
    "SecretKeyRef",
    "SecretQuery",
    "Sync",
    "Technique",
    "TechniqueSpec",
    "VaultObject",
    "Capability",
    "Workload",
    "WorkloadArgs",
]
