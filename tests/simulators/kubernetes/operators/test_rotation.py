"""Synced Secrets, rotation and Reloader in the simulated Kubernetes."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.keyvault.data_plane import new_version
from rehearsal.simulators.kubernetes.operators.reloader import LAST_RELOADED
from rehearsal.simulators.kubernetes.provider.await_ import InitFailedError
from rehearsal.simulators.wire import Secret
from tests.support.acting import Azure, manifest
from tests.support.manifests import DEPLOYMENT, POD, TOKENS, owner
from tests.support.mounting import CLASS, ENV, RELEASE, ROLE, SYNCED, VAULT, Scene, mounting, pods

KEY = "core/Secret/demo/db-synced"
CHART = "csi-secrets-store-provider-azure"
RELOADER: dict[str, Any] = {
    "reloadStrategy": "annotations",
    "watchGlobally": False,
    "namespaces": ["demo"],
    "enableCSIIntegration": True,
}
BY_SECRET = {"secret.reloader.stakater.com/reload": "other,db-synced"}
BY_CLASS = {"secretproviderclass.reloader.stakater.com/reload": "app"}


@pytest.fixture
def scene(azure: Azure) -> Scene:
    scene = Scene(azure)
    scene.grant()
    return scene


def with_chart(azure: Azure, **driver: Any) -> Scene:
    scene = Scene(azure, addons=None)
    scene.grant()
    values = {"secrets-store-csi-driver": driver}
    scene.kubernetes.create(
        RELEASE, {"chart": CHART, "name": "csi", "namespace": "default", "values": values}
    )
    return scene


def reloader(scene: Scene, **values: Any) -> None:
    wanted = {
        "chart": "reloader",
        "name": "reloader",
        "namespace": "default",
        "values": {"reloader": {**RELOADER, **values}},
    }
    scene.kubernetes.create(RELEASE, wanted, name="reloader")


def annotated(annotations: dict[str, str], *env: Any) -> dict[str, Any]:
    wanted = mounting(*env)
    wanted["metadata"]["annotations"] = annotations
    return wanted


def last_reloaded(scene: Scene, kind: str = "Deployment") -> str | None:
    return (scene.the(kind)["spec"]["template"]["metadata"].get("annotations") or {}).get(LAST_RELOADED)


def failed(scene: Scene, wanted: dict[str, Any]) -> str:
    with pytest.raises(InitFailedError) as error:
        scene.kubernetes.create(DEPLOYMENT, wanted)
    assert error.value.reasons[-2].startswith("[Pod demo/app-")
    assert "]: containers with unready status: [app][CreateContainerConfigError] " in error.value.reasons[-2]
    return error.value.reasons[-1]


def test_a_synced_secret_comes_and_goes_with_the_pods(scene: Scene) -> None:
    scene.class_of(synced=[{**SYNCED, "labels": {"a": "b"}, "annotations": {"c": "d"}}])
    assert KEY not in scene.objects()
    made = scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    metadata = scene.objects()[KEY]["metadata"]
    assert metadata["labels"] == {"a": "b", "secrets-store.csi.k8s.io/managed": "true"}
    assert metadata["annotations"] == {"c": "d"}
    for _ in range(2):
        single = scene.kubernetes.create(POD, manifest("v1", "Pod", "single", "demo", spec=pods(ENV)))
        scene.kubernetes.delete(POD, single)
        assert KEY in scene.objects()
    single = scene.kubernetes.create(POD, manifest("v1", "Pod", "single", "demo", spec=pods(ENV)))
    scene.kubernetes.delete(DEPLOYMENT, made)
    assert KEY in scene.objects()
    scene.kubernetes.delete(POD, single)
    assert KEY not in scene.objects()
    assert not [key for key in scene.objects() if "/Pod" in key or "PodStatus" in key]


def test_a_deployment_that_mounts_no_longer_leaves_no_secret(scene: Scene) -> None:
    scene.class_of(synced=[SYNCED])
    made = scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    scene.kubernetes.update(DEPLOYMENT, made, owner("Deployment"))
    assert KEY not in scene.objects()


@pytest.mark.parametrize("sync", [True, False])
def test_the_chart_syncs_if_it_is_told_to(azure: Azure, sync: bool) -> None:
    scene = with_chart(azure, **({"syncSecret": {"enabled": True}} if sync else {}))
    scene.class_of(synced=[SYNCED])
    if sync:
        scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    else:
        assert failed(scene, mounting(ENV)) == 'Failed: Error: secret "db-synced" not found'


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
def test_a_secret_that_cannot_be_synced_is_missed(scene: Scene, synced: dict[str, Any], says: str) -> None:
    scene.class_of(synced=[{**SYNCED, **synced}])
    assert (
        failed(scene, mounting(ENV))
        == f'Failed: Error: secret "db-synced" not found; FailedToCreateSecret: {says}'
    )
    wanted = mounting()
    wanted["metadata"]["name"] = "files-only"
    scene.kubernetes.create(DEPLOYMENT, wanted)


def test_a_certificate_without_its_key_makes_no_tls_secret(scene: Scene) -> None:
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
    assert "failed to get cert data from file web" in failed(scene, mounting(env))
    scene.kubernetes.delete(CLASS, made)
    scene.class_of({"objectName": "web", "objectType": "secret"}, synced=tls)
    scene.kubernetes.create(DEPLOYMENT, {**mounting(env), "metadata": {"name": "other", "namespace": "demo"}})


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ({"name": "own", "key": "b"}, "Failed: Error: couldn't find key b in Secret demo/own"),
        ({"name": "none", "key": "a"}, 'Failed: Error: secret "none" not found'),
        ({"name": "own", "key": "a"}, None),
        ({"name": "none", "key": "a", "optional": True}, None),
    ],
)
def test_a_variable_needs_its_secret_and_key(
    scene: Scene, reference: dict[str, Any], says: str | None
) -> None:
    scene.kubernetes.create(
        "core/v1:Secret", manifest("v1", "Secret", "own", "demo", stringData=Secret({"a": "canary"}))
    )
    wanted = owner(
        "Deployment",
        pods={
            "containers": [
                {
                    "name": "app",
                    "image": "x",
                    "env": [{"name": "A", "valueFrom": {"secretKeyRef": reference}}],
                }
            ]
        },
    )
    if says is None:
        scene.kubernetes.create(DEPLOYMENT, wanted)
    else:
        assert failed(scene, wanted) == says


@pytest.mark.parametrize("projected", [True, False])
def test_a_volume_needs_its_secret_and_key(scene: Scene, projected: bool) -> None:
    def wanted(name: str, key: str) -> dict[str, Any]:
        items = [{"key": key, "path": "a"}]
        source = (
            {"projected": {"sources": [{"secret": {"name": name, "items": items}}]}}
            if projected
            else {"secret": {"secretName": name, "items": items}}
        )
        return owner("Deployment", pods={"volumes": [{"name": "v", **source}]})

    scene.kubernetes.create(
        "core/v1:Secret", manifest("v1", "Secret", "own", "demo", stringData={"a": "canary"})
    )
    for name, key, says in (
        ("none", "a", 'secret "none" not found'),
        ("own", "b", "references non-existent secret key: b"),
    ):
        with pytest.raises(InitFailedError) as error:
            scene.kubernetes.create(
                DEPLOYMENT, {**wanted(name, key), "metadata": {"name": f"{name}-{key}", "namespace": "demo"}}
            )
        assert error.value.reasons[-1] == f'FailedMount: MountVolume.SetUp failed for volume "v" : {says}'
    scene.kubernetes.create(DEPLOYMENT, wanted("own", "a"))


def test_rotation_changes_files_and_secrets_and_no_pods(scene: Scene) -> None:
    scene.class_of(synced=[SYNCED])
    scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    before = (
        scene.the("SecretProviderClassPodStatus")["status"],
        scene.objects()[KEY]["data"],
        scene.the("Pod")["metadata"],
    )
    scene.poll()
    assert (scene.the("SecretProviderClassPodStatus")["status"], scene.objects()[KEY]["data"]) == before[:2]
    scene.rotate()
    after = (
        scene.the("SecretProviderClassPodStatus")["status"],
        scene.objects()[KEY]["data"],
        scene.the("Pod")["metadata"],
    )
    assert after[0]["objects"][0]["version"] != before[0]["objects"][0]["version"]
    assert after[1]["password"] not in ("hunter3", before[1]["password"])
    assert after[2]["name"] == before[2]["name"]


def test_without_rotation_nothing_changes(azure: Azure) -> None:
    scene = with_chart(azure, syncSecret={"enabled": True})
    scene.class_of(synced=[SYNCED])
    scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    before = scene.the("SecretProviderClassPodStatus"), scene.objects()[KEY]
    scene.rotate()
    assert (scene.the("SecretProviderClassPodStatus"), scene.objects()[KEY]) == before


def test_a_read_that_fails_leaves_what_was_mounted(scene: Scene) -> None:
    scene.class_of()
    scene.kubernetes.create(DEPLOYMENT, mounting())
    before = scene.the("SecretProviderClassPodStatus")
    scene.azure.delete("keyvault:Secret", scene.secret)
    scene.poll()
    assert scene.the("SecretProviderClassPodStatus") == before


def test_versions_are_mounted_by_number(scene: Scene) -> None:
    scene.class_of({"objectName": "db", "objectType": "secret", "objectVersionHistory": 2})
    scene.kubernetes.create(DEPLOYMENT, mounting())
    for value in ("a", "b", "c"):
        scene.rotate(value)
    ids = [one["id"] for one in scene.the("SecretProviderClassPodStatus")["status"]["objects"]]
    assert ids == ["secret/db/0", "secret/db/1", "secret/db/2"], (
        "one more than is asked for, as getLatestNKeyVaultObjects has it"
    )


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
@pytest.mark.parametrize("annotations", [BY_SECRET, BY_CLASS, {"reloader.stakater.com/auto": "true"}])
def test_reloader_makes_new_pods(scene: Scene, kind: str, annotations: dict[str, str]) -> None:
    reloader(scene)
    scene.class_of(synced=[SYNCED])
    wanted = owner(kind, pods=pods(ENV))
    wanted["metadata"]["annotations"] = annotations
    made = scene.kubernetes.create(TOKENS[kind], wanted)
    assert "annotations" not in scene.the("Pod")["metadata"]
    assert last_reloaded(scene, kind) is None
    scene.rotate()
    found = last_reloaded(scene, kind)
    assert found is not None
    assert ('"name": "app"' if annotations is BY_CLASS else '"containerRefs": ["app"]') in found
    assert scene.the("Pod")["metadata"]["annotations"] == {LAST_RELOADED: found}
    assert not scene.kubernetes.diff(TOKENS[kind], made, wanted).changes
    refreshed = scene.kubernetes.read(TOKENS[kind], made)
    assert refreshed is not None
    assert refreshed.inputs == made.inputs
    scene.poll()
    assert last_reloaded(scene, kind) == found


@pytest.mark.parametrize(
    ("annotations", "values"),
    [
        ({}, {}),
        ({"secret.reloader.stakater.com/reload": "db"}, {}),
        (BY_SECRET, {"namespaces": ["elsewhere"]}),
        (BY_SECRET, {"reloadStrategy": "default"}),
        (BY_CLASS, {"enableCSIIntegration": False}),
    ],
    ids=["not asked", "another name", "another namespace", "another strategy", "without the driver"],
)
def test_reloader_leaves_others_alone(
    scene: Scene, annotations: dict[str, str], values: dict[str, Any]
) -> None:
    reloader(scene, **values)
    scene.class_of(synced=[SYNCED])
    scene.kubernetes.create(DEPLOYMENT, annotated(annotations, ENV))
    before = scene.the("Pod")
    scene.rotate()
    assert last_reloaded(scene) is None
    assert scene.the("Pod") == before


def test_an_update_by_somebody_else_keeps_what_reloader_set(scene: Scene) -> None:
    reloader(scene)
    scene.class_of(synced=[SYNCED])
    made = scene.kubernetes.create(DEPLOYMENT, annotated(BY_SECRET, ENV))
    scene.rotate()
    found, pod = last_reloaded(scene), scene.the("Pod")
    wanted = annotated(BY_SECRET, ENV)
    wanted["metadata"]["labels"] = {"a": "b"}
    scene.kubernetes.update(DEPLOYMENT, made, wanted)
    assert last_reloaded(scene) == found
    assert scene.the("Pod") == pod


def test_a_secret_that_the_program_changes_is_a_change_too(scene: Scene) -> None:
    reloader(scene)
    made = scene.kubernetes.create(
        "core/v1:Secret", manifest("v1", "Secret", "db-synced", "demo", stringData={"password": Secret("a")})
    )
    wanted = owner("Deployment", pods={"containers": [{"name": "app", "image": "x", "env": [ENV]}]})
    wanted["metadata"]["annotations"] = BY_SECRET
    scene.kubernetes.create(DEPLOYMENT, wanted)
    scene.kubernetes.update(
        "core/v1:Secret",
        made,
        manifest("v1", "Secret", "db-synced", "demo", stringData={"password": Secret("a")}),
    )
    assert last_reloaded(scene) is None
    scene.kubernetes.update(
        "core/v1:Secret",
        made,
        manifest("v1", "Secret", "db-synced", "demo", stringData={"password": Secret("b")}),
    )
    assert last_reloaded(scene) is not None


def test_a_job_that_is_done_is_not_rotated(scene: Scene) -> None:
    scene.class_of()
    scene.kubernetes.create(TOKENS["Job"], owner("Job", pods=pods()))
    before = scene.the("SecretProviderClassPodStatus")
    scene.rotate()
    assert scene.the("SecretProviderClassPodStatus") == before


def test_pods_of_one_class_make_one_rollout(scene: Scene) -> None:
    reloader(scene)
    scene.class_of()
    scene.kubernetes.create(POD, manifest("v1", "Pod", "single", "demo", spec=pods()))
    scene.kubernetes.create(DEPLOYMENT, annotated(BY_CLASS))
    before = scene.the("Deployment")["metadata"]["generation"]
    scene.rotate()
    assert scene.the("Deployment")["metadata"]["generation"] == before + 1


def test_an_update_of_a_running_pod_mounts_nothing_anew(scene: Scene) -> None:
    scene.class_of()
    wanted = manifest("v1", "Pod", "single", "demo", spec=pods())
    made = scene.kubernetes.create(POD, wanted)
    before = scene.the("SecretProviderClassPodStatus")
    new_version(scene.azure.world, "kv-one", "db", "hunter3")
    scene.kubernetes.update(POD, made, {**wanted, "metadata": {**wanted["metadata"], "labels": {"a": "b"}}})
    assert scene.the("SecretProviderClassPodStatus") == before
