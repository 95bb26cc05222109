"""Cluster extensions, mainly Microsoft.Dapr.

https://learn.microsoft.com/azure/aks/cluster-extensions, .../aks/dapr, .../aks/dapr-settings,
.../aks/dapr-migration;
https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/extensions/troubleshoot-dapr-extension-installation-errors
("the troubleshooting page"). Not simulated: the available versions and regions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.azure import managedidentity
from rehearsal.simulators.azure.arm import TENANT, ArmError, Write, response, rule

EXTENSION: Final = "azure-native:kubernetesconfiguration:Extension"
_DAPR: Final = "microsoft.dapr"
_NAMESPACE: Final = "dapr-system"
_NEWEST: Final = "1.14.4-msft.10"
"""The version in the example of https://learn.microsoft.com/azure/aks/dapr; real newest versions change."""
_FIXED: Final = ("global.ha.", "dapr_placement.")


def _failed(why: str) -> ArmError:
    return ArmError(
        400, "ExtensionOperationFailed", f"The extension operation failed with the following error:  {why}"
    )


def _installing(why: str, doing: str = "Installing") -> ArmError:
    return _failed(
        f"Error: {{{why}}} occurred while doing the operation : {{{doing} the extension}} on the config"
    )


def _type(properties: Mapping[str, Any]) -> str:
    return str(properties.get("extensionType", "")).lower()


def _settings(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for part in ("configurationSettings", "configurationProtectedSettings")
        for name, value in (properties.get(part) or {}).items()
    }


@rule(EXTENSION)
def one_of_a_type(write: Write) -> None:
    """A cluster has one extension of a type: two would install the same objects.

    ARM's message is not published.
    """
    cluster = write.id.rsplit("/providers/", 1)[0]
    for other in write.world.of_type(EXTENSION, below=cluster):
        if other.id.lower() != write.id.lower() and _type(other.properties) == _type(write.body):
            name = other.id.rsplit("/", 1)[1]
            raise ArmError(
                409,
                "Conflict",
                (
                    f"The extension type '{_type(write.body)}' is installed on this cluster already, by the "
                    f"extension '{name}'."
                ),
            )


@rule(EXTENSION)
def type_stays(write: Write) -> None:
    """The type of an extension is immutable. ARM's message is not published."""
    current = write.current_value("extensionType")
    if current is not None and str(current).lower() != _type(write.body):
        raise ArmError(400, "BadRequest", "The property 'extensionType' of an extension cannot be changed.")


@rule(EXTENSION)
def version_is_valid(write: Write) -> None:
    """The version has a valid form (scenario 2 of the troubleshooting page); its existence is not checked."""
    version = write.requested_value("version")
    if version is not None and not re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", str(version)):
        raise _failed("Failed to resolve the extension version from the given values.")


@rule(EXTENSION)
def dapr_settings_are_chart_values(write: Write) -> None:
    """Settings fit the chart: global.ha.enabled, not global.ha (scenario 1 of the troubleshooting page)."""
    if _type(write.body) == _DAPR and "global.ha" in _settings(write.body):
        file = "dapr/charts/dapr_sidecar_injector/templates/dapr_sidecar_injector_poddisruptionbudget.yaml"
        raise _installing(
            f"failed to install chart from path [] for release [{write.name}]: err [template: {file}:1:17: "
            f'executing "{file}" at '
            "<.Values.global.ha.enabled>: can't evaluate field enabled in type interface {}]"
        )


@rule(EXTENSION)
def settings_of_its_stateful_sets_stay(write: Write) -> None:
    """`global.ha.*` and `dapr_placement.*` are immutable, as the fields of the StatefulSet behind them are.

    https://learn.microsoft.com/azure/aks/dapr-settings#update-configuration-settings, .../dapr-migration. The
    message of the upgrade is Kubernetes' (ValidateStatefulSetUpdate in
    pkg/apis/apps/validation/validation.go), inside the message of a failed installation.
    """
    if write.current is None or _type(write.body) != _DAPR:
        return
    current = _settings(write.world.resolve_hashes(write.current.properties, write.body))
    requested = _settings(write.body)
    for name in sorted({*current, *requested}):
        if name.startswith(_FIXED) and _text(name, current) != _text(name, requested):
            raise _installing(
                f"failed to upgrade chart from path [] for release [{write.name}]: err [cannot patch "
                '"dapr-placement-server" with kind '
                'StatefulSet: StatefulSet.apps "dapr-placement-server" is invalid: spec: Forbidden: updates '
                "to statefulset spec for "
                "fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
                "'revisionHistoryLimit', "
                "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden] (setting "
                f"{name})",
                "Updating",
            )


@rule(EXTENSION)
def dapr_is_not_installed_by_helm(write: Write) -> None:
    """No Helm release of Dapr exists, unless the settings name it as the release to take over.

    Scenario 4 of the troubleshooting page; https://learn.microsoft.com/azure/aks/dapr-migration. The Azure
    CLI prompts for the release, ARM does not.
    """
    if write.current is not None or _type(write.body) != _DAPR:
        return
    cluster, settings = write.id.rsplit("/providers/", 1)[0].lower(), _settings(write.body)
    adopted = (settings.get("existingDaprReleaseName"), settings.get("existingDaprReleaseNamespace"))
    for release in write.world.kubernetes.get(cluster, {}).values():
        if (
            release["kind"] != "Release"
            or str(release["spec"]["chart"]).rstrip("/").rsplit("/", 1)[-1] != "dapr"
        ):
            continue
        name, namespace = release["metadata"]["name"], release["metadata"]["namespace"]
        if adopted != (name, namespace):
            raise _installing(
                f"failed to install chart from path [] for release [{write.name}]: err [rendered manifests "
                "contain a resource that already exists. Unable to continue with install: ServiceAccount "
                f'"dapr-operator" in namespace "{namespace}" exists and cannot be imported into the current '
                "release: invalid ownership metadata; annotation validation error: key "
                f'"meta.helm.sh/release-name" must equal "{write.name}": current value is "{name}"]'
            )


@response(EXTENSION)
def _extension(write: Write) -> dict[str, Any]:
    """The requested version, if there is one and upgrades are off; otherwise the newest."""
    version = write.requested_value("version")
    upgrades = write.requested_value("autoUpgradeMinorVersion")
    upgrades = version is None if upgrades is None else upgrades
    answer: dict[str, Any] = {
        "provisioningState": "Succeeded",
        "autoUpgradeMinorVersion": upgrades,
        "releaseTrain": write.requested_value("releaseTrain") or "stable",
        "currentVersion": (write.current_value("currentVersion") or _NEWEST)
        if version is None or upgrades
        else version,
        "isSystemExtension": False,
        "statuses": [],
    }
    if _type(write.body) == _DAPR and not write.requested_value("scope"):
        answer["scope"] = {"cluster": {"releaseNamespace": _NAMESPACE}}
    if write.requested_value("identity", "type") == "SystemAssigned":
        principal = managedidentity.new_identity(write.world, write.id, write.serial, write.name)
        answer["identity"] = {
            "type": "SystemAssigned",
            "principalId": principal.object_id,
            "tenantId": TENANT,
        }
    return answer


def _text(name: str, settings: Mapping[str, Any]) -> str | None:
    """A setting as lower-case text. Without a setting the extension installs high availability."""
    value = settings.get(name, "true" if name == "global.ha.enabled" else None)
    return None if value is None else str(value).lower()
