"""The controller of akv2k8s in a cluster: whether it runs, as whom it signs in, and whether it polls.

stable/akv2k8s of SparebankenVest/public-helm-charts, chart 2.8.4: values.yaml, templates/_helpers.tpl,
templates/controller-deployment.yaml and templates/controller-serviceaccount.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.kinds import chart_name
from rehearsal.simulators.kubernetes.api.store import RELEASE, ObjectStore
from rehearsal.simulators.kubernetes.operators import workload_identity

CHART: Final = "akv2k8s"
_USE: Final = "azure.workload.identity/use"
_CLIENT: Final = "azure.workload.identity/client-id"
_TENANT: Final = "azure.workload.identity/tenant-id"
_NAME_LENGTH: Final = 63


@dataclass(frozen=True)
class Akv2k8sInstallation:
    """A running controller. Texts among the values of its release are hashes."""

    namespace: str
    account: str
    """Name of its own ServiceAccount; empty if the world has only the hash of it."""
    values: Mapping[str, Any]

    @property
    def _controller(self) -> Mapping[str, Any]:
        return mapping(self.values.get("controller"))

    @property
    def polls(self) -> bool:
        """Whether it reads the vault again after a while: client-go resyncs nothing with a period of 0."""
        return self.values.get("azureKeyVaultResyncPeriod", 30) != 0

    def watches(self, namespace: str) -> bool:
        """`--watch-all-namespaces`"""
        return self.values.get("watchAllNamespaces", True) is not False or namespace == self.namespace

    def signs_in_with(self, objects: ObjectStore, method: str) -> bool:
        """AUTH_TYPE of the controller."""
        default = mapping(self.values.get("global")).get("keyVaultAuth") or "azureCloudConfig"
        return objects.world.matches(self._controller.get("keyVaultAuth") or default, method)

    def client_id(self, objects: ObjectStore) -> str | None:
        """Client id that the workload identity webhook gives the controller's pod, mostly as a hash. None:
        the label of the pod, the annotation of the ServiceAccount or the webhook is missing. A label of the
        ServiceAccount is not enough (azure-key-vault-to-kubernetes#739).

        https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
        """
        client_id = self._annotation(_CLIENT)
        labelled = objects.world.matches(mapping(self._controller.get("podLabels")).get(_USE), "true")
        sees = workload_identity.sees(objects, self.namespace)
        return str(client_id) if client_id and labelled and sees else None

    @property
    def tenant_id(self) -> str | None:
        """Tenant that its ServiceAccount names, mostly as a hash. None: the webhook's own."""
        return self._annotation(_TENANT)

    def _annotation(self, name: str) -> str | None:
        annotations = mapping(mapping(self._controller.get("serviceAccount")).get("annotations"))
        return annotations.get(name)


def installed(objects: ObjectStore) -> Akv2k8sInstallation | None:
    """The controller of the cluster; None if no release of its chart has it."""
    for release in objects.all_of(RELEASE):
        values, metadata = mapping(release["spec"].get("values")), release["metadata"]
        if chart_name(release["spec"]["chart"]) != CHART:
            continue
        if mapping(values.get("controller")).get("enabled", True) is not False:
            return Akv2k8sInstallation(metadata["namespace"], _account(metadata["name"], values), values)
    return None


def _account(release: str, values: Mapping[str, Any]) -> str:
    """Name of the controller's ServiceAccount (`controller.serviceAccountName`)."""
    account = mapping(mapping(values.get("controller")).get("serviceAccount"))
    if account.get("name") or values.get("fullnameOverride") or values.get("nameOverride"):
        return ""
    if account.get("create", True) is not True:
        return "default"
    full = release if CHART in release else f"{release}-{CHART}"
    return f"{full}-controller"[:_NAME_LENGTH].removesuffix("-")
