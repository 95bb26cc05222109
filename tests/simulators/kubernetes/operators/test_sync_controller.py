"""The Secrets Store Sync Controller: from a vault to a Secret, without a mount."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rehearsal.simulators.azure.keyvault.data_plane import new_version
from rehearsal.simulators.init_failed import InitFailedError
from rehearsal.simulators.kubernetes.operators.sync_controller.controller import SyncController
from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, Resource, manifest
from tests.support.manifests import DEPLOYMENT, RELEASE, container, deployment
from tests.support.mounting import CLASS, MountScene, provider_class

SYNC = "secret-sync.x-k8s.io/v1alpha1:SecretSync"
VALUES: Mapping[str, Any] = {
    "tokenRequestAudience": [{"audience": "api://AzureADTokenExchange"}],
    "providerContainer": [{"name": "azure", "args": ["--endpoint=unix:///provider/azure.sock"]}],
}
DATA = ({"sourcePath": "db", "targetKey": "password"},)
WAIT = {"pulumi.com/waitFor": "jsonpath={.status.syncHash}"}
LABEL = "secrets-store.sync.x-k8s.io"


class SyncScene(MountScene):
    """A cluster with the controller, and an identity that may read the secret `db`."""

    def __init__(self, azure: Azure, *, granted: bool = True, **values: Any) -> None:
        super().__init__(azure, addons=None)
        if granted:
            self.grant()
        chart = {"chart": "secrets-store-sync-controller", "name": "sync", "namespace": "default"}
        self.kubernetes.create(RELEASE, {**chart, "values": {**VALUES, **values}}, name="sync")

    def class_of_sync(self, **more: Any) -> Resource:
        return self.kubernetes.create(CLASS, provider_class(self.parameters(**more), None))

    def sync(self, *, account: str = "app", class_name: str = "app", **secret: Any) -> Resource:
        return self.kubernetes.create(
            SYNC, self.manifest_of(account=account, class_name=class_name, **secret)
        )

    def manifest_of(self, *, account: str = "app", class_name: str = "app", **secret: Any) -> dict[str, Any]:
        spec = {
            "serviceAccountName": account,
            "secretProviderClassName": class_name,
            "secretObject": {"type": "Opaque", "data": [dict(entry) for entry in DATA], **secret},
        }
        return manifest("secret-sync.x-k8s.io/v1alpha1", "SecretSync", "db", "demo", spec=spec)

    def made(self) -> dict[str, Any] | None:
        return self.objects().get("core/Secret/demo/db")

    def condition(self) -> tuple[str, str, str]:
        (condition,) = self.the("SecretSync")["status"]["conditions"]
        return condition["type"], condition["status"], condition["reason"]

    def hash_of(self, value: str) -> str:
        return self.azure.world.keyed_hash(value)


@pytest.fixture
def scene(azure: Azure) -> SyncScene:
    return SyncScene(azure)


def test_a_pod_gets_what_the_vault_has(scene: SyncScene) -> None:
    scene.class_of_sync()
    scene.kubernetes.create(SYNC, _waiting(scene.manifest_of(labels={"team": "shop"})))
    assert scene.condition() == ("Create", "True", "CreateSucceeded")
    made = scene.made()
    assert made
    assert made["data"] == {"password": scene.hash_of("hunter2")}
    assert made["metadata"]["labels"] == {"team": "shop", LABEL: ""}
    env = {"name": "P", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}
    scene.kubernetes.create(DEPLOYMENT, deployment(pods={"containers": [container(env=[env])]}))


def _waiting(desired: dict[str, Any]) -> dict[str, Any]:
    return {**desired, "metadata": {**desired["metadata"], "annotations": WAIT}}


def test_pulumi_waits_for_the_right_to_read(azure: Azure) -> None:
    scene = SyncScene(azure, granted=False)
    scene.class_of_sync()
    with pytest.raises(InitFailedError, match="timed out waiting for the condition"):
        scene.kubernetes.create(SYNC, _waiting(scene.manifest_of()))
    assert scene.condition() == ("Create", "False", "ProviderError")
    scene.grant()
    scene.kubernetes.namespace("another")  # something happens; the controller tries again
    assert scene.condition() == ("Create", "True", "CreateSucceeded")


def test_no_object_without_the_chart_and_its_definitions_stay(azure: Azure) -> None:
    scene = MountScene(azure, addons=None)
    with pytest.raises(ProviderError, match='no matches for kind "SecretSync"'):
        scene.kubernetes.create(SYNC, manifest("secret-sync.x-k8s.io/v1alpha1", "SecretSync", "db", "demo"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"account": "missing"}, "UnknownError"),
        ({"class_name": "missing"}, "ControllerSPCError"),
        ({"data": [{"sourcePath": "other", "targetKey": "key"}]}, "UserInputValidationFailed"),
        ({"type": "kubernetes.io/tls"}, "UserInputValidationFailed"),
        ({"type": "kubernetes.io/ssh-auth"}, "UnknownError"),
        ({"type": "example.com/own"}, "ValidatingAdmissionPolicyCheckFailed"),
    ],
)
def test_a_condition_has_the_reason(changes: dict[str, Any], reason: str, azure: Azure) -> None:
    scene = SyncScene(azure)
    scene.class_of_sync()
    scene.sync(**changes)
    assert scene.condition()[2] == reason
    assert scene.made() is None


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"tokenRequestAudience": []}, "ProviderError"),
        ({"providerContainer": []}, "ControllerSPCError"),
    ],
)
def test_the_chart_has_to_bring_token_and_provider(values: dict[str, Any], reason: str, azure: Azure) -> None:
    scene = SyncScene(azure, **values)
    scene.class_of_sync()
    scene.sync()
    assert scene.condition() == ("Create", "False", reason)


def test_a_secret_of_something_else_is_left_alone(scene: SyncScene) -> None:
    own = {**manifest("v1", "Secret", "db", "demo"), "stringData": {"password": "own"}}
    scene.kubernetes.create("core/v1:Secret", own)
    scene.class_of_sync()
    scene.sync()
    assert scene.condition()[2] == "ValidatingAdmissionPolicyCheckFailed"
    made = scene.made()
    assert made
    assert LABEL not in made["metadata"].get("labels", {})


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        ({"labels": {"team": "t" * 63}}, "Labels should have < 63 characters"),
        ({"labels": {f"{LABEL}/mine": "x"}}, "This key is reserved for the controller"),
        ({"annotations": {"wiki": "https://wiki.example.com"}}, "annotations applied on the secret has an"),
        ({"labels": {"a": "b"}}, "labels applied on the secret has an invalid format"),
        ({"data": [{"sourcePath": "db", "targetKey": "A_B"}]}, "targetKey"),
    ],
)
def test_the_api_server_refuses(secret: dict[str, Any], says: str, azure: Azure) -> None:
    scene = SyncScene(azure)
    with pytest.raises(ProviderError, match=says):
        scene.sync(**secret)
    scene.sync(labels={"team": "t" * 62}, annotations={"owner": "a_b.c"})


def test_a_new_value_arrives_at_the_next_poll(scene: SyncScene) -> None:
    scene.class_of_sync()
    scene.sync()
    new_version(scene.azure.world, "kv-one", "db", "hunter3")
    scene.kubernetes.namespace("another")
    made = scene.made()
    assert made
    assert made["data"]["password"] == scene.hash_of("hunter2"), "the interval is not over"
    scene.poll()
    assert (scene.made() or {})["data"]["password"] == scene.hash_of("hunter3")
    reasons = [item["reason"] for item in scene.the("SecretSync")["status"]["conditions"]]
    assert reasons == ["CreateSucceeded", "UpdateValueChangeOrForceUpdateSucceeded"]


def test_without_an_interval_no_new_value_arrives(azure: Azure) -> None:
    scene = SyncScene(azure, rotationPollInterval="0s")
    scene.class_of_sync()
    scene.sync()
    scene.rotate()
    assert (scene.made() or {})["data"]["password"] == scene.hash_of("hunter2")


def test_another_class_counts_when_the_sync_changes_or_at_a_poll(scene: SyncScene) -> None:
    made_class = scene.class_of_sync()
    synced = scene.sync()
    new_version(scene.azure.world, "kv-one", "db", "hunter3")
    changed = provider_class(scene.parameters(cloudName="AzurePublicCloud"), None)
    scene.kubernetes.update(CLASS, made_class, changed)
    assert (scene.made() or {})["data"]["password"] == scene.hash_of("hunter2")
    desired = scene.manifest_of()
    desired["spec"]["forceSynchronization"] = "2"
    scene.kubernetes.update(SYNC, synced, desired)
    assert (scene.made() or {})["data"]["password"] == scene.hash_of("hunter3")


def test_a_failed_read_keeps_the_secret(scene: SyncScene) -> None:
    scene.class_of_sync()
    scene.sync()
    for id_ in [id_ for id_ in scene.azure.world.azure if "roleassignments" in id_.lower()]:
        del scene.azure.world.azure[id_]
    scene.poll()
    reasons = [item["reason"] for item in scene.the("SecretSync")["status"]["conditions"]]
    assert reasons == ["CreateSucceeded", "ProviderError"]
    assert (scene.made() or {})["data"]["password"] == scene.hash_of("hunter2")


@pytest.mark.parametrize(
    ("annotations", "stays"), [({}, False), ({"pulumi.com/deletionPropagationPolicy": "orphan"}, True)]
)
def test_the_secret_goes_with_its_sync(annotations: dict[str, str], stays: bool, azure: Azure) -> None:
    scene = SyncScene(azure)
    scene.class_of_sync()
    desired = scene.manifest_of()
    desired["metadata"]["annotations"] = annotations
    synced = scene.kubernetes.create(SYNC, desired)
    scene.kubernetes.delete(SYNC, synced)
    assert (scene.made() is not None) == stays


def test_a_client_sees_when_it_was_synced(scene: SyncScene) -> None:
    scene.class_of_sync()
    scene.sync()
    status = SyncController().returned_status(scene.azure.world, scene.the("SecretSync"))
    assert status
    assert status["lastSuccessfulSyncTime"]
