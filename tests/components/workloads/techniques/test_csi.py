"""Technique csi: the SecretProviderClass and the pod's mounts."""

from typing import Any

import pytest
from ruamel.yaml import YAML

from aks_secrets_testing.builds import Build, build, built_once
from components.authorization.roles import ObjectType
from components.workloads import Pod, VaultObject
from components.workloads.techniques.csi import CsiWorkload
from tests.support import samples
from tests.support.samples import key_of

DB = VaultObject(name="db-password")
VERSION = "0123456789abcdef0123456789abcdef"


@built_once
def _built(*secrets: VaultObject, preview: bool = False, **args: Any) -> Build:
    return build(lambda: samples.workload(bundle=CsiWorkload, secrets=secrets, **args), preview=preview)


def _class(built: Build) -> Any:
    return built.single("SecretProviderClass").plain()["spec"]


def _objects(built: Build) -> list[dict[str, Any]]:
    """Parsed as the provider does it: YAML, then each item as YAML again."""
    yaml = YAML(typ="safe")
    array = yaml.load(_class(built)["parameters"]["objects"])["array"]
    assert all(isinstance(item, str) for item in array), "given as maps, the provider cannot read them"
    return [yaml.load(item) for item in array]


@pytest.mark.parametrize("preview", [False, True], ids=["known", "unknown"])
def test_the_name_of_the_class_is_known_in_the_first_preview(preview: bool) -> None:
    metadata = _built(DB, preview=preview).single("SecretProviderClass").plain()["metadata"]
    assert metadata == {"name": "shop", "namespace": "shop"}


def test_the_provider_uses_the_workloads_identity() -> None:
    parameters = _class(_built(DB))["parameters"]
    del parameters["objects"]
    assert parameters == {
        "usePodIdentity": "false",
        "useVMManagedIdentity": "false",
        "clientID": "<shop-identity.clientId>",
        "tenantId": "<shop-identity.tenantId>",
        "keyvaultName": "kv-shop",
        "cloudName": "AzurePublicCloud",
    }


def test_parameters_are_strings() -> None:
    """The CRD refuses booleans: map[string]string."""
    assert {type(value) for value in _class(_built(DB))["parameters"].values()} == {str}


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (ObjectType.SECRET, "secret"),
        (ObjectType.KEY, "key"),
        (ObjectType.CERT, "cert"),
        (ObjectType.CERT_KEY_PAIR, "secret"),
    ],
)
def test_types_are_the_providers(kind: ObjectType, written: str) -> None:
    """Key Vault serves a certificate with its key as the secret of its name."""
    assert _objects(_built(VaultObject(name="tls", type=kind))) == [
        {"objectName": "tls", "objectType": written}
    ]


def test_all_fields_of_an_object_are_passed_on() -> None:
    keystore = VaultObject(
        name="keystore",
        type=ObjectType.CERT_KEY_PAIR,
        file="tls/keystore.pfx",
        version=VERSION,
        version_history=3,
        format="pfx",
        encoding="base64",
        permission="0400",
    )
    assert _objects(_built(keystore)) == [
        {
            "objectName": "keystore",
            "objectType": "secret",
            "objectAlias": "tls/keystore.pfx",
            "objectVersion": VERSION,
            "objectVersionHistory": 3,
            "objectFormat": "pfx",
            "objectEncoding": "base64",
            "filePermission": "0400",
        }
    ]


def test_values_that_look_like_other_types_stay_strings() -> None:
    """Unquoted, YAML parses 0400 as a number, yes as true and null as nothing."""
    secrets = [VaultObject(name="yes", permission="0400"), VaultObject(name="12e3", file="null")]
    assert _objects(_built(*secrets)) == [
        {"objectName": "yes", "objectType": "secret", "filePermission": "0400"},
        {"objectName": "12e3", "objectType": "secret", "objectAlias": "null"},
    ]


def test_the_pod_mounts_the_class_read_only() -> None:
    """The driver refuses `readOnly: false`."""
    spec = _built(DB, mount_path="/secrets").single("Deployment").plain()["spec"]["template"]["spec"]
    assert spec["volumes"] == [
        {
            "name": "secrets-store",
            "csi": {
                "driver": "secrets-store.csi.k8s.io",
                "readOnly": True,
                "volumeAttributes": {"secretProviderClass": "shop"},
            },
        }
    ]
    assert spec["containers"][0]["volumeMounts"] == [
        {"name": "secrets-store", "mountPath": "/secrets", "readOnly": True}
    ]


def test_the_pod_does_not_have_the_identity_label() -> None:
    """The kubelet passes a token of the ServiceAccount to the driver; the pod needs no path to Entra."""
    labels = _built(DB).single("Deployment").plain()["spec"]["template"]["metadata"]["labels"]
    assert labels == {"app.kubernetes.io/name": "shop"}


SYNCED = VaultObject(name="a", env="A", secret_key_ref=key_of("s", "a"))


def test_variables_come_from_a_synced_secret_and_the_mount_stays() -> None:
    built = _built(
        VaultObject(name="db-password", env="DB", file="db", secret_key_ref=key_of("shop-synced", "password"))
    )
    assert _class(built)["secretObjects"] == [
        {"secretName": "shop-synced", "type": "Opaque", "data": [{"objectName": "db", "key": "password"}]}
    ]
    (container,) = built.single("Deployment").plain()["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [
        {"name": "DB", "valueFrom": {"secretKeyRef": {"name": "shop-synced", "key": "password"}}}
    ]
    assert len(container["volumeMounts"]) == 1, "the driver syncs while a pod mounts, and no longer"


