"""The Secrets Store CSI driver with its Azure provider, as a part of the cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.controller import Controller, register
from rehearsal.simulators.kubernetes.api.errors import MountError
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.store import POD, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.csi import detection, driver
from rehearsal.simulators.kubernetes.operators.csi.kinds import CUSTOM_KINDS, POD_STATUS
from rehearsal.simulators.kubernetes.operators.csi.synced_secrets import collect

_ENDED: Final = ("Succeeded", "Failed")
"""Phases of pods that a rotation leaves out: a CronJob's finished Jobs, which keep its Secret, too
(reconcile in pkg/rotation/reconciler.go; secrets-store-csi-driver#1288).
"""


@register
class SecretsStoreCsiDriver(Controller):
    """The driver, by the AKS add-on or by Helm charts."""

    # Dependencies of charts/csi-secrets-store-provider-azure/Chart.yaml at v1.8.2. Which driver the add-on
    # brings is not published; 1.5 is the one that does less.
    chart_version = "1.8.2"
    plays = frozenset({"secrets-store-csi-driver 1.5.6", "secrets-store-csi-driver-provider-azure 1.8.2"})
    charts = frozenset({detection.PROVIDER_CHART, detection.DRIVER_CHART})
    addons = frozenset({detection.ADDON})
    custom_kinds = CUSTOM_KINDS
    csi_driver = driver.DRIVER

    def field_manager(self, secret: Mapping[str, Any]) -> str:
        managed = "secrets-store.csi.k8s.io/managed" in mapping(secret.get("labels"))
        return "secrets-store-csi-driver" if managed else ""

    def mount(self, objects: ObjectStore, pod: Manifest, volume: Mapping[str, Any]) -> list[str]:
        return driver.mount(objects, pod, volume)

    def unmount(self, objects: ObjectStore, pod: Manifest) -> None:
        driver.unmount(objects, pod)

    def after_delete(self, objects: ObjectStore, deleted: Manifest) -> None:
        collect(objects, mapping(deleted.get("metadata")).get("namespace") or "")

    def poll(self, objects: ObjectStore) -> None:
        """Rotation, if it is on, makes every mount again.

        An error leaves the mount as it was (nodeserver.go).
        """
        if not detection.installed(objects).rotates:
            return
        for status in objects.all_of(POD_STATUS):
            mounted = mapping(status.get("status"))
            pod = objects.get(POD, status["metadata"]["namespace"], str(mounted.get("podName")))
            if pod is None or mapping(pod.get("status")).get("phase") in _ENDED:
                continue
            for volume in mappings(mapping(pod.get("spec")).get("volumes")):
                source = mapping(volume.get("csi"))
                name = mapping(source.get("volumeAttributes")).get("secretProviderClass")
                if source.get("driver") == driver.DRIVER and name == mounted.get("secretProviderClassName"):
                    try:
                        driver.mount(objects, pod, volume, rotates=True)
                    except MountError:
                        continue
