"""The versions to which AKS upgrades a cluster and its nodes on its own. The time of day is in
maintenance.py.

https://learn.microsoft.com/azure/aks/auto-upgrade-cluster
"""

from enum import StrEnum


class UpgradeChannel(StrEnum):
    """Kubernetes versions to which AKS upgrades the cluster on its own."""

    NONE = "none"
    PATCH = "patch"
    STABLE = "stable"
    RAPID = "rapid"
    NODE_IMAGE = "node-image"

    @property
    def changes_minor_version(self) -> bool:
        """AKS upgrades to later minor versions too. Sending the first one again would request a downgrade:
        pulumi-azure-native#2059
        """
        return self in (UpgradeChannel.STABLE, UpgradeChannel.RAPID)


class NodeOsUpgradeChannel(StrEnum):
    """Operating system updates that AKS installs on the nodes on its own."""

    NONE = "None"
    UNMANAGED = "Unmanaged"
    SECURITY_PATCH = "SecurityPatch"
    NODE_IMAGE = "NodeImage"
