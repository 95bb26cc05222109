"""Operators: components that run once per cluster and serve all workloads. Each has its own file."""

from enum import StrEnum


class Operator(StrEnum):
    """An operator that serves custom resources, or changes pods, for all workloads."""

    CSI_DRIVER = "csi_driver"
    """Secrets Store CSI driver, with the Azure provider."""
    EXTERNAL_SECRETS = "external_secrets"
    """External Secrets Operator."""
    SYNC_CONTROLLER = "sync_controller"
    """Secrets Store Sync Controller, with the Azure provider."""
    AKV2K8S = "akv2k8s"
    """akv2k8s, the controller alone: it reads vaults as itself."""
    DAPR = "dapr"
    """Dapr's control plane with the sidecar injector."""
    RELOADER = "reloader"
    """Stakater Reloader: restarts pods when a Secret changes."""
