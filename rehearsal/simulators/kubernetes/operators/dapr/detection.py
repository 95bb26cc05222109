"""Dapr in a cluster: a Helm release of the chart `dapr`, or the AKS extension Microsoft.Dapr.

dapr/dapr v1.18, charts/dapr; https://learn.microsoft.com/azure/aks/dapr and .../dapr-settings: the
extension's configuration settings are values of the same chart, as dotted names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.simulators.azure.containerservice.extensions import EXTENSION
from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping
from rehearsal.simulators.kubernetes.api.kinds import chart_name
from rehearsal.simulators.kubernetes.api.store import RELEASE, ObjectStore
from rehearsal.simulators.kubernetes.apiserver.discovery import extension_type, release_namespace
from rehearsal.simulators.world import World

CHART: Final = "dapr"
EXTENSION_TYPE: Final = "microsoft.dapr"
EXTENSION_NAMESPACE: Final = "dapr-system"
TRUE: Final = ("y", "yes", "true", "t", "on", "1")
"""Texts that count as true, in upper or lower case (IsTruthy in github.com/dapr/kit, strings/strings.go)."""
_RELOADS: Final = (1, 18)
"""First version whose sidecars see changes of Components and Configurations.

docs/release_notes/v1.18.0.md.
"""


@dataclass(frozen=True)
class DaprInstallation:
    """One installation. Texts among `values` may be hashes."""

    name: str
    namespace: str
    version: str
    """Empty: the newest."""
    values: Mapping[str, Any] = field(default_factory=dict)

    def value(self, path: str) -> Any:
        """Value at a dotted path; None if none is set."""
        if path in self.values:
            return self.values[path]
        value: Any = self.values
        for part in path.split("."):
            value = mapping(value).get(part)
        return value

    def on(self, world: World, path: str, default: bool) -> bool:
        value = self.value(path)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        return any(
            world.matches(value, text) for word in TRUE for text in (word, word.upper(), word.capitalize())
        )

    @property
    def reloads(self) -> bool:
        """Whether its sidecars see changes, unless a Configuration switches that."""
        match = re.match(r"v?(\d+)\.(\d+)", self.version)
        return match is None or (int(match[1]), int(match[2])) >= _RELOADS


def installed(objects: ObjectStore) -> DaprInstallation | None:
    """The installation of a cluster; None if there is none.

    A second one is refused, except an extension that takes over a release.
    """
    for extension in objects.world.of_type(EXTENSION, below=objects.id):
        if extension_type(extension) == EXTENSION_TYPE:
            properties = extension.properties
            values = {
                **mapping(properties.get("configurationSettings")),
                **mapping(properties.get("configurationProtectedSettings")),
            }
            return DaprInstallation(
                extension.id.rsplit("/", 1)[1],
                release_namespace(extension) or EXTENSION_NAMESPACE,
                str(properties.get("currentVersion", "")),
                values,
            )
    for release in objects.all_of(RELEASE):
        spec, metadata = release["spec"], release["metadata"]
        if chart_name(spec["chart"]) == CHART:
            version = spec.get("version", "")
            return DaprInstallation(
                metadata["name"],
                metadata["namespace"],
                "" if is_hashed(version) else str(version),
                mapping(spec.get("values")),
            )
    return None


def ownership_conflict(objects: ObjectStore, name: str, namespace: str) -> str:
    """Helm's refusal of a second installation, whose objects exist already; empty if there is none.

    Scenario 4 in
    https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/extensions/troubleshoot-dapr-extension-installation-errors;
    checkOwnership in helm/helm, pkg/action/validate.go. A ClusterRole is the first thing that two releases in
    two namespaces share (dapr_rbac/templates/injector.yaml).
    """
    there = installed(objects)
    if there is None:
        return ""
    if (there.name, there.namespace) == (name, namespace):
        # pulumi-kubernetes#2758
        return "cannot re-use a name that is still in use"
    what = 'ClusterRole "dapr-injector" in namespace ""'
    if there.namespace == namespace:
        what = f'ServiceAccount "dapr-operator" in namespace "{namespace}"'
    differ = [
        f'annotation validation error: key "meta.helm.sh/release-{key}" must equal "{expected}": current '
        f'value is "{value}"'
        for key, expected, value in (("name", name, there.name), ("namespace", namespace, there.namespace))
        if expected != value
    ]
    return (
        "rendered manifests contain a resource that already exists. Unable to continue with install: "
        f"{what} exists and cannot be imported "
        f"into the current release: invalid ownership metadata; {'; '.join(differ)}"
    )
