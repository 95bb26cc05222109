"""Rotation of mounted objects."""

from __future__ import annotations

from rehearsal.simulators.azure.keyvault.data_plane import new_version
from tests.support.acting import Azure, manifest
from tests.support.manifests import DEPLOYMENT, POD, TOKENS, owner
from tests.support.mounting import ENV, SYNCED, SYNCED_KEY, MountScene, mounting, pods, with_csi_chart


def test_rotation_changes_files_and_secrets_and_no_pods(scene: MountScene) -> None:
    scene.class_of(synced=[SYNCED])
    scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    before = (
        scene.the("SecretProviderClassPodStatus")["status"],
        scene.objects()[SYNCED_KEY]["data"],
        scene.the("Pod")["metadata"],
    )
    scene.poll()
    assert (
        scene.the("SecretProviderClassPodStatus")["status"],
        scene.objects()[SYNCED_KEY]["data"],
    ) == before[:2]
    scene.rotate()
    after = (
        scene.the("SecretProviderClassPodStatus")["status"],
        scene.objects()[SYNCED_KEY]["data"],
        scene.the("Pod")["metadata"],
    )
    assert after[0]["objects"][0]["version"] != before[0]["objects"][0]["version"]
    assert after[1]["password"] not in ("hunter3", before[1]["password"])
    assert after[2]["name"] == before[2]["name"]


def test_without_rotation_nothing_changes(azure: Azure) -> None:
    scene = with_csi_chart(azure, syncSecret={"enabled": True})
    scene.class_of(synced=[SYNCED])
    scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    before = scene.the("SecretProviderClassPodStatus"), scene.objects()[SYNCED_KEY]
    scene.rotate()
    assert (scene.the("SecretProviderClassPodStatus"), scene.objects()[SYNCED_KEY]) == before


def test_a_read_that_fails_leaves_what_was_mounted(scene: MountScene) -> None:
    scene.class_of()
    scene.kubernetes.create(DEPLOYMENT, mounting())
    before = scene.the("SecretProviderClassPodStatus")
    scene.azure.delete("keyvault:Secret", scene.secret)
    scene.poll()
    assert scene.the("SecretProviderClassPodStatus") == before


def test_versions_are_mounted_by_number(scene: MountScene) -> None:
    scene.class_of({"objectName": "db", "objectType": "secret", "objectVersionHistory": 2})
    scene.kubernetes.create(DEPLOYMENT, mounting())
    for value in ("a", "b", "c"):
        scene.rotate(value)
    ids = [object_["id"] for object_ in scene.the("SecretProviderClassPodStatus")["status"]["objects"]]
    assert ids == ["secret/db/0", "secret/db/1", "secret/db/2"], (
        "one more than is asked for, as getLatestNKeyVaultObjects has it"
    )


def test_a_job_that_is_done_is_not_rotated(scene: MountScene) -> None:
    scene.class_of()
    scene.kubernetes.create(TOKENS["Job"], owner("Job", pods=pods()))
    before = scene.the("SecretProviderClassPodStatus")
    scene.rotate()
    assert scene.the("SecretProviderClassPodStatus") == before


def test_rotation_does_not_reach_the_next_run_of_a_job(scene: MountScene) -> None:
    """A CronJob keeps finished Jobs, which keep the Secret: secrets-store-csi-driver#1288."""
    scene.class_of(synced=[SYNCED])
    first = scene.kubernetes.create(TOKENS["Job"], owner("Job", pods=pods(ENV)))
    before = scene.objects()[SYNCED_KEY]["data"]
    scene.rotate()
    second = {**owner("Job", pods=pods(ENV)), "metadata": {"name": "second", "namespace": "demo"}}
    run = scene.kubernetes.create(TOKENS["Job"], second)
    assert scene.objects()[SYNCED_KEY]["data"] == before, "the value before the rotation"

    scene.kubernetes.delete(TOKENS["Job"], run)
    scene.kubernetes.delete(TOKENS["Job"], first)
    assert SYNCED_KEY not in scene.objects()
    scene.kubernetes.create(TOKENS["Job"], second)
    assert scene.objects()[SYNCED_KEY]["data"] != before


def test_an_update_of_a_running_pod_mounts_nothing_anew(scene: MountScene) -> None:
    scene.class_of()
    desired = manifest("v1", "Pod", "single", "demo", spec=pods())
    made = scene.kubernetes.create(POD, desired)
    before = scene.the("SecretProviderClassPodStatus")
    new_version(scene.azure.world, "kv-one", "db", "hunter3")
    scene.kubernetes.update(POD, made, {**desired, "metadata": {**desired["metadata"], "labels": {"a": "b"}}})
    assert scene.the("SecretProviderClassPodStatus") == before
