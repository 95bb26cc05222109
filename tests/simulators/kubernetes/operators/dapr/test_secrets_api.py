"""The secrets API of a sidecar: secrets that an app may read, and the answers to other requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rehearsal.simulators.azure.keyvault.data_plane import new_version
from rehearsal.simulators.wire import Secret
from tests.support.acting import Azure, manifest
from tests.support.manifests import DEPLOYMENT
from tests.support.mounting import VAULT
from tests.support.sidecars import COMPONENT, CONFIGURATION, EXTENSION, DaprScene, app, component, extension

SCOPED = {"dapr.io/config": "shop"}
DENY: Mapping[str, Any] = {"storeName": "vault", "defaultAccess": "deny"}


@pytest.fixture
def scene(azure: Azure) -> DaprScene:
    scene = DaprScene(azure)
    scene.component()
    return scene


def test_a_value_comes_under_its_secret_s_name(scene: DaprScene) -> None:
    scene.deploy()
    answer = scene.read()
    assert (answer.status, answer.data) == (200, {"db": scene.azure.world.keyed_hash("hunter2")})


def test_every_read_asks_the_vault(scene: DaprScene) -> None:
    scene.deploy()
    new_version(scene.azure.world, "kv-one", "db", "hunter4")
    assert scene.read().data == {"db": scene.azure.world.keyed_hash("hunter4")}


def test_no_value_is_in_the_world_s_file(scene: DaprScene) -> None:
    scene.deploy()
    scene.read()
    scene.azure.world.save()
    assert "hunter" not in (scene.azure.world.folder / "cloud.json").read_text()


def test_a_store_that_is_not_there_is_401(scene: DaprScene) -> None:
    scene.deploy()
    answer = scene.read(store="keyvault")
    assert (answer.status, answer.code) == (401, "ERR_SECRET_STORE_NOT_FOUND")
    assert answer.message == "failed finding secret store with key keyvault"


def test_a_store_of_other_apps_is_not_there(azure: Azure) -> None:
    scene = DaprScene(azure)
    scene.component(scopes=["billing"])
    scene.deploy()
    assert scene.read().code == "ERR_SECRET_STORE_NOT_FOUND"


def test_a_store_of_another_namespace_is_not_there(azure: Azure) -> None:
    scene = DaprScene(azure)
    desired = component()
    desired["metadata"]["namespace"] = "default"
    scene.kubernetes.create(COMPONENT, desired)
    scene.deploy()
    assert scene.read().code == "ERR_SECRET_STORE_NOT_FOUND"


def test_without_any_store_it_is_500(azure: Azure) -> None:
    scene = DaprScene(azure)
    scene.deploy({"dapr.io/disable-builtin-k8s-secret-store": "true"})
    answer = scene.read()
    assert (answer.status, answer.code, answer.message) == (
        500,
        "ERR_SECRET_STORES_NOT_CONFIGURED",
        "secret store is not configured",
    )


def test_without_a_sidecar_nobody_answers(scene: DaprScene) -> None:
    scene.deploy({"dapr.io/enabled": "false"})
    answer = scene.read()
    assert (answer.status, answer.message) == (0, "dial tcp 127.0.0.1:3500: connect: connection refused")


def test_a_pod_that_is_gone_answers_no_more(scene: DaprScene) -> None:
    made = scene.deploy()
    scene.kubernetes.delete(DEPLOYMENT, made)
    assert scene.read().status == 0
    assert not [key for key in scene.objects() if "DaprSidecar" in key]


@pytest.mark.parametrize(
    ("scope", "db", "api"),
    [
        ({"storeName": "vault"}, 200, 200),
        (DENY, 403, 403),
        ({**DENY, "defaultAccess": "Deny"}, 403, 403),
        ({**DENY, "allowedSecrets": ["db"]}, 200, 403),
        ({"storeName": "vault", "defaultAccess": "allow", "allowedSecrets": ["db"]}, 200, 403),
        ({"storeName": "vault", "deniedSecrets": ["db"]}, 403, 200),
        ({"storeName": "vault", "allowedSecrets": ["db"], "deniedSecrets": ["db"]}, 200, 403),
        ({**DENY, "storeName": "kubernetes"}, 200, 200),
    ],
    ids=[
        "no word",
        "deny",
        "in any case",
        "allowed",
        "an allowed one denies the rest",
        "denied",
        "allowed wins",
        "another store",
    ],
)
def test_scopes_say_what_an_app_may_read(scene: DaprScene, scope: dict[str, Any], db: int, api: int) -> None:
    scene.configuration(scope)
    scene.deploy(SCOPED)
    assert (scene.read("db").status, scene.read("api").status) == (db, api)


def test_a_denied_secret_is_refused_in_the_sidecar_s_words(scene: DaprScene) -> None:
    scene.configuration(DENY)
    scene.deploy(SCOPED)
    answer = scene.read()
    assert (answer.code, answer.message) == (
        "ERR_PERMISSION_DENIED",
        'access denied by policy to get "db" from "vault"',
    )


def test_a_configuration_that_no_pod_names_scopes_nothing(scene: DaprScene) -> None:
    scene.configuration(DENY)
    scene.deploy()
    assert scene.read().status == 200


def test_another_spelling_gets_past_a_denied_name_and_not_past_an_allowed_one(scene: DaprScene) -> None:
    made = scene.configuration({"storeName": "vault", "deniedSecrets": ["db"]})
    scene.deploy(SCOPED)
    assert (scene.read("db").status, scene.read("DB").status) == (403, 200)
    spec = {"secrets": {"scopes": [{"storeName": "vault", "allowedSecrets": ["api"]}]}}
    scene.kubernetes.update(
        CONFIGURATION, made, manifest("dapr.io/v1alpha1", "Configuration", "shop", "demo", spec=spec)
    )
    assert (scene.read("db").status, scene.read("DB").status) == (403, 403)


def test_bulk_reads_all_and_leaves_out_what_the_scopes_deny(scene: DaprScene) -> None:
    scene.configuration({**DENY, "allowedSecrets": ["api"]})
    scene.deploy(SCOPED)
    answer = scene.bulk()
    assert (answer.status, dict(answer.data)) == (200, {"api": scene.azure.world.keyed_hash("hunter3")})


def test_bulk_takes_the_right_to_list_the_vault(azure: Azure) -> None:
    scene = DaprScene(azure, role=False)
    scene.grant(f"{VAULT}/secrets/db")
    scene.component()
    scene.deploy()
    answer = scene.bulk()
    assert (answer.status, answer.code) == (500, "ERR_SECRET_GET")
    assert answer.message.startswith("failed getting secrets from secret store vault: GET https://kv-one.")
    assert "\nRESPONSE 403: 403 Forbidden\n" in answer.message
    assert "secrets/readMetadata/action" in answer.message


def test_bulk_passes_over_what_is_disabled(scene: DaprScene) -> None:
    scene.azure.create(
        "keyvault:Secret",
        {
            "resourceGroupName": "rg",
            "vaultName": "kv-one",
            "secretName": "old",
            "properties": {"value": "x", "attributes": {"enabled": False}},
        },
    )
    scene.deploy()
    assert set(scene.bulk().data) == {"db", "api"}


def make_secret(scene: DaprScene) -> None:
    made = manifest("v1", "Secret", "local", "demo", stringData={"password": Secret("hunter5")})
    scene.kubernetes.create("core/v1:Secret", made)


def role(scene: DaprScene, *verbs: str, **more: Any) -> None:
    api, account = (
        "rbac.authorization.k8s.io/v1",
        {"kind": "ServiceAccount", "name": "app", "namespace": "demo"},
    )
    rule = {"apiGroups": [""], "resources": ["secrets"], "verbs": list(verbs), **more}
    scene.kubernetes.create(f"{api}:Role", manifest(api, "Role", "reader", "demo", rules=[rule]))
    reference = {"apiGroup": api.split("/")[0], "kind": "Role", "name": "reader"}
    scene.kubernetes.create(
        f"{api}:RoleBinding",
        manifest(api, "RoleBinding", "reader", "demo", subjects=[account], roleRef=reference),
    )


def test_the_built_in_store_needs_a_role(scene: DaprScene) -> None:
    make_secret(scene)
    scene.deploy()
    assert scene.read("local", "kubernetes").message == (
        'failed getting secret with key local from secret store kubernetes: secrets "local" is '
        "forbidden: User "
        '"system:serviceaccount:demo:app" cannot get resource "secrets" in API group "" in the '
        'namespace "demo"'
    )
    role(scene, "get")
    answer = scene.read("local", "kubernetes")
    assert (answer.status, set(answer.data)) == (200, {"password"})
    assert scene.bulk("kubernetes").status == 500


def test_a_role_may_name_one_secret(scene: DaprScene) -> None:
    make_secret(scene)
    role(scene, "get", resourceNames=["other"])
    scene.deploy()
    assert scene.read("local", "kubernetes").status == 500


def test_the_built_in_store_lists_with_the_right_to(scene: DaprScene) -> None:
    make_secret(scene)
    role(scene, "list")
    scene.deploy()
    assert set(scene.bulk("kubernetes").data) == {"local"}


def test_scopes_hold_for_the_built_in_store_too(scene: DaprScene) -> None:
    make_secret(scene)
    role(scene, "get")
    scene.configuration({"storeName": "kubernetes", "defaultAccess": "deny"})
    scene.deploy(SCOPED)
    assert scene.read("local", "kubernetes").status == 403


def test_the_built_in_store_can_be_switched_off(scene: DaprScene) -> None:
    scene.deploy({"dapr.io/disable-builtin-k8s-secret-store": "true"})
    assert scene.read("local", "kubernetes").code == "ERR_SECRET_STORE_NOT_FOUND"


def test_a_sidecar_of_1_18_sees_a_later_component(azure: Azure) -> None:
    scene = DaprScene(azure)
    scene.deploy()
    assert scene.read().status == 401
    scene.component()
    assert scene.read().status == 200


def test_an_older_one_sees_it_after_its_next_start(azure: Azure) -> None:
    scene = DaprScene(azure, installed=False)
    scene.release("1.17.9")
    made = scene.deploy()
    scene.component()
    assert scene.read().status == 401
    scene.kubernetes.update(DEPLOYMENT, made, app(annotations={"restarted": "now"}))
    assert scene.read().status == 200


def test_a_configuration_can_switch_that_off(azure: Azure) -> None:
    scene = DaprScene(azure)
    scene.configuration(features=[{"name": "HotReload", "enabled": False}])
    scene.deploy(SCOPED)
    scene.component()
    assert scene.read().status == 401


def test_a_later_component_that_does_not_start_ends_the_sidecar(scene: DaprScene) -> None:
    scene.deploy()
    scene.component("broken", azureEnvironment="mars")
    answer = scene.read()
    assert (answer.status, "invalid Azure cloud: mars" in answer.message) == (0, True)


def test_the_extension_s_sidecars_read_as_the_chart_s_do(azure: Azure) -> None:
    scene = DaprScene(azure, installed=False)
    scene.azure.create(EXTENSION, extension())
    scene.component()
    scene.deploy()
    assert scene.read().status == 200
