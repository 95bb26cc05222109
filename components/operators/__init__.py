"""What a technique needs in the cluster once: one file each."""

from enum import StrEnum


class Operator(StrEnum):
    """Something in the cluster that serves custom resources, or acts on pods, for every workload."""

    CSI_DRIVER = "csi_driver"
    """Secrets Store CSI driver, with the Azure provider."""
    EXTERNAL_SECRETS = "external_secrets"
    """External Secrets Operator."""
    DAPR = "dapr"
    """Dapr's control plane, with the injector of its sidecars."""
    RELOADER = "reloader"
    """Stakater Reloader: new pods when a Secret changes."""
