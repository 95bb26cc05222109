"""The Secrets Store CSI driver: pods that mount, and pods that wait."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.init_failed import InitFailedError
from tests.support.acting import Azure, Resource, manifest
from tests.support.manifests import DEPLOYMENT, RELEASE, TOKENS, owner
from tests.support.mounting import (
    ENV,
    FAILED,
    SYNCED,
    VAULT,
    VOLUME,
    MountScene,
    mounting,
    pods,
    reasons,
    refused,
)


def test_a_pod_with_all_that_it_needs_comes_up(scene: MountScene) -> None:
    scene.class_of()
    scene.kubernetes.create(DEPLOYMENT, mounting())
    ((name, status),) = [
        (k, v["status"]) for k, v in scene.objects().items() if "SecretProviderClassPodStatus" in k
    ]
    assert name.endswith("-demo-app")
    secret = scene.azure.world.get(f"{VAULT}/secrets/db")
    assert secret is not None
    version = secret.properties["properties"]["secretUriWithVersion"].rsplit("/", 1)[1]
    assert (status["mounted"], status["objects"]) == (True, [{"id": "secret/db", "version": version}])


def test_it_fails_in_the_words_of_the_provider(scene: MountScene) -> None:
    failed = reasons(scene)
    assert failed[0] == "[MinimumReplicasUnavailable] Deployment does not have minimum availability."
    assert failed[3].startswith("[Pod demo/app-")
    assert failed[3].endswith("]: containers with unready status: [app]")
    assert failed[4] == (
        f"{FAILED}rpc error: code = Unknown desc = failed to get secretproviderclass demo/app, error: "
        'SecretProviderClass.secrets-store.csi.x-k8s.io "app" not found'
    )


def test_the_next_update_tries_again(scene: MountScene) -> None:
    with pytest.raises(InitFailedError) as failed:
        scene.kubernetes.create(DEPLOYMENT, mounting())
    kept = scene.kubernetes.check(DEPLOYMENT, mounting())
    there = Resource(failed.value.id, kept, failed.value.outputs)
    with pytest.raises(InitFailedError, match="'app' was created but failed to initialize"):
        scene.kubernetes.read(DEPLOYMENT, there)
    scene.class_of()
    mended = scene.kubernetes.update(DEPLOYMENT, there, mounting())
    assert scene.kubernetes.read(DEPLOYMENT, mended) is not None
    assert not [key for key in scene.objects() if "/Event/" in key]


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet", "Job", "Pod"])
def test_every_kind_of_pod_waits_for_its_files(scene: MountScene, kind: str) -> None:
    desired = manifest("v1", "Pod", "app", "demo", spec=pods()) if kind == "Pod" else owner(kind, pods=pods())
    assert reasons(scene, desired, TOKENS[kind])[-1].startswith(
        f"{FAILED}rpc error: code = Unknown desc = failed to get secretproviderclass"
    )
    scene.class_of()
    desired["metadata"]["name"] = "other"
    scene.kubernetes.create(TOKENS[kind], desired)


def test_a_failed_rollout_leaves_the_old_pods(scene: MountScene) -> None:
    scene.class_of(synced=[SYNCED])
    made = scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    with pytest.raises(InitFailedError):
        scene.kubernetes.update(
            DEPLOYMENT,
            made,
            mounting(ENV, {**ENV, "name": "B", "valueFrom": {"secretKeyRef": {"name": "x", "key": "y"}}}),
        )
    running = [pod["status"]["phase"] for key, pod in scene.objects().items() if key.startswith("core/Pod/")]
    assert sorted(running) == ["Pending", "Running"]
    assert "core/Secret/demo/db-synced" in scene.objects()


def test_the_driver_has_to_be_installed(azure: Azure) -> None:
    scene = MountScene(azure, addons=None)
    assert reasons(scene)[-1] == (
        f"{FAILED}kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name "
        "secrets-store.csi.k8s.io not found in the list "
        "of registered CSI drivers"
    )


def release(scene: MountScene, chart: str, **values: Any) -> None:
    desired = {"chart": chart, "name": chart, "namespace": "default", "values": values}
    scene.kubernetes.create(RELEASE, desired, name=chart)


def test_the_providers_chart_can_leave_the_driver_out(azure: Azure) -> None:
    scene = MountScene(azure, addons=None)
    release(scene, "csi-secrets-store-provider-azure", **{"secrets-store-csi-driver": {"install": False}})
    scene.class_of()
    assert reasons(scene)[-1].endswith("not found in the list of registered CSI drivers")


def test_the_drivers_own_chart_brings_no_provider(azure: Azure) -> None:
    scene = MountScene(azure, addons=None)
    scene.grant()
    release(scene, "secrets-store-csi-driver")
    scene.class_of()
    assert refused(scene) == 'error connecting to provider "azure": provider not found: provider "azure"'
    release(scene, "csi-secrets-store-provider-azure", **{"secrets-store-csi-driver": {"install": False}})
    scene.kubernetes.create(DEPLOYMENT, {**mounting(), "metadata": {"name": "other", "namespace": "demo"}})


def test_a_volume_is_read_only(scene: MountScene) -> None:
    scene.class_of()
    volume = {**VOLUME, "csi": {**VOLUME["csi"], "readOnly": False}}
    assert (
        reasons(scene, mounting(volume=volume))[-1]
        == f"{FAILED}rpc error: code = InvalidArgument desc = Readonly is not true in request"
    )
