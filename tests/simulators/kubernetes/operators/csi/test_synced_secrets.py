"""Kubernetes Secrets that the driver syncs."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.keyvault.data_plane import new_version
from rehearsal.simulators.init_failed import InitFailedError
from rehearsal.simulators.wire import Secret
from tests.support.acting import Azure, manifest
from tests.support.manifests import DEPLOYMENT, POD, owner
from tests.support.mounting import (
    CLASS,
    ENV,
    ROLE,
    SYNCED,
    SYNCED_KEY,
    VAULT,
    MountScene,
    config_error,
    mounting,
    pods,
    provider_class,
    with_csi_chart,
)


def test_a_synced_secret_comes_and_goes_with_the_pods(scene: MountScene) -> None:
    scene.class_of(synced=[{**SYNCED, "labels": {"a": "b"}, "annotations": {"c": "d"}}])
    assert SYNCED_KEY not in scene.objects()
    made = scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    metadata = scene.objects()[SYNCED_KEY]["metadata"]
    assert metadata["labels"] == {"a": "b", "secrets-store.csi.k8s.io/managed": "true"}
    assert metadata["annotations"] == {"c": "d"}
    for _ in range(2):
        single = scene.kubernetes.create(POD, manifest("v1", "Pod", "single", "demo", spec=pods(ENV)))
        scene.kubernetes.delete(POD, single)
        assert SYNCED_KEY in scene.objects()
    single = scene.kubernetes.create(POD, manifest("v1", "Pod", "single", "demo", spec=pods(ENV)))
    scene.kubernetes.delete(DEPLOYMENT, made)
    assert SYNCED_KEY in scene.objects()
    scene.kubernetes.delete(POD, single)
    assert SYNCED_KEY not in scene.objects()
    assert not [key for key in scene.objects() if "/Pod" in key or "PodStatus" in key]


def test_a_deployment_keeps_its_secret_until_it_goes(scene: MountScene) -> None:
    """The driver makes the ReplicaSets owners of the Secret, and a Deployment keeps those of earlier
    templates (Patcher in controllers/secretproviderclasspodstatus_controller.go; revisionHistoryLimit).
    """
    scene.class_of(synced=[SYNCED])
    made = scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    made = scene.kubernetes.update(DEPLOYMENT, made, owner("Deployment"))
    assert SYNCED_KEY in scene.objects()
    scene.kubernetes.delete(DEPLOYMENT, made)
    assert SYNCED_KEY not in scene.objects()


def test_a_mount_leaves_the_data_of_a_secret_that_exists(azure: Azure) -> None:
    scene = with_csi_chart(azure, syncSecret={"enabled": True})
    scene.class_of(synced=[SYNCED])
    made = scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    before = scene.objects()[SYNCED_KEY]["data"]
    pod = scene.the("Pod")["metadata"]["name"]
    new_version(scene.azure.world, "kv-one", "db", "hunter3")
    scene.kubernetes.update(DEPLOYMENT, made, mounting({**ENV, "name": "OTHER"}))
    assert scene.the("Pod")["metadata"]["name"] != pod
    assert scene.objects()[SYNCED_KEY]["data"] == before


TWO_KEYS = {**SYNCED, "data": [*SYNCED["data"], {"objectName": "db", "key": "again"}]}
AGAIN = {"name": "AGAIN", "valueFrom": {"secretKeyRef": {"name": "db-synced", "key": "again"}}}


def test_a_mount_adds_no_key_to_a_secret_that_exists_and_a_rotation_does(scene: MountScene) -> None:
    class_ = scene.class_of(synced=[SYNCED])
    made = scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    scene.kubernetes.update(CLASS, class_, provider_class(scene.parameters(), [TWO_KEYS]))
    with pytest.raises(InitFailedError) as failed:
        scene.kubernetes.update(DEPLOYMENT, made, mounting(ENV, AGAIN))
    assert "couldn't find key again in Secret demo/db-synced" in failed.value.reasons[-1]
    scene.poll()
    scene.kubernetes.update(DEPLOYMENT, made, mounting(ENV, AGAIN))


def test_a_secret_of_another_owner_stays_as_it_is(scene: MountScene) -> None:
    data = {"password": Secret("b2YgYW5vdGhlciB0b29s")}
    scene.kubernetes.create("core/v1:Secret", manifest("v1", "Secret", "db-synced", "demo", data=data))
    before = scene.objects()[SYNCED_KEY]
    scene.class_of(synced=[SYNCED])
    scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    scene.rotate()
    assert scene.objects()[SYNCED_KEY] == before


@pytest.mark.parametrize("sync", [True, False])
def test_the_chart_syncs_if_it_is_told_to(azure: Azure, sync: bool) -> None:
    scene = with_csi_chart(azure, **({"syncSecret": {"enabled": True}} if sync else {}))
    scene.class_of(synced=[SYNCED])
    if sync:
        scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    else:
        assert config_error(scene, mounting(ENV)) == 'Failed: Error: secret "db-synced" not found'


@pytest.mark.parametrize(
    ("synced", "says"),
    [
        ({"type": ""}, "failed to validate secret object in spc demo/app, err: secret type is empty"),
        ({"data": []}, "failed to validate secret object in spc demo/app, err: data is empty"),
        (
            {"data": [{"objectName": "dbx", "key": "password"}]},
            "failed to get data in spc demo/app for secret db-synced, err: file matching objectName dbx "
            "not found in the pod",
        ),
        (
            {"type": "kubernetes.io/tls"},
            "failed to get data in spc demo/app for secret db-synced, err: failed to get cert data from "
            "file db, err: "
            "key 'password' is not supported. Only 'tls.key' and 'tls.crt' are supported",
        ),
        (
            {"type": "kubernetes.io/tls", "data": [{"objectName": "db", "key": "tls.crt"}]},
            "timed out waiting for the condition (data[tls.key]: Required value)",
        ),
    ],
)
def test_a_secret_that_cannot_be_synced_is_missed(
    scene: MountScene, synced: dict[str, Any], says: str
) -> None:
    scene.class_of(synced=[{**SYNCED, **synced}])
    assert (
        config_error(scene, mounting(ENV))
        == f'Failed: Error: secret "db-synced" not found; FailedToCreateSecret: {says}'
    )
    desired = mounting()
    desired["metadata"]["name"] = "files-only"
    scene.kubernetes.create(DEPLOYMENT, desired)


def test_a_certificate_without_its_key_makes_no_tls_secret(scene: MountScene) -> None:
    scene.azure.assignment(
        scope=VAULT,
        roleDefinitionId=f"{ROLE}/00482a5a-887f-4fb3-b363-3b7fe8e74483",
        principalId=scene.identity["principalId"],
        principalType="ServicePrincipal",
        roleAssignmentName="31111111-2222-4333-8444-555555555555",
    )
    data = [{"objectName": "web", "key": "tls.crt"}, {"objectName": "web", "key": "tls.key"}]
    tls = [{"secretName": "db-synced", "type": "kubernetes.io/tls", "data": data}]
    made = scene.class_of({"objectName": "web", "objectType": "cert"}, synced=tls)
    env = {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "db-synced", "key": "tls.key"}}}
    assert "failed to get cert data from file web" in config_error(scene, mounting(env))
    scene.kubernetes.delete(CLASS, made)
    scene.class_of({"objectName": "web", "objectType": "secret"}, synced=tls)
    scene.kubernetes.create(DEPLOYMENT, {**mounting(env), "metadata": {"name": "other", "namespace": "demo"}})
