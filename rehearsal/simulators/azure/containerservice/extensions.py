"""Cluster extensions, Microsoft.Dapr above all.

https://learn.microsoft.com/azure/aks/cluster-extensions, .../aks/dapr, .../aks/dapr-settings, .../aks/dapr-migration;
https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/extensions/troubleshoot-dapr-extension-installation-errors ("the
troubleshooting page"). Which versions there are, and in which regions, is not simulated.
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
"""The example of https://learn.microsoft.com/azure/aks/dapr; what is the newest changes."""
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
    """Two of a type would install the same things twice. ARM's wording is not published: these words are ours."""
    cluster = write.id.rsplit("/providers/", 1)[0]
    for other in write.world.of_type(EXTENSION, below=cluster):
        if other.id.lower() != write.id.lower() and _type(other.properties) == _type(write.body):
            name = other.id.rsplit("/", 1)[1]
            raise ArmError(
                409,
                "Conflict",
                f"The extension type '{_type(write.body)}' is installed on this cluster already, by the extension '{name}'.",
            )


@rule(EXTENSION)
def type_stays(write: Write) -> None:
    """An extension is of one type for good. ARM's wording is not published: these words are ours."""
    was = write.current_value("extensionType")
    if was is not None and str(was).lower() != _type(write.body):
        raise ArmError(400, "BadRequest", "The property 'extensionType' of an extension cannot be changed.")


@rule(EXTENSION)
def version_is_one(write: Write) -> None:
    """Scenario 2 of the troubleshooting page. Of a version only its form is judged."""
    version = write.requested_value("version")
    if version is not None and not re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", str(version)):
        raise _failed("Failed to resolve the extension version from the given values.")


@rule(EXTENSION)
def settings_are_the_chart_s(write: Write) -> None:
    """Scenario 1 of the troubleshooting page: global.ha where global.ha.enabled is meant."""
    if _type(write.body) == _DAPR and "global.ha" in _settings(write.body):
        file = "dapr/charts/dapr_sidecar_injector/templates/dapr_sidecar_injector_poddisruptionbudget.yaml"
        raise _installing(
            f'failed to install chart from path [] for release [{write.name}]: err [template: {file}:1:17: executing "{file}" at '
            "<.Values.global.ha.enabled>: can't evaluate field enabled in type interface {}]"
        )


@rule(EXTENSION)
def settings_of_its_stateful_sets_stay(write: Write) -> None:
    """`global.ha.*` and `dapr_placement.*` need another extension: a Helm upgrade may not change a StatefulSet so
    (https://learn.microsoft.com/azure/aks/dapr-settings#update-configuration-settings, .../dapr-migration). The words of the upgrade are
    Kubernetes' own (ValidateStatefulSetUpdate in pkg/apis/apps/validation/validation.go), those around them as when it is installed.
    """
    if write.current is None or _type(write.body) != _DAPR:
        return
    was, now = (
        _settings(write.world.resolve_hashes(write.current.properties, write.body)),
        _settings(write.body),
    )
    for name in sorted({*was, *now}):
        if name.startswith(_FIXED) and _text(name, was) != _text(name, now):
            raise _installing(
                f'failed to upgrade chart from path [] for release [{write.name}]: err [cannot patch "dapr-placement-server" with kind '
                'StatefulSet: StatefulSet.apps "dapr-placement-server" is invalid: spec: Forbidden: updates to statefulset spec for '
                "fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
                f"'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden] (setting {name})",
                "Updating",
            )


@rule(EXTENSION)
def dapr_is_not_there_by_helm(write: Write) -> None:
    """Scenario 4 of the troubleshooting page, unless the settings say that the extension takes the release over
    (https://learn.microsoft.com/azure/aks/dapr-migration); the Azure CLI asks for that, ARM does not.
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
        found = (release["metadata"]["name"], release["metadata"]["namespace"])
        if adopted != found:
            raise _installing(
                f"failed to install chart from path [] for release [{write.name}]: err [rendered manifests contain a resource that already "
                f'exists. Unable to continue with install: ServiceAccount "dapr-operator" in namespace "{found[1]}" exists and cannot be '
                "imported into the current release: invalid ownership metadata; annotation validation error: key "
                f'"meta.helm.sh/release-name" must equal "{write.name}": current value is "{found[0]}"]'
            )


@response(EXTENSION)
def _extension(write: Write) -> dict[str, Any]:
    """A version that is given holds if nothing upgrades it: without one, and with automatic upgrades, it is the newest."""
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
    """What is not given is as the extension installs it: with high availability."""
    value = settings.get(name, "true" if name == "global.ha.enabled" else None)
    return None if value is None else str(value).lower()
