"""Technique eso: the operator's custom resources, and the pod's variables and files."""

from typing import Any

import pytest

from components.authorization.roles import ObjectType
from components.identity.principal import ServiceAccount
from components.key_vault.secrets import RandomValue, SeededSecret
from components.workloads import (
    CreationPolicy,
    DeletionPolicy,
    RefreshPolicy,
    SecretKeyRef,
    SecretQuery,
    Sync,
    TemplatedSecret,
    VaultObject,
)
from components.workloads.techniques.eso import EsoWorkload
from tests.support import samples
from tests.support.harness import Build, build, built_once

VERSION = "0123456789abcdef0123456789abcdef"


def _in(secret: str, key: str, kind: str = "Opaque") -> SecretKeyRef:
    return SecretKeyRef(secret=secret, key=key, type=kind)


def _db(**args: Any) -> VaultObject:
    return VaultObject(
        **({"name": "db-password", "secret_key_ref": _in("shop-external", "db-password")} | args)
    )


@built_once
def _built(*secrets: VaultObject, preview: bool = False, **args: Any) -> Build:
    return build(
        lambda: samples.workload(bundle=EsoWorkload, secrets=secrets or (_db(),), **args), preview=preview
    )


def _spec(built: Build, name: str = "shop-external") -> Any:
    return next(
        resource
        for resource in built.of_type("ExternalSecret")
        if resource.plain()["metadata"]["name"] == name
    ).plain()["spec"]


@pytest.mark.parametrize("preview", [False, True], ids=["known", "unknown"])
def test_names_of_objects_are_known_in_the_first_preview(preview: bool) -> None:
    built = _built(preview=preview)
    assert [built.one(kind).plain()["metadata"]["name"] for kind in ("SecretStore", "ExternalSecret")] == [
        "shop",
        "shop-external",
    ]
    assert {built.one(kind).plain()["apiVersion"] for kind in ("SecretStore", "ExternalSecret")} == {
        "external-secrets.io/v1"
    }


def test_the_store_uses_the_workloads_service_account_and_no_tenant() -> None:
    """The tenant is on the ServiceAccount; given twice, the operator fails."""
    built = _built()
    assert built.one("SecretStore").plain()["spec"] == {
        "provider": {
            "azurekv": {
                "authType": "WorkloadIdentity",
                "vaultUrl": "https://kv-shop.vault.azure.net/",
                "serviceAccountRef": {"name": "shop"},
            }
        }
    }
    assert (
        "azure.workload.identity/tenant-id" in built.one("ServiceAccount").plain()["metadata"]["annotations"]
    )


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (ObjectType.SECRET, "secret/x"),
        (ObjectType.KEY, "key/x"),
        (ObjectType.CERT, "cert/x"),
        (ObjectType.CERT_KEY_PAIR, "secret/x"),
    ],
)
def test_types_are_the_providers_prefixes(kind: ObjectType, key: str) -> None:
    assert _spec(_built(_db(name="x", type=kind)))["data"] == [
        {"secretKey": "db-password", "remoteRef": {"key": key}}
    ]


def test_all_fields_of_an_object_are_passed_on() -> None:
    spec = _spec(_built(_db(version=VERSION, property="database.password", encoding="base64")))
    assert spec["data"][0]["remoteRef"] == {
        "key": "secret/db-password",
        "property": "database.password",
        "version": VERSION,
        "decodingStrategy": "Base64",
    }


def test_policies_are_passed_to_the_external_secret() -> None:
    blank = {"engineVersion": "v2"}  # else the operator copies the annotations of the ExternalSecret
    target = {
        "name": "shop-external",
        "creationPolicy": "Owner",
        "deletionPolicy": "Retain",
        "template": blank,
    }
    assert _spec(_built())["target"] == target
    sync = Sync(
        refresh_interval="15m",
        refresh_policy=RefreshPolicy.ON_CHANGE,
        creation_policy=CreationPolicy.CREATE_OR_MERGE,
        deletion_policy=DeletionPolicy.MERGE,
    )
    spec = _spec(_built(sync=sync))
    assert (spec["refreshInterval"], spec["refreshPolicy"]) == ("15m", "OnChange")
    assert spec["target"] == {**target, "creationPolicy": "CreateOrMerge", "deletionPolicy": "Merge"}
    assert spec["secretStoreRef"] == {"kind": "SecretStore", "name": "shop"}, (
        "never one that the whole cluster shares"
    )


def test_variables_and_files_come_from_the_secret() -> None:
    built = _built(_db(env="DB", file="db/password", mounted_from_secret=True), mount_path="/secrets")
    spec = built.one("Deployment").plain()["spec"]["template"]["spec"]
    assert spec["containers"][0]["env"] == [
        {"name": "DB", "valueFrom": {"secretKeyRef": {"name": "shop-external", "key": "db-password"}}}
    ]
    (source,) = spec["volumes"][0]["projected"]["sources"]
    assert source == {
        "secret": {"name": "shop-external", "items": [{"key": "db-password", "path": "db/password"}]}
    }
    assert spec["containers"][0]["volumeMounts"] == [
        {"name": "kubernetes-secrets", "mountPath": "/secrets", "readOnly": True}
    ]


