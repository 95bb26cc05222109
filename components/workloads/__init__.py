"""Workloads: one bundle per technique, in the file of techniques/ that has the technique's name."""

import importlib

from components.workloads.args import WorkloadArgs
from components.workloads.base import Workload
from components.workloads.pod import Pod, WorkloadKind
from components.workloads.technique import Technique, TechniqueSpec
from components.workloads.techniques.csi_access_modes import TRUSTED_ACCESS, Access
from components.workloads.techniques.dapr_app import DaprApp, LogLevel
from components.workloads.techniques.eso_policies import CreationPolicy, DeletionPolicy, RefreshPolicy, Sync
from components.workloads.techniques.eso_pushes import Password, Push
from components.workloads.vault_objects import (
    Capability,
    KeyRewrite,
    SecretKeyRef,
    SecretQuery,
    TemplatedSecret,
    VaultObject,
)


def _bundle(technique: Technique) -> type[Workload]:
    """The bundle class of a technique, in the file that has the technique's name."""
    module = importlib.import_module(f"{__name__}.techniques.{technique.value.replace('-', '_')}")
    return next(
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Workload) and kind.__module__ == module.__name__
    )


WORKLOADS: dict[Technique, type[Workload]] = {technique: _bundle(technique) for technique in Technique}

__all__ = [
    "TRUSTED_ACCESS",
    "WORKLOADS",
    "Access",
    "TemplatedSecret",
    "CreationPolicy",
    "DaprApp",
    "DeletionPolicy",
    "WorkloadKind",
    "LogLevel",
    "KeyRewrite",
    "Password",
    "Pod",
    "Push",
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
