"""The CSI driver and its Azure provider in a cluster: what of them runs, and with which settings.

https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options; values.yaml of both charts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import chart_name
from rehearsal.simulators.kubernetes.api.store import RELEASE, ObjectStore

ADDON: Final = "azureKeyvaultSecretsProvider"
"""https://learn.microsoft.com/azure/aks/csi-secrets-store-driver"""
PROVIDER_CHART: Final = "csi-secrets-store-provider-azure"
DRIVER_CHART: Final = "secrets-store-csi-driver"
AUDIENCES: Final = frozenset({"api://AzureADTokenExchange", "api://AKSIdentityBinding"})
"""tokenRequests in values.yaml of the provider's chart."""
_TOKEN_PROXY_SINCE: Final = (1, 8, 1)


@dataclass(frozen=True)
class CsiInstallation:
    """Parts of the driver that a cluster has."""

    driver: bool = False
    provider: bool = False
    rotates: bool = False
    syncs: bool = False
    windows: bool = False
    """Whether driver and provider run on Windows nodes too."""
    token_proxy: bool = False
    """Whether the provider is 1.8.1 or newer, so that it knows `useAzureTokenProxy`."""
    token_audiences: frozenset[str] = AUDIENCES
    """Audiences of the pod's tokens that the driver passes on."""


def installed(objects: ObjectStore) -> CsiInstallation:
    """The add-on, whose driver always syncs Secrets, or the charts, whose switches are off by default.

    The add-on's provider is 1.7.2 in AKS' node images of August 2026, which knows no token proxy
    (Azure/AgentBaker, parts/common/components.json).
    """
    addon = mapping(mapping(objects.cluster_properties.get("addonProfiles")).get(ADDON))
    if addon.get("enabled"):
        rotates = objects.world.matches(mapping(addon.get("config")).get("enableSecretRotation"), "true")
        return CsiInstallation(driver=True, provider=True, rotates=rotates, syncs=True, windows=True)
    driver, provider, rotates, syncs, windows = False, False, False, False, True
    token_proxy, audiences = False, AUDIENCES
    for release in objects.all_of(RELEASE):
        chart, values = chart_name(release["spec"]["chart"]), mapping(release["spec"].get("values"))
        if chart in (PROVIDER_CHART, DRIVER_CHART):
            windows = windows and mapping(values.get("windows")).get("enabled", False) is True
        if chart == PROVIDER_CHART:
            provider, values = True, mapping(values.get(DRIVER_CHART))
            token_proxy = _has_token_proxy(str(release["spec"].get("version") or ""))
        if chart == DRIVER_CHART or (chart == PROVIDER_CHART and values.get("install", True)):
            driver = True
            windows = windows and mapping(values.get("windows")).get("enabled", False) is True
            rotates = rotates or values.get("enableSecretRotation", False) is True
            syncs = syncs or mapping(values.get("syncSecret")).get("enabled", False) is True
            if "tokenRequests" in values:
                audiences = frozenset(str(item.get("audience")) for item in mappings(values["tokenRequests"]))
    return CsiInstallation(
        driver, provider, rotates, syncs, windows and driver and provider, token_proxy, audiences
    )


def _has_token_proxy(version: str) -> bool:
    """Whether a version of the chart, which is the provider's, knows the token proxy. Empty: the newest."""
    numbers = version.split("-")[0].split(".")
    return not version or tuple(int(part) for part in numbers if part.isdecimal()) >= _TOKEN_PROXY_SINCE