def test_the_pod_does_not_have_the_identity_label() -> None:
    """The operator uses the ServiceAccount; the pod needs neither a token nor a path to Entra."""
    metadata = _built().one("Deployment").plain()["spec"]["template"]["metadata"]
    assert metadata == {"labels": {"app.kubernetes.io/name": "shop"}}


def test_each_kubernetes_secret_has_an_external_secret_of_its_own() -> None:
    built = _built(
        _db(),
        _db(name="a", secret_key_ref=_in("other", "a")),
        _db(name="b", secret_key_ref=_in("other", "b")),
    )
    assert [entry["secretKey"] for entry in _spec(built)["data"]] == ["db-password"]
    assert [entry["secretKey"] for entry in _spec(built, "other")["data"]] == ["a", "b"]


def test_a_json_secret_fills_keys_of_its_own() -> None:
    built = _built(_db(name="config", extract=True, env_from=True))
    spec = _spec(built)
    assert spec["dataFrom"] == [{"extract": {"key": "secret/config"}}]
    assert "data" not in spec
    (container,) = built.one("Deployment").plain()["spec"]["template"]["spec"]["containers"]
    assert container["envFrom"] == [{"secretRef": {"name": "shop-external"}}]


def test_secrets_are_found_by_name_and_tags() -> None:
    built = _built(
        secret_queries=[
            SecretQuery(secret="found", regexp="^user", tags={"team": "shop"}),
            SecretQuery(secret="found", regexp="^x"),
        ]
    )
    assert _spec(built, "found")["dataFrom"] == [
        {"find": {"name": {"regexp": "^user"}, "tags": {"team": "shop"}}},
        {"find": {"name": {"regexp": "^x"}}},
    ]


def test_another_type_is_set_by_the_template() -> None:
    spec = _spec(_built(_db(secret_key_ref=_in("ssh", "ssh-privatekey", "kubernetes.io/ssh-auth"))), "ssh")
    assert spec["target"]["template"] == {"engineVersion": "v2", "type": "kubernetes.io/ssh-auth"}


def test_a_composed_value_leaves_the_others_in_place() -> None:
    """A template drops keys that it does not list: Replace is the operator's default."""
    url = TemplatedSecret(
        template="x{{ .user }}",
        fields=frozenset({"user"}),
        secret_key_ref=_in("shop-external", "url"),
        env="URL",
    )
    built = _built(
        _db(), _db(name="db-user", secret_key_ref=_in("shop-external", "user")), templated_secrets=[url]
    )
    assert _spec(built)["target"]["template"] == {
        "engineVersion": "v2",
        "mergePolicy": "Replace",
        "data": {
            "db-password": '{{ index . "db-password" }}',
            "user": '{{ index . "user" }}',
            "url": "x{{ .user }}",
        },
    }
    (container,) = built.one("Deployment").plain()["spec"]["template"]["spec"]["containers"]
    assert container["env"][-1]["valueFrom"]["secretKeyRef"] == {"name": "shop-external", "key": "url"}


def test_ingredients_of_a_composed_value_stay_out_of_its_secret() -> None:
    pull = TemplatedSecret(
        template='{"auths": {{ index . "db-password" | toJson }}}',
        fields=frozenset({"db-password"}),
        secret_key_ref=_in("pull", ".dockerconfigjson", "kubernetes.io/dockerconfigjson"),
    )
    spec = _spec(
        _built(
            _db(), _db(name="other", secret_key_ref=_in("shop-external", "other")), templated_secrets=[pull]
        ),
        "pull",
    )
    assert spec["data"] == [{"secretKey": "db-password", "remoteRef": {"key": "secret/db-password"}}]
    assert spec["target"]["template"] == {
        "type": "kubernetes.io/dockerconfigjson",
        "engineVersion": "v2",
        "mergePolicy": "Replace",
        "data": {".dockerconfigjson": '{"auths": {{ index . "db-password" | toJson }}}'},
    }


def test_a_template_that_only_go_can_read_gets_everything() -> None:
    all_of_them = TemplatedSecret(template="{{ . | toJson }}", fields=None, secret_key_ref=_in("all", "json"))
    spec = _spec(
        _built(
            _db(), _db(name="b", secret_key_ref=_in("shop-external", "b")), templated_secrets=[all_of_them]
        ),
        "all",
    )
    assert [entry["secretKey"] for entry in spec["data"]] == ["db-password", "b"]


