"""The External Secrets Operator: from a vault to a Secret."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.keyvault.data_plane import new_version
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, manifest
from tests.support.eso import (
    CLUSTER_STORE,
    SECRET,
    STORE,
    EsoScene,
    external_secret,
    reading_pods,
    store,
    waiting,
)
from tests.support.manifests import DEPLOYMENT, RELEASE
from tests.support.mounting import MountScene, config_error, install_reloader, last_reloaded

NO_RIGHT = (
    "UpdateFailed: error processing spec.data[0] (key: db), err: keyvault.BaseClient#GetSecret: Failure "
    "responding to request: "
    "StatusCode=403 -- Original Error: autorest/azure: Service returned an error. "
    'Status=403 Code="Forbidden" Message="Caller is not authorized to perform action on resource.'
)


def test_a_pod_gets_what_the_vault_has(scene: EsoScene) -> None:
    scene.kubernetes.create(SECRET, waiting(external_secret()))
    assert scene.condition("SecretStore") == ("True", "Valid", "store validated")
    assert scene.condition() == ("True", "SecretSynced", "secret synced")
    assert scene.made()["data"] == {"password": scene.azure.world.keyed_hash("hunter2")}
    assert scene.made()["type"] == "Opaque"
    scene.kubernetes.create(DEPLOYMENT, reading_pods())


def test_without_an_external_secret_a_pod_waits(scene: EsoScene) -> None:
    assert config_error(scene, reading_pods()) == 'Failed: Error: secret "db" not found'


def test_no_object_without_the_chart_and_its_definitions(azure: Azure) -> None:
    scene = MountScene(azure)
    with pytest.raises(ProviderError, match='no matches for kind "SecretStore"'):
        scene.kubernetes.create(STORE, store())
    values = {"installCRDs": False}
    scene.kubernetes.create(
        RELEASE, {"chart": "external-secrets", "name": "eso", "namespace": "default", "values": values}
    )
    with pytest.raises(ProviderError, match='no matches for kind "SecretStore"'):
        scene.kubernetes.create(STORE, store())


def test_a_definition_can_be_left_out_and_an_old_version_served(azure: Azure) -> None:
    scene = EsoScene(azure, crds={"createClusterSecretStore": False, "unsafeServeV1Beta1": True})
    with pytest.raises(ProviderError, match='no matches for kind "ClusterSecretStore"'):
        scene.kubernetes.create(
            CLUSTER_STORE, {**store(), "kind": "ClusterSecretStore", "metadata": {"name": "azure"}}
        )
    scene.kubernetes.create(
        "external-secrets.io/v1beta1:SecretStore", {**store(), "apiVersion": "external-secrets.io/v1beta1"}
    )


def test_with_the_release_go_its_objects_and_what_they_own(scene: EsoScene) -> None:
    made = scene.secret_of()
    scene.kubernetes.delete(RELEASE, scene.release, name="eso")
    assert not [
        key for key in scene.objects() if "ecretStore" in key or "ExternalSecret" in key or "/Secret/" in key
    ]
    scene.kubernetes.delete(SECRET, made)


def test_a_deletion_waits_for_an_operator_that_is_gone(azure: Azure) -> None:
    scene = MountScene(azure, addons=None)
    (id_,) = azure.world.kubernetes
    for plural, kind in (("externalsecrets", "ExternalSecret"), ("secretstores", "SecretStore")):
        spec = {
            "group": "external-secrets.io",
            "names": {"kind": kind, "plural": plural},
            "scope": "Namespaced",
        }
        versions = [{"name": "v1", "served": True, "storage": True}]
        name = f"{plural}.external-secrets.io"
        definition = manifest(
            "apiextensions.k8s.io/v1", "CustomResourceDefinition", name, spec={**spec, "versions": versions}
        )
        SimulatedCluster(azure.world, id_).create(definition)
    desired = {
        "chart": "external-secrets",
        "name": "eso",
        "namespace": "default",
        "values": {"installCRDs": False},
    }
    release = scene.kubernetes.create(RELEASE, desired)
    made = scene.kubernetes.create(SECRET, external_secret())
    scene.kubernetes.delete(RELEASE, release)
    with pytest.raises(
        ProviderError, match="timed out waiting for the condition\nfinalizers might be preventing deletion"
    ):
        scene.kubernetes.delete(SECRET, made)


def test_a_new_version_comes_with_the_next_refresh_and_reloader_sees_it(scene: EsoScene) -> None:
    install_reloader(scene)
    scene.secret_of()
    desired = reading_pods()
    desired["metadata"]["annotations"] = {"secret.reloader.stakater.com/reload": "db"}
    scene.kubernetes.create(DEPLOYMENT, desired)
    new_version(scene.azure.world, "kv-one", "db", "hunter3")
    before = scene.made()
    scene.kubernetes.service_account("other")
    assert scene.made() == before
    scene.poll()
    assert scene.made()["data"] == {"password": scene.azure.world.keyed_hash("hunter3")}
    assert '"name": "db"' in (last_reloaded(scene) or "")
    before = scene.made()
    scene.poll()
    assert scene.made() == before


@pytest.mark.parametrize(
    ("spec", "refreshed", "changed"),
    [
        ({}, True, True),
        ({"refreshInterval": "0s"}, False, False),
        ({"refreshPolicy": "CreatedOnce"}, False, False),
        ({"refreshPolicy": "OnChange"}, False, True),
    ],
    ids=["periodic", "no interval", "once", "on change"],
)
def test_a_refresh_policy_says_when(
    scene: EsoScene, spec: dict[str, Any], refreshed: bool, changed: bool
) -> None:
    made = scene.secret_of(**spec)
    old, new = ({"password": scene.azure.world.keyed_hash(value)} for value in ("hunter2", "hunter3"))
    scene.rotate()
    assert scene.made()["data"] == (new if refreshed else old)
    other = external_secret(**spec)
    other["metadata"]["labels"] = {"a": "b"}
    scene.kubernetes.update(SECRET, made, other)
    assert scene.made()["data"] == (new if changed else old)


def test_a_secret_that_somebody_removes_comes_again(scene: EsoScene) -> None:
    scene.secret_of(refreshPolicy="CreatedOnce")
    del scene.objects()["core/Secret/demo/db"]
    scene.kubernetes.service_account("other")
    assert scene.made()["data"]


def test_an_order_that_is_wrong_rights_itself(azure: Azure) -> None:
    scene = EsoScene(azure, granted=False)
    scene.secret_of()
    missing = 'could not get SecretStore "azure", SecretStore.external-secrets.io "azure" not found'
    assert scene.event() == f"UpdateFailed: error processing spec.data[0] (key: db), err: {missing}"
    assert scene.condition() == ("False", "SecretSyncedError", "could not get secret data from provider")
    scene.store()
    assert scene.event().startswith(NO_RIGHT)
    assert scene.event().endswith('InnerError={"code":"ForbiddenByRbac"}')
    scene.grant()
    scene.poll()
    assert scene.condition()[0] == "True"


def test_a_store_of_the_cluster_serves_the_namespaces_it_names(azure: Azure) -> None:
    scene = EsoScene(azure)
    desired: dict[str, Any] = {**store(), "kind": "ClusterSecretStore", "metadata": {"name": "azure"}}
    desired["spec"] = {**desired["spec"], "conditions": [{"namespaces": ["team-a"]}]}
    made = scene.kubernetes.create(CLUSTER_STORE, waiting(desired))
    scene.secret_of(secretStoreRef={"name": "azure", "kind": "ClusterSecretStore"})
    assert scene.event().endswith(
        'using cluster store "azure" is not allowed from namespace "demo": denied by spec.condition'
    )
    selector = {
        "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["demo"]}]
    }
    open_ = {**desired, "spec": {**desired["spec"], "conditions": [{"namespaceSelector": selector}]}}
    scene.kubernetes.update(CLUSTER_STORE, made, open_)
    assert scene.condition()[0] == "True"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, 'SecretStore "azure" is not ready'),
        ({"extraArgs": {"enable-flood-gate": "false"}}, "missing tenantID in store config"),
    ],
    ids=["flood gate", "no flood gate"],
)
def test_nothing_is_read_from_a_store_that_is_not_ready(
    azure: Azure, values: dict[str, Any], says: str
) -> None:
    scene = EsoScene(azure, **values)
    scene.store(tenantId=None)
    scene.secret_of()
    assert scene.event() == f"UpdateFailed: error processing spec.data[0] (key: db), err: {says}"
