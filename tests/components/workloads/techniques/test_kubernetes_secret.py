"""Technique kubernetes-secret: a Kubernetes Secret with values that the program writes."""

from typing import Any

from aks_secrets_testing.builds import Build, build
from components.key_vault.secrets import RandomValue, SeededSecret
from components.key_vault.vault import KeyVault
from components.workloads import VaultObject
from components.workloads.techniques.kubernetes_secret import KubernetesSecretWorkload
from tests.support import samples
from tests.support.samples import key_of


def _vault() -> KeyVault:
    return samples.vault(
        secrets=[
            SeededSecret(name="db-password", value="canary-7f3a"),
            SeededSecret(name="Key", value=RandomValue()),
        ]
    )


def _built(*secrets: VaultObject, **args: Any) -> Build:
    return build(
        lambda: samples.workload(bundle=KubernetesSecretWorkload, vault=_vault(), secrets=secrets, **args)
    )


DB = VaultObject(name="db-password", env="DB", secret_key_ref=key_of("shop-secrets", "password"))


def _secret(built: Build) -> Any:
    return next(
        resource for resource in built.of_type("Secret") if resource.type == "kubernetes:core/v1:Secret"
    )


def test_the_secret_holds_the_values_of_the_vault() -> None:
    secret = _secret(_built(DB))
    assert secret.plain()["stringData"] == {"password": "canary-7f3a"}
    assert secret.is_secret("stringData"), "or the state and the preview would show it"
    assert (secret.plain()["metadata"], secret.plain()["type"]) == (
        {"name": "shop-secrets", "namespace": "shop"},
        "Opaque",
    )


def test_names_ignore_case_like_the_vault() -> None:
    assert _secret(_built(VaultObject(name="kEY", secret_key_ref=key_of("s", "kEY")))).is_secret("stringData")


def test_variables_and_files_come_from_it() -> None:
    built = _built(
        DB,
        VaultObject(
            name="key",
            file="keys/main",
            secret_key_ref=key_of("shop-secrets", "key"),
            mounted_from_secret=True,
        ),
        mount_path="/secrets",
    )
    spec = built.single("Deployment").plain()["spec"]["template"]["spec"]
    assert spec["containers"][0]["env"] == [
        {"name": "DB", "valueFrom": {"secretKeyRef": {"name": "shop-secrets", "key": "password"}}}
    ]
    assert spec["volumes"] == [
        {
            "name": "kubernetes-secrets",
            "projected": {
                "sources": [
                    {"secret": {"name": "shop-secrets", "items": [{"key": "key", "path": "keys/main"}]}}
                ]
            },
        }
    ]
    assert spec["containers"][0]["volumeMounts"] == [
        {"name": "kubernetes-secrets", "mountPath": "/secrets", "readOnly": True}
    ]


def test_without_files_nothing_is_mounted() -> None:
    spec = _built(DB).single("Deployment").plain()["spec"]["template"]["spec"]
    assert "volumes" not in spec
    assert "volumeMounts" not in spec["containers"][0]


def test_objects_of_one_name_share_a_secret() -> None:
    built = _built(
        DB,
        VaultObject(name="key", secret_key_ref=key_of("shop-secrets", "key")),
        VaultObject(name="key", secret_key_ref=key_of("other", "k")),
    )
    secrets = [resource for resource in built.of_type("Secret") if resource.type.startswith("kubernetes:")]
    assert {
        resource.plain()["metadata"]["name"]: sorted(resource.plain()["stringData"]) for resource in secrets
    } == {
        "shop-secrets": ["key", "password"],
        "other": ["k"],
    }


def test_pods_come_after_it_and_reloader_watches_it() -> None:
    built = _built(DB, reload=True)
    deployment = built.single("Deployment")
    assert _secret(built).urn in deployment.dependencies
    assert deployment.plain()["metadata"]["annotations"] == {
        "secret.reloader.stakater.com/reload": "shop-secrets"
    }