def test_unknown_keys_are_merged_with_composed_ones() -> None:
    url = TemplatedSecret(
        template="x{{ .user }}", fields=frozenset({"user"}), secret_key_ref=_in("shop-external", "url")
    )
    spec = _spec(_built(_db(name="config", extract=True), templated_secrets=[url]))
    assert spec["target"]["template"]["mergePolicy"] == "Merge"


def test_a_template_prefers_keys_of_its_own_secret() -> None:
    """The operator's webhook refuses a duplicate secretKey."""
    url = TemplatedSecret(
        template="{{ .user }}", fields=frozenset({"user"}), secret_key_ref=_in("one", "url")
    )
    built = _built(
        _db(name="a", secret_key_ref=_in("one", "user")),
        _db(name="b", secret_key_ref=_in("two", "user")),
        templated_secrets=[url],
    )
    assert _spec(built, "one")["data"] == [{"secretKey": "user", "remoteRef": {"key": "secret/a"}}]


def test_a_certificate_fills_both_keys_of_a_tls_secret_whatever_form_the_vault_has_it_in() -> None:
    tls = _db(
        name="web", type=ObjectType.CERT_KEY_PAIR, secret_key_ref=_in("web-tls", "web", "kubernetes.io/tls")
    )
    template = _spec(_built(tls), "web-tls")["target"]["template"]
    assert (template["type"], sorted(template["data"])) == ("kubernetes.io/tls", ["tls.crt", "tls.key"])
    assert 'filterPEM "PRIVATE KEY"' in template["data"]["tls.key"]
    assert "b64dec | pkcs12key" in template["data"]["tls.key"]


def test_an_update_waits_until_the_operator_has_read_the_vault() -> None:
    waits = {"pulumi.com/waitFor": "condition=Ready"}
    for kind in ("SecretStore", "ExternalSecret"):
        assert _built().one(kind).plain()["metadata"]["annotations"] == waits
        assert "annotations" not in _built(sync=Sync(await_ready=False)).one(kind).plain()["metadata"]
        assert "annotations" not in _built(await_pods=False).one(kind).plain()["metadata"], (
            "somebody else grants the rights first"
        )


def test_the_operator_may_request_tokens_of_this_service_account_only() -> None:
    built = _built(operator_account=ServiceAccount("ops", "external-secrets"))
    role, binding = built.one("Role"), built.one("RoleBinding")
    assert role.plain()["rules"] == [
        {
            "apiGroups": [""],
            "resources": ["serviceaccounts/token"],
            "resourceNames": ["shop"],
            "verbs": ["create"],
        }
    ]
    assert role.plain()["metadata"]["namespace"] == "shop"
    assert binding.plain()["subjects"] == [
        {"kind": "ServiceAccount", "name": "external-secrets", "namespace": "ops"}
    ]
    assert binding.urn in built.one("SecretStore").dependencies


def test_an_operator_with_permission_gets_no_role() -> None:
    assert _built().of_type("Role") == []


def test_store_secret_and_pod_come_one_after_the_other() -> None:
    def program() -> None:
        aks = samples.cluster()
        samples.workload(
            aks=aks, bundle=EsoWorkload, secrets=[_db()], operator=aks.managed_cluster, reload=True
        )

    built = build(program)
    store, external, deployment = (
        built.one("SecretStore"),
        built.one("ExternalSecret"),
        built.one("Deployment"),
    )
    operator = built.one("ManagedCluster").urn
    assert {operator, built.one("ServiceAccount").urn, built.one("FederatedIdentityCredential").urn} <= set(
        store.dependencies
    )
    assert {operator, store.urn} <= set(external.dependencies)
    assert external.urn in deployment.dependencies
    assert deployment.plain()["metadata"]["annotations"] == {
        "secret.reloader.stakater.com/reload": "shop-external"
    }


def test_the_pod_patch_contains_the_variables() -> None:
    workload: list[Any] = []
    build(lambda: workload.append(samples.workload(bundle=EsoWorkload, secrets=[_db(env="DB")], pod=None)))
    assert workload[0].pod_patch["spec"]["containers"] == [
        {
            "name": "shop",
            "env": [
                {"name": "DB", "valueFrom": {"secretKeyRef": {"name": "shop-external", "key": "db-password"}}}
            ],
        }
    ]


def test_a_query_depends_on_all_secrets_that_the_program_writes() -> None:
    def program() -> None:
        vault = samples.vault(secrets=[SeededSecret(name="orders-a", value=RandomValue())])
        samples.workload(
            bundle=EsoWorkload,
            vault=vault,
            secrets=[],
            secret_queries=[SecretQuery(secret="found", regexp="^orders-")],
        )

    built = build(program)
    seeded = next(
        resource for resource in built.of_type("Secret") if resource.type.startswith("azure-native:")
    )
    assert seeded.urn in built.one("ExternalSecret").dependencies
