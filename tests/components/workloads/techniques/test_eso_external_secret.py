"""The spec of an ExternalSecret."""

import pytest

from components.authorization.roles import ObjectType
from components.workloads import (
    CreationPolicy,
    DeletionPolicy,
    KeyRewrite,
    RefreshPolicy,
    SecretQuery,
    Sync,
    TemplatedSecret,
)
from tests.components.workloads.techniques.eso_workloads import (
    VERSION,
    db_password,
    spec_of,
    workload_of,
)
from tests.support.samples import key_of


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
    assert spec_of(workload_of(db_password(name="x", type=kind)))["data"] == [
        {"secretKey": "db-password", "remoteRef": {"key": key}}
    ]


def test_all_fields_of_an_object_are_passed_on() -> None:
    spec = spec_of(workload_of(db_password(version=VERSION, property="database.password", encoding="base64")))
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
    assert spec_of(workload_of())["target"] == target
    sync = Sync(
        refresh_interval="15m",
        refresh_policy=RefreshPolicy.ON_CHANGE,
        creation_policy=CreationPolicy.CREATE_OR_MERGE,
        deletion_policy=DeletionPolicy.MERGE,
    )
    spec = spec_of(workload_of(sync=sync))
    assert (spec["refreshInterval"], spec["refreshPolicy"]) == ("15m", "OnChange")
    assert spec["target"] == {**target, "creationPolicy": "CreateOrMerge", "deletionPolicy": "Merge"}
    assert spec["secretStoreRef"] == {"kind": "SecretStore", "name": "shop"}, (
        "never one that the whole cluster shares"
    )


def test_each_kubernetes_secret_has_an_external_secret_of_its_own() -> None:
    built = workload_of(
        db_password(),
        db_password(name="a", secret_key_ref=key_of("other", "a")),
        db_password(name="b", secret_key_ref=key_of("other", "b")),
    )
    assert [entry["secretKey"] for entry in spec_of(built)["data"]] == ["db-password"]
    assert [entry["secretKey"] for entry in spec_of(built, "other")["data"]] == ["a", "b"]


def test_a_json_secret_fills_keys_of_its_own() -> None:
    built = workload_of(db_password(name="config", extract=True, env_from=True))
    spec = spec_of(built)
    assert spec["dataFrom"] == [{"extract": {"key": "secret/config"}}]
    assert "data" not in spec
    (container,) = built.single("Deployment").plain()["spec"]["template"]["spec"]["containers"]
    assert container["envFrom"] == [{"secretRef": {"name": "shop-external"}}]


def test_secrets_are_found_by_name_and_tags() -> None:
    built = workload_of(
        secret_queries=[
            SecretQuery(secret="found", regexp="^user", tags={"team": "shop"}),
            SecretQuery(secret="found", regexp="^x"),
        ]
    )
    assert spec_of(built, "found")["dataFrom"] == [
        {"find": {"name": {"regexp": "^user"}, "tags": {"team": "shop"}}},
        {"find": {"name": {"regexp": "^x"}}},
    ]


def test_another_type_is_set_by_the_template() -> None:
    spec = spec_of(
        workload_of(db_password(secret_key_ref=key_of("ssh", "ssh-privatekey", "kubernetes.io/ssh-auth"))),
        "ssh",
    )
    assert spec["target"]["template"] == {"engineVersion": "v2", "type": "kubernetes.io/ssh-auth"}


def test_a_composed_value_leaves_the_others_in_place() -> None:
    """A template drops keys that it does not list: Replace is the operator's default."""
    url = TemplatedSecret(
        template="x{{ .user }}",
        fields=frozenset({"user"}),
        secret_key_ref=key_of("shop-external", "url"),
        env="URL",
    )
    built = workload_of(
        db_password(),
        db_password(name="db-user", secret_key_ref=key_of("shop-external", "user")),
        templated_secrets=[url],
    )
    assert spec_of(built)["target"]["template"] == {
        "engineVersion": "v2",
        "mergePolicy": "Replace",
        "data": {
            "db-password": '{{ index . "db-password" }}',
            "user": '{{ index . "user" }}',
            "url": "x{{ .user }}",
        },
    }
    (container,) = built.single("Deployment").plain()["spec"]["template"]["spec"]["containers"]
    assert container["env"][-1]["valueFrom"]["secretKeyRef"] == {"name": "shop-external", "key": "url"}


