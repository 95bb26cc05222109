"""Technique eso: the operator's custom resources, and the pod's variables and files."""

from typing import Any

import pytest

from aks_secrets_testing.builds import build
from components.identity.principal import ServiceAccount
from components.key_vault.secrets import RandomValue, SeededSecret
from components.workloads import (
    SecretQuery,
    Sync,
)
from components.workloads.techniques.eso import EsoWorkload
from tests.components.workloads.techniques.eso_workloads import (
    db_password,
    workload_of,
)
from tests.support import samples


@pytest.mark.parametrize("preview", [False, True], ids=["known", "unknown"])
def test_names_of_objects_are_known_in_the_first_preview(preview: bool) -> None:
    built = workload_of(preview=preview)
    assert [built.single(kind).plain()["metadata"]["name"] for kind in ("SecretStore", "ExternalSecret")] == [
        "shop",
        "shop-external",
    ]
    assert {built.single(kind).plain()["apiVersion"] for kind in ("SecretStore", "ExternalSecret")} == {
        "external-secrets.io/v1"
    }


def test_the_store_uses_the_workloads_service_account_and_no_tenant() -> None:
    """The tenant is on the ServiceAccount; given twice, the operator fails."""
    built = workload_of()
    assert built.single("SecretStore").plain()["spec"] == {
        "provider": {
            "azurekv": {
                "authType": "WorkloadIdentity",
                "vaultUrl": "https://kv-shop.vault.azure.net/",
                "serviceAccountRef": {"name": "shop"},
            }
        }
    }
    assert (
        "azure.workload.identity/tenant-id"
        in built.single("ServiceAccount").plain()["metadata"]["annotations"]
    )


def test_variables_and_files_come_from_the_secret() -> None:
    built = workload_of(
        db_password(env="DB", file="db/password", mounted_from_secret=True), mount_path="/secrets"
    )
    spec = built.single("Deployment").plain()["spec"]["template"]["spec"]
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
    metadata = workload_of().single("Deployment").plain()["spec"]["template"]["metadata"]
    assert metadata == {"labels": {"app.kubernetes.io/name": "shop"}}


def test_an_update_waits_until_the_operator_has_read_the_vault() -> None:
    waits = {"pulumi.com/waitFor": "condition=Ready"}
    for kind in ("SecretStore", "ExternalSecret"):
        assert workload_of().single(kind).plain()["metadata"]["annotations"] == waits
        assert "annotations" not in workload_of(sync=Sync(await_ready=False)).single(kind).plain()["metadata"]
        granted_elsewhere = workload_of(await_pods=False).single(kind).plain()["metadata"]
        assert "pulumi.com/waitFor" not in granted_elsewhere.get("annotations", {})


def test_the_secret_outlasts_its_external_secret_where_nothing_waits_for_the_pods() -> None:
    def annotations(**keys: Any) -> dict[str, str]:
        return workload_of(**keys).single("ExternalSecret").plain()["metadata"]["annotations"]

    assert "pulumi.com/deletionPropagationPolicy" not in annotations()
    for keys in ({"await_pods": False}, {"pod": None}):
        assert annotations(**keys)["pulumi.com/deletionPropagationPolicy"] == "orphan"


def test_the_operator_may_request_tokens_of_this_service_account_only() -> None:
    built = workload_of(operator_account=ServiceAccount("ops", "external-secrets"))
    role, binding = built.single("Role"), built.single("RoleBinding")
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
    assert binding.urn in built.single("SecretStore").dependencies


def test_an_operator_with_permission_gets_no_role() -> None:
    assert workload_of().of_type("Role") == []


def test_store_secret_and_pod_come_one_after_the_other() -> None:
    def program() -> None:
        aks = samples.cluster()
        samples.workload(
            aks=aks, bundle=EsoWorkload, secrets=[db_password()], operator=aks.managed_cluster, reload=True
        )

    built = build(program)
    store, external, deployment = (
        built.single("SecretStore"),
        built.single("ExternalSecret"),
        built.single("Deployment"),
    )
    operator = built.single("ManagedCluster").urn
    assert {
        operator,
        built.single("ServiceAccount").urn,
        built.single("FederatedIdentityCredential").urn,
    } <= set(store.dependencies)
    assert {operator, store.urn} <= set(external.dependencies)
    assert external.urn in deployment.dependencies
    assert deployment.plain()["metadata"]["annotations"] == {
        "secret.reloader.stakater.com/reload": "shop-external"
    }


def test_the_pod_patch_contains_the_variables() -> None:
    workload: list[Any] = []
    build(
        lambda: workload.append(
            samples.workload(bundle=EsoWorkload, secrets=[db_password(env="DB")], pod=None)
        )
    )
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
    assert seeded.urn in built.single("ExternalSecret").dependencies
