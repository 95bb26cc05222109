"""The controller of akv2k8s: from a vault to a Secret, as the controller itself."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.keyvault.data_plane import new_version
from rehearsal.simulators.init_failed import InitFailedError
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.operators.akv2k8s.controller import Akv2k8sController
from rehearsal.simulators.provider import ProviderError
from tests.simulators.kubernetes.operators.akv2k8s_scene import AKVS, Akv2k8sScene
from tests.support.acting import Azure, manifest
from tests.support.manifests import DEPLOYMENT, container, deployment
from tests.support.mounting import VAULT, MountScene

WAIT = {"pulumi.com/waitFor": "jsonpath={.status.secretHash}"}


@pytest.fixture
def scene(azure: Azure) -> Akv2k8sScene:
    return Akv2k8sScene(azure)


def _waiting(desired: dict[str, Any]) -> dict[str, Any]:
    return {**desired, "metadata": {**desired["metadata"], "annotations": WAIT}}


def test_a_pod_gets_what_the_vault_has(scene: Akv2k8sScene) -> None:
    desired = _waiting(scene.manifest_of())
    desired["metadata"]["labels"] = {"team": "shop"}
    scene.kubernetes.create(AKVS, desired)
    made = scene.made()
    assert made["data"] == {"password": scene.hash_of("hunter2")}
    assert made["type"] == "Opaque"
    assert made["metadata"]["labels"] == {"team": "shop"}
    assert made["metadata"]["annotations"] == WAIT, "it copies all annotations of its object"
    assert scene.the("AzureKeyVaultSecret")["status"]["secretName"] == "db"
    env = {"name": "P", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}
    scene.kubernetes.create(DEPLOYMENT, deployment(pods={"containers": [container(env=[env])]}))


def test_pulumi_waits_for_the_right_to_read(azure: Azure) -> None:
    scene = Akv2k8sScene(azure, granted=False)
    with pytest.raises(InitFailedError, match="timed out waiting for the condition"):
        scene.kubernetes.create(AKVS, _waiting(scene.manifest_of()))
    reason, message = scene.event()
    assert reason == "ErrAzureVault"
    assert message.startswith("Failed to get secret for 'db' from Azure Key Vault 'kv-one': GET https://kv-")
    assert "RESPONSE 403: 403 Forbidden" in message
    assert scene.made() == {}
    scene.grant()
    scene.kubernetes.namespace("another")  # something happens; the controller tries again
    assert scene.made()["data"] == {"password": scene.hash_of("hunter2")}
    assert scene.event() == ("", "")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"subject": "system:serviceaccount:default:another"},
            "DefaultAzureCredential authentication failed",
        ),
        ({"subject": "system:serviceaccount:default:another"}, "AADSTS700213"),
        ({"webhook": False}, "RESPONSE 403"),
        ({"controller": {"podLabels": {}}}, "RESPONSE 403"),
        ({"controller": {"serviceAccount": {}}}, "RESPONSE 403"),
        ({"global": {}}, "RESPONSE 403"),
    ],
)
def test_the_controller_reads_as_its_own_service_account(
    changes: dict[str, Any], says: str, azure: Azure
) -> None:
    """Without the label, the annotation or the method it reads as the kubelet, which may not."""
    scene = Akv2k8sScene(azure, **changes)
    scene.synced()
    assert says in scene.event()[1]
    assert scene.made() == {}


def test_a_scoped_controller_sees_its_own_namespace(azure: Azure) -> None:
    scene = Akv2k8sScene(azure, watchAllNamespaces=False)
    scene.synced()
    assert scene.made() == {}


def test_no_object_without_the_chart_and_its_definitions_stay(azure: Azure) -> None:
    scene = MountScene(azure, addons=None)
    with pytest.raises(ProviderError, match='no matches for kind "AzureKeyVaultSecret"'):
        scene.kubernetes.create(AKVS, manifest("spv.no/v2beta1", "AzureKeyVaultSecret", "db", "demo"))


def test_a_new_value_arrives_at_the_next_resync(scene: Akv2k8sScene) -> None:
    scene.synced()
    new_version(scene.azure.world, "kv-one", "db", "hunter3")
    scene.kubernetes.namespace("another")
    assert scene.made()["data"]["password"] == scene.hash_of("hunter2"), "the period is not over"
    scene.poll()
    assert scene.made()["data"]["password"] == scene.hash_of("hunter3")


def test_without_a_period_no_new_value_arrives(azure: Azure) -> None:
    scene = Akv2k8sScene(azure, azureKeyVaultResyncPeriod=0)
    scene.synced()
    scene.rotate()
    assert scene.made()["data"]["password"] == scene.hash_of("hunter2")


def test_another_object_behind_a_key_arrives_at_the_next_resync(scene: Akv2k8sScene) -> None:
    """The hash in the status is that of the Secret, so the changed object alone writes nothing."""
    scene.azure.secret("other", "o")
    scene.grant(scope=VAULT)
    made = scene.synced()
    scene.kubernetes.update(AKVS, made, scene.manifest_of("db", {"name": "other"}))
    assert scene.made()["data"]["password"] == scene.hash_of("hunter2")
    scene.poll()
    assert scene.made()["data"]["password"] == scene.hash_of("o")


def test_a_failed_read_keeps_the_secret(scene: Akv2k8sScene) -> None:
    scene.synced()
    scene.revoke()
    scene.poll()
    assert scene.event()[0] == "ErrAzureVault"
    assert scene.made()["data"]["password"] == scene.hash_of("hunter2")


def test_a_changed_or_deleted_secret_comes_back(scene: Akv2k8sScene) -> None:
    scene.synced()
    (id_,) = scene.azure.world.kubernetes
    cluster = SimulatedCluster(scene.azure.world, id_)
    cluster.put({**scene.made(), "data": {"password": "mine"}})
    scene.poll()
    assert scene.made()["data"]["password"] == scene.hash_of("hunter2")
    del scene.objects()["core/Secret/demo/db"]
    scene.poll()
    assert scene.made()["data"]["password"] == scene.hash_of("hunter2")


def test_it_takes_over_an_opaque_secret_that_exists(scene: Akv2k8sScene) -> None:
    desired = {**manifest("v1", "Secret", "db", "demo"), "stringData": {"other": "own"}}
    desired["metadata"]["labels"] = {"app": "mine"}
    scene.kubernetes.create("core/v1:Secret", desired)
    made = scene.synced()
    assert sorted(scene.made()["data"]) == ["other", "password"]
    assert scene.made()["metadata"]["labels"] == {}, "labels and annotations are those of its object"
    scene.kubernetes.delete(AKVS, made)
    assert scene.made() == {}, "the garbage collector takes it along"


def test_it_leaves_a_secret_of_another_type(scene: Akv2k8sScene) -> None:
    scene.own_secret(type="example.com/own")
    scene.synced()
    assert scene.made()["type"] == "example.com/own"
    assert "password" not in (scene.made().get("data") or {})
    assert "secretHash" not in scene.the("AzureKeyVaultSecret").get("status", {})


def test_an_owner_that_is_lost_is_an_event(scene: Akv2k8sScene) -> None:
    scene.synced()
    metadata = {**scene.made()["metadata"], "ownerReferences": []}
    (id_,) = scene.azure.world.kubernetes
    SimulatedCluster(scene.azure.world, id_).put({**scene.made(), "metadata": metadata})
    scene.poll()
    why = "Resource 'db' already exists and is not managed by AzureKeyVaultSecret"
    assert scene.event() == ("ErrResourceExists", why)


def test_two_objects_of_one_secret_have_a_key_each(scene: Akv2k8sScene) -> None:
    scene.synced()
    second = scene.synced("second", dataKey="again")
    assert sorted(scene.made()["data"]) == ["again", "password"]
    scene.kubernetes.delete(AKVS, second)
    assert sorted(scene.made()["data"]) == ["password"]


@pytest.mark.parametrize(("readable", "keys"), [(True, []), (False, ["password"])])
def test_an_orphan_loses_its_keys(readable: bool, keys: list[str], scene: Akv2k8sScene) -> None:
    """The garbage collector leaves it, but the controller takes its values while it can read the vault."""
    desired = scene.manifest_of()
    desired["metadata"]["annotations"] = {"pulumi.com/deletionPropagationPolicy": "orphan"}
    made = scene.kubernetes.create(AKVS, desired)
    if not readable:
        scene.revoke()
    scene.kubernetes.delete(AKVS, made)
    assert sorted(scene.made()["data"]) == keys


def test_a_client_sees_when_it_was_read(scene: Akv2k8sScene) -> None:
    scene.synced()
    status = Akv2k8sController().returned_status(scene.azure.world, scene.the("AzureKeyVaultSecret"))
    assert status
    assert status["lastAzureUpdate"]