def test_ingredients_of_a_composed_value_stay_out_of_its_secret() -> None:
    pull = TemplatedSecret(
        template='{"auths": {{ index . "db-password" | toJson }}}',
        fields=frozenset({"db-password"}),
        secret_key_ref=key_of("pull", ".dockerconfigjson", "kubernetes.io/dockerconfigjson"),
    )
    spec = spec_of(
        workload_of(
            db_password(),
            db_password(name="other", secret_key_ref=key_of("shop-external", "other")),
            templated_secrets=[pull],
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
    all_of_them = TemplatedSecret(
        template="{{ . | toJson }}", fields=None, secret_key_ref=key_of("all", "json")
    )
    spec = spec_of(
        workload_of(
            db_password(),
            db_password(name="b", secret_key_ref=key_of("shop-external", "b")),
            templated_secrets=[all_of_them],
        ),
        "all",
    )
    assert [entry["secretKey"] for entry in spec["data"]] == ["db-password", "b"]


def test_unknown_keys_are_merged_with_composed_ones() -> None:
    url = TemplatedSecret(
        template="x{{ .user }}", fields=frozenset({"user"}), secret_key_ref=key_of("shop-external", "url")
    )
    spec = spec_of(workload_of(db_password(name="config", extract=True), templated_secrets=[url]))
    assert spec["target"]["template"]["mergePolicy"] == "Merge"


def test_a_template_prefers_keys_of_its_own_secret() -> None:
    """The operator's webhook refuses a duplicate secretKey."""
    url = TemplatedSecret(
        template="{{ .user }}", fields=frozenset({"user"}), secret_key_ref=key_of("one", "url")
    )
    built = workload_of(
        db_password(name="a", secret_key_ref=key_of("one", "user")),
        db_password(name="b", secret_key_ref=key_of("two", "user")),
        templated_secrets=[url],
    )
    assert spec_of(built, "one")["data"] == [{"secretKey": "user", "remoteRef": {"key": "secret/a"}}]


def test_a_certificate_fills_both_keys_of_a_tls_secret_whatever_form_the_vault_has_it_in() -> None:
    tls = db_password(
        name="web",
        type=ObjectType.CERT_KEY_PAIR,
        secret_key_ref=key_of("web-tls", "web", "kubernetes.io/tls"),
    )
    template = spec_of(workload_of(tls), "web-tls")["target"]["template"]
    assert (template["type"], sorted(template["data"])) == ("kubernetes.io/tls", ["tls.crt", "tls.key"])
    assert 'filterPEM "PRIVATE KEY"' in template["data"]["tls.key"]
    assert "b64dec | pkcs12key" in template["data"]["tls.key"]


def test_keys_of_a_search_and_of_json_are_rewritten() -> None:
    """https://external-secrets.io/latest/guides/datafrom-rewrite/"""
    rule = KeyRewrite(source="^app-", target="")
    queries = [SecretQuery(secret="found", regexp="^app-", rewrite=[rule], variable_names=True)]
    spec = spec_of(workload_of(secret_queries=queries), "found")
    assert spec["dataFrom"] == [
        {
            "find": {"name": {"regexp": "^app-"}},
            "rewrite": [
                {"regexp": {"source": "^app-", "target": ""}},
                {"regexp": {"source": "[^A-Za-z0-9_]", "target": "_"}},
                {"regexp": {"source": "^([0-9])", "target": "_$1"}},
                {"transform": {"template": "{{ .value | upper }}"}},
            ],
        }
    ]
    extracted = db_password(extract=True, rewrite=[rule])
    assert spec_of(workload_of(extracted))["dataFrom"] == [
        {
            "extract": {"key": "secret/db-password"},
            "rewrite": [{"regexp": {"source": "^app-", "target": ""}}],
        }
    ]
