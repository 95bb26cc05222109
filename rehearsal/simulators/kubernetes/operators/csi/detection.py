"""The CSI driver and its Azure provider in a cluster: what of them runs, and with which settings.

https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options; values.yaml of both charts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.kinds import chart_name
from rehearsal.simulators.kubernetes.api.store import RELEASE, ObjectStore

ADDON: Final = "azureKeyvaultSecretsProvider"
"""https://learn.microsoft.com/azure/aks/csi-secrets-store-driver"""
PROVIDER_CHART: Final = "csi-secrets-store-provider-azure"
DRIVER_CHART: Final = "secrets-store-csi-driver"


@dataclass(frozen=True)
class CsiInstallation:
    """Parts of the driver that a cluster has."""

    driver: bool = False
    provider: bool = False
    rotates: bool = False
    syncs: bool = False
    windows: bool = False
    """Whether driver and provider run on Windows nodes too."""


def installed(objects: ObjectStore) -> CsiInstallation:
    """The add-on, whose driver always syncs Secrets, or the charts, whose switches are off by default."""
    addon = mapping(mapping(objects.cluster_properties.get("addonProfiles")).get(ADDON))
    if addon.get("enabled"):
        rotates = objects.world.matches(mapping(addon.get("config")).get("enableSecretRotation"), "true")
        return CsiInstallation(driver=True, provider=True, rotates=rotates, syncs=True, windows=True)
    driver, provider, rotates, syncs, windows = False, False, False, False, True
    for release in objects.all_of(RELEASE):
        chart, values = chart_name(release["spec"]["chart"]), mapping(release["spec"].get("values"))
        if chart in (PROVIDER_CHART, DRIVER_CHART):
            windows = windows and mapping(values.get("windows")).get("enabled", False) is True
        if chart == PROVIDER_CHART:
            provider, values = True, mapping(values.get(DRIVER_CHART))
        if chart == DRIVER_CHART or (chart == PROVIDER_CHART and values.get("install", True)):
            driver = True
            windows = windows and mapping(values.get("windows")).get("enabled", False) is True
            rotates = rotates or values.get("enableSecretRotation", False) is True
            syncs = syncs or mapping(values.get("syncSecret")).get("enabled", False) is True
    return CsiInstallation(driver, provider, rotates, syncs, windows and driver and provider)
