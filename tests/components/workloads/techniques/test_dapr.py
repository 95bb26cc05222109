"""Technique dapr: the sidecar's configuration, also on the wire, and the application's variables."""

from typing import Any

import pytest

from aks_secrets_testing.builds import Build, build, built_once
from components.workloads import DaprApp, LogLevel, Pod, VaultObject
from components.workloads.techniques.dapr import DaprWorkload
from tests.support import samples

APP = DaprApp(app_id="shop-app", store="key-vault")


@built_once
def _built(*names: str, preview: bool = False, **args: Any) -> Build:
    secrets = [VaultObject(name=name) for name in names or ("db-password",)]
    merged: dict[str, Any] = {"dapr": APP} | args
    return build(lambda: samples.workload(bundle=DaprWorkload, secrets=secrets, **merged), preview=preview)


def _template(built: Build) -> Any:
    return built.single("Deployment").plain()["spec"]["template"]


@pytest.mark.parametrize("preview", [False, True], ids=["known", "unknown"])
def test_scopes_are_sent_beside_spec(preview: bool) -> None:
    """The SDK's CustomResource drops them, and any application of the namespace could load the store."""
    component = _built(preview=preview).single("Component")
    assert component.type == "kubernetes:dapr.io/v1alpha1:Component"
    assert sorted(component.plain()) == ["apiVersion", "kind", "metadata", "scopes", "spec"]
    assert component.plain()["scopes"] == ["shop-app"]
    assert component.plain()["metadata"] == {"name": "key-vault", "namespace": "shop"}


def test_the_store_reads_the_vault_with_the_pods_identity_only() -> None:
    assert _built().single("Component").plain()["spec"] == {
        "type": "secretstores.azure.keyvault",
        "version": "v1",
        "metadata": [
            {"name": "vaultName", "value": "kv-shop"},
            {"name": "azureAuthMethods", "value": "workloadidentity"},
        ],
    }


def test_the_vaults_name_is_in_lower_case() -> None:
    built = build(
        lambda: samples.workload(bundle=DaprWorkload, vault=samples.vault(vault_name="Kv-Shop"), dapr=APP)
    )
    assert built.single("Component").plain()["spec"]["metadata"][0]["value"] == "kv-shop"


def test_the_application_may_read_the_listed_secrets_only() -> None:
    assert _built("a", "b").single("Configuration", "shop-configuration").plain()["spec"] == {
        "secrets": {
            "scopes": [
                {"storeName": "key-vault", "defaultAccess": "deny", "allowedSecrets": ["a", "b"]},
                {"storeName": "kubernetes", "defaultAccess": "deny"},
            ]
        }
    }


def test_the_configuration_exists_under_the_app_id_too() -> None:
    """Two workloads with one app id, even of different stacks, would share one
    object of this name.
    """
    built = _built("a")
    own, other = (
        built.single("Configuration", name).plain() for name in ("shop-configuration", "shop-app-id")
    )
    assert (own["metadata"]["name"], other["metadata"]["name"]) == ("shop", "shop-app")
    assert other["spec"] == own["spec"], "the name gives no more than the application has"
    assert built.single("Configuration", "shop-app-id").urn in built.single("Deployment").dependencies, (
        "a clash is found before the pods change"
    )


def test_a_workload_with_the_app_id_of_its_name_has_one_configuration() -> None:
    assert len(_built("a", dapr=DaprApp(app_id="shop", store="key-vault")).of_type("Configuration")) == 1


def test_the_sidecar_is_configured_by_annotations() -> None:
    app = DaprApp(
        app_id="shop-app",
        store="key-vault",
        log_level=LogLevel.WARN,
        resources={"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
    )
    annotations = _template(_built(dapr=app, pod=Pod(image="registry.example/shop:1", port=8080)))[
        "metadata"
    ]["annotations"]
    assert {
        key.removeprefix("dapr.io/"): value
        for key, value in annotations.items()
        if key.startswith("dapr.io/")
    } == {
        "enabled": "true",
        "app-id": "shop-app",
        "app-port": "8080",
        "config": "shop",
        "log-level": "warn",
        "disable-builtin-k8s-secret-store": "true",
        "sidecar-seccomp-profile-type": "RuntimeDefault",
        "sidecar-cpu-request": "50m",
        "sidecar-memory-request": "64Mi",
        "sidecar-memory-limit": "128Mi",
    }


def test_an_application_without_a_port_has_none() -> None:
    assert "dapr.io/app-port" not in _template(_built())["metadata"]["annotations"]


def test_the_pod_has_the_identity_label_and_the_selector_does_not() -> None:
    built = _built()
    assert _template(built)["metadata"]["labels"] == {
        "app.kubernetes.io/name": "shop",
        "azure.workload.identity/use": "true",
    }
    assert built.single("Deployment").plain()["spec"]["selector"] == {
        "matchLabels": {"app.kubernetes.io/name": "shop"}
    }


def test_the_application_gets_store_and_names_as_variables() -> None:
    def env(*names: str) -> dict[str, str]:
        return {
            variable["name"]: variable["value"]
            for variable in _template(_built(*names))["spec"]["containers"][0]["env"]
        }

    assert env("a", "b") == {"DAPR_SECRET_STORE": "key-vault", "SECRET_NAMES": "a,b"}
    assert env("a") == {"DAPR_SECRET_STORE": "key-vault", "SECRET_NAMES": "a", "SECRET_NAME": "a"}


def test_another_list_of_secrets_creates_new_pods() -> None:
    """A sidecar reads its Configuration only when it starts."""

    def mark(*names: str) -> str:
        return _template(_built(*names))["metadata"]["annotations"]["aks-secrets/dapr-configuration"]

    assert mark("a") == mark("a")
    assert mark("a") != mark("a", "b")


def test_pods_come_after_store_and_configuration_and_both_after_dapr() -> None:
    def program() -> None:
        aks = samples.cluster()
        samples.workload(aks=aks, bundle=DaprWorkload, operator=aks.managed_cluster, dapr=APP)

    built = build(program)
    component, configuration = built.single("Component"), built.single("Configuration", "shop-configuration")
    assert {component.urn, configuration.urn} <= set(built.single("Deployment").dependencies)
    operator = built.single("ManagedCluster").urn
    assert operator in component.dependencies
    assert operator in configuration.dependencies


def test_the_default_app_id_is_the_workloads_name() -> None:
    built = _built(dapr=None)
    assert built.single("Component").plain()["metadata"]["name"] == "shop-key-vault"
    assert built.single("Component").plain()["scopes"] == ["shop"]


def test_the_resource_is_of_the_providers_version() -> None:
    """Without a version the engine would use the newest provider."""
    built = _built()
    assert built.single("Component").version == built.single("Deployment").version != ""