def test_without_variables_nothing_is_synced() -> None:
    assert "secretObjects" not in _class(_built(DB))


def test_of_several_versions_the_newest_is_synced() -> None:
    built = _built(VaultObject(name="db", version_history=2, env="DB", secret_key_ref=key_of("s", "db")))
    assert _class(built)["secretObjects"][0]["data"] == [{"objectName": "db/0", "key": "db"}]


def test_a_certificate_fills_both_keys_of_a_tls_secret() -> None:
    tls = VaultObject(
        name="web-tls",
        type=ObjectType.CERT_KEY_PAIR,
        secret_key_ref=key_of("web-tls", "web-tls", "kubernetes.io/tls"),
    )
    assert _class(_built(tls))["secretObjects"] == [
        {
            "secretName": "web-tls",
            "type": "kubernetes.io/tls",
            "data": [
                {"objectName": "web-tls", "key": "tls.crt"},
                {"objectName": "web-tls", "key": "tls.key"},
            ],
        }
    ]


def test_pods_come_after_the_class_and_the_class_after_the_driver() -> None:
    aks = []

    def program() -> None:
        aks.append(samples.cluster())
        samples.workload(aks=aks[0], bundle=CsiWorkload, operator=aks[0].managed_cluster)

    built = build(program)
    provider_class = built.single("SecretProviderClass")
    assert provider_class.urn in built.single("Deployment").dependencies
    assert {built.single("ManagedCluster").urn, built.single("Namespace").urn} <= set(
        provider_class.dependencies
    )


@pytest.mark.parametrize(
    ("secrets", "annotation"),
    [
        ([DB], {"secretproviderclass.reloader.stakater.com/reload": "shop"}),
        ([SYNCED], {"secret.reloader.stakater.com/reload": "s"}),
        (
            [DB, SYNCED],
            {
                "secret.reloader.stakater.com/reload": "s",
                "secretproviderclass.reloader.stakater.com/reload": "shop",
            },
        ),
    ],
    ids=["files", "variables", "both"],
)
def test_reloader_watches_what_the_pod_reads(secrets: list[VaultObject], annotation: dict[str, str]) -> None:
    """Reloader reads the annotation of the owner. A pod that starts before its Secret is updated would keep
    the old value.
    """
    deployment = _built(*secrets, reload=True).single("Deployment").plain()
    assert deployment["metadata"]["annotations"] == annotation
    assert [
        key for key in deployment["spec"]["template"]["metadata"]["annotations"] if "reloader" in key
    ] == []
    assert "annotations" not in _built(*secrets).single("Deployment").plain()["metadata"]


@pytest.mark.parametrize(
    "other",
    [
        VaultObject(name="db-password", version=VERSION),
        VaultObject(name="db-password", file="db"),
        VaultObject(name="another"),
    ],
    ids=["version", "file", "object"],
)
def test_a_changed_class_creates_new_pods(other: VaultObject) -> None:
    """A pod reads the class only when it mounts; a variable would keep the old value."""
    before, after = (
        _built(secret).single("Deployment").plain()["spec"]["template"]["metadata"]["annotations"]
        for secret in (DB, other)
    )
    assert before["aks-secrets/secret-provider-class"] != after["aks-secrets/secret-provider-class"]
    assert before["aks-secrets/client-id"] == after["aks-secrets/client-id"] == "<shop-identity.clientId>"


def test_the_pod_patch_contains_the_mount() -> None:
    made: list[Any] = []
    build(lambda: made.append(samples.workload(bundle=CsiWorkload, secrets=[DB], pod=None)))
    assert made[0].pod_patch["spec"]["volumes"][0]["csi"]["volumeAttributes"] == {
        "secretProviderClass": "shop"
    }


def test_overrides_keep_the_mount() -> None:
    over = {"spec": {"template": {"spec": {"volumes": [{"name": "tmp", "emptyDir": {}}]}}}}
    spec = (
        _built(DB, pod=Pod(image="x:1", overrides=over))
        .single("Deployment")
        .plain()["spec"]["template"]["spec"]
    )
    assert [volume["name"] for volume in spec["volumes"]] == ["secrets-store", "tmp"]


def test_files_can_come_from_the_synced_secret() -> None:
    """The driver's own files belong to root despite fsGroup (secrets-store-csi-driver#858)."""
    tls = VaultObject(
        name="tls",
        type=ObjectType.CERT_KEY_PAIR,
        file="web",
        secret_key_ref=key_of("t", "tls", "kubernetes.io/tls"),
        mounted_from_secret=True,
    )
    db = VaultObject(
        name="db", file="db/password", secret_key_ref=key_of("s", "password"), mounted_from_secret=True
    )
    spec = _built(db, tls, DB).single("Deployment").plain()["spec"]["template"]["spec"]
    assert spec["volumes"][1] == {
        "name": "kubernetes-secrets",
        "projected": {
            "sources": [
                {"secret": {"name": "s", "items": [{"key": "password", "path": "db/password"}]}},
                {
                    "secret": {
                        "name": "t",
                        "items": [
                            {"key": "tls.crt", "path": "web/tls.crt"},
                            {"key": "tls.key", "path": "web/tls.key"},
                        ],
                    }
                },
            ]
        },
    }
    assert [mount["mountPath"] for mount in spec["containers"][0]["volumeMounts"]] == [
        "/mnt/secrets-store",
        "/mnt/kubernetes-secrets",
    ]
