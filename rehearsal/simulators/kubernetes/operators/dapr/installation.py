"""What of Dapr there is in a cluster: by a Helm release of the chart `dapr`, or by the AKS extension Microsoft.Dapr.

dapr/dapr v1.18, charts/dapr; https://learn.microsoft.com/azure/aks/dapr and .../dapr-settings: the extension's configuration settings are
values of the same chart, as dotted names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.simulators.azure.containerservice.extensions import EXTENSION
from rehearsal.simulators.kubernetes.api.fields import is_sealed, mapping
from rehearsal.simulators.kubernetes.api.kinds import chart_name
from rehearsal.simulators.kubernetes.api.store import RELEASE, ObjectStore
from rehearsal.simulators.kubernetes.apiserver.discovery import extension_type, release_namespace
from rehearsal.simulators.world import World

CHART: Final = "dapr"
EXTENSION_TYPE: Final = "microsoft.dapr"
EXTENSION_NAMESPACE: Final = "dapr-system"
TRUE: Final = ("y", "yes", "true", "t", "on", "1")
"""IsTruthy in github.com/dapr/kit, strings/strings.go; in any case."""
_RELOADS: Final = (1, 18)
"""From this version on, sidecars see changes of Components and Configurations (docs/release_notes/v1.18.0.md)."""


@dataclass(frozen=True)
class DaprInstallation:
    """One installation. Texts among `values` may be known as hashes only."""

    name: str
    namespace: str
    version: str
    """Empty for the newest."""
    values: Mapping[str, Any] = field(default_factory=dict)

    def value(self, path: str) -> Any:
        """At a dotted path; None if nothing is set there."""
        if path in self.values:
            return self.values[path]
        found: Any = self.values
        for part in path.split("."):
            found = mapping(found).get(part)
        return found

    def on(self, world: World, path: str, default: bool) -> bool:
        found = self.value(path)
        if found is None or isinstance(found, bool):
            return default if found is None else found
        return any(
            world.matches(found, text) for word in TRUE for text in (word, word.upper(), word.capitalize())
        )

    @property
    def reloads(self) -> bool:
        """Whether its sidecars do so, if no Configuration says otherwise."""
        found = re.match(r"v?(\d+)\.(\d+)", self.version)
        return found is None or (int(found[1]), int(found[2])) >= _RELOADS


def installed(objects: ObjectStore) -> DaprInstallation | None:
    """At most one: a second one is refused, but for an extension that takes a release over."""
    for extension in objects.world.of_type(EXTENSION, below=objects.id):
        if extension_type(extension) == EXTENSION_TYPE:
            given = extension.properties
            values = {
                **mapping(given.get("configurationSettings")),
                **mapping(given.get("configurationProtectedSettings")),
            }
            return DaprInstallation(
                extension.id.rsplit("/", 1)[1],
                release_namespace(extension) or EXTENSION_NAMESPACE,
                str(given.get("currentVersion", "")),
                values,
            )
    for release in objects.all_of(RELEASE):
        spec, metadata = release["spec"], release["metadata"]
        if chart_name(spec["chart"]) == CHART:
            version = spec.get("version", "")
            return DaprInstallation(
                metadata["name"],
                metadata["namespace"],
                "" if is_sealed(version) else str(version),
                mapping(spec.get("values")),
            )
    return None


def in_the_way(objects: ObjectStore, name: str, namespace: str) -> str:
    """What Helm says of a release of the chart where another installation has its objects; empty if there is none.

    Scenario 4 in https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/extensions/troubleshoot-dapr-extension-installation-errors;
    checkOwnership in helm/helm, pkg/action/validate.go. A ClusterRole is the first thing that two releases in two namespaces share
    (dapr_rbac/templates/injector.yaml).
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
        f'annotation validation error: key "meta.helm.sh/release-{key}" must equal "{wanted}": current value is "{found}"'
        for key, wanted, found in (("name", name, there.name), ("namespace", namespace, there.namespace))
        if wanted != found
    ]
    return (
        f"rendered manifests contain a resource that already exists. Unable to continue with install: {what} exists and cannot be imported "
        f"into the current release: invalid ownership metadata; {'; '.join(differ)}"
    )
