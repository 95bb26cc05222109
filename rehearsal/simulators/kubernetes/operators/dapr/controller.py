"""Dapr as a part of the cluster: its kinds, its sidecar injector, and the sidecars in the pods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.controller import Controller, register
from rehearsal.simulators.kubernetes.api.errors import ContainerError
from rehearsal.simulators.kubernetes.api.kinds import chart_name
from rehearsal.simulators.kubernetes.api.store import POD, RELEASE, Manifest, ObjectStore, identity
from rehearsal.simulators.kubernetes.operators.dapr import detection, sidecar, webhook
from rehearsal.simulators.kubernetes.operators.dapr.kinds import CUSTOM_KINDS
from rehearsal.simulators.world import World

_RUNS_ON: Final = (
    "the container daprd keeps running after the others have ended, so that the Job never completes; set "
    "the annotation "
    'dapr.io/enable-native-sidecar: "true", or end it from the application by POST /v1.0/shutdown '
    "(https://docs.dapr.io/operations/hosting/kubernetes/kubernetes-job/)"
)


@register
class Dapr(Controller):
    """Dapr, by its Helm chart or by the AKS extension Microsoft.Dapr."""

    # appVersion of charts/dapr/Chart.yaml at v1.18.3
    chart_version = "1.18.3"
    plays = frozenset({"dapr 1.18.3"})
    charts = frozenset({detection.CHART})
    extension_types = frozenset({detection.EXTENSION_TYPE})
    extension_namespace = detection.EXTENSION_NAMESPACE
    custom_kinds = CUSTOM_KINDS

    def keeps_definitions(self, world: World, values: Mapping[str, Any]) -> bool:
        """The definitions lie in the chart's `crds/`: Helm makes them before all else and never deletes them.

        https://helm.sh/docs/chart_best_practices/custom_resource_definitions/
        """
        return True

    def admit(self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None) -> str:
        """Helm refuses a second release of the chart."""
        kind, namespace, name = identity(manifest)
        if kind != RELEASE or live is not None or chart_name(manifest["spec"]["chart"]) != detection.CHART:
            return ""
        return detection.ownership_conflict(objects, name, namespace)

    def mutate_pod(
        self,
        objects: ObjectStore,
        pod: Mapping[str, Any],
        requested: Mapping[str, Any],
        *,
        by_user: bool,
    ) -> Mapping[str, Any]:
        return webhook.injected(objects, pod, by_user=by_user)

    def before_apply(
        self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest, *, force: bool
    ) -> Mapping[str, Any]:
        return webhook.kept(manifest, live) if identity(manifest)[0] == POD else manifest

    def start_containers(self, objects: ObjectStore, pod: Manifest) -> None:
        try:
            sidecar.start(objects, pod)
        except sidecar.DaprdError as error:
            raise ContainerError(webhook.SIDECAR, str(error)) from error

    def endless_container(self, pod: Manifest) -> tuple[str, str] | None:
        container = webhook.sidecar_of(pod)
        return None if container is None or webhook.is_native(container) else (webhook.SIDECAR, _RUNS_ON)

    def stop_containers(self, objects: ObjectStore, pod: Manifest) -> None:
        sidecar.stop(objects, pod)
