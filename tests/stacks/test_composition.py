"""Composition all-in-one: what workloads share, and the outputs."""

import json
from typing import Any

from stacks.outputs.platform import VERSION, Platform
from tests.stacks.composing import DB, DB_AGAIN, DRIVER, compose, roles, runs, workload


def test_one_namespace_serves_all_its_workloads() -> None:
    built = compose({"workloads": [workload("a", namespace="shop"), workload("b", namespace="shop")]})
    assert [resource.inputs["metadata"]["name"] for resource in built.of_type("Namespace")] == ["shop"]


def test_the_vault_can_have_a_group_of_its_own() -> None:
    built = compose({"vault.resource_group": "rg-vault"})
    assert built.single("Vault").inputs["resourceGroupName"] == "rg-vault"
    assert built.single("ManagedCluster").inputs["resourceGroupName"] == "rg-aks-secrets-dev"
    assert built.single("ResourceGroup", "vault-group-rg-vault").inputs["resourceGroupName"] == "rg-vault"


def test_the_same_group_named_twice_is_one_group() -> None:
    built = compose({"cluster.resource_group": "rg-shop", "vault.resource_group": "RG-shop"})
    assert len(built.of_type("ResourceGroup")) == 1


def test_outputs_hold_no_secret_and_no_kubeconfig_unless_asked() -> None:
    assert set(compose({"workloads": []}).outputs) == {"access", "platform"}
    assert set(compose({"workloads": [], "cluster.export_kubeconfig": True}).outputs) == {
        "access",
        "platform",
        "kubeconfig",
    }


def test_the_first_preview_names_what_it_can() -> None:
    """Names and scopes are plain strings, so a reviewer sees them before anything exists."""
    built = compose({"workloads": [workload("a", DB)]}, preview=True)
    assert built.single("Vault").inputs["vaultName"].startswith("kv-dev-")
    assert built.single("FederatedIdentityCredential").inputs["subject"] == "system:serviceaccount:a:a"


def test_a_warning_reaches_the_preview() -> None:
    (warning,) = compose({"cluster.local_accounts": True}).warnings
    assert warning.startswith("cluster.local_accounts: is on")


def test_the_careful_default_warns_of_nothing() -> None:
    assert compose({}).warnings == []


def test_platform_is_plain_versioned_data() -> None:
    platform = compose({}).outputs["platform"]
    assert platform["version"] == VERSION
    assert json.loads(json.dumps(platform)) == platform
    assert Platform.model_validate(platform).model_dump(by_alias=True, mode="json") == platform


def test_every_namespace_is_made_once_and_enforces_a_standard() -> None:
    built = compose({"workloads": [workload("a", DB), workload("b", namespace="a"), workload("c")]})
    assert {
        resource.name: resource.inputs["metadata"]["labels"] for resource in built.of_type("Namespace")
    } == {
        f"namespace-{name}": {
            "pod-security.kubernetes.io/enforce": "baseline",
            "pod-security.kubernetes.io/warn": "restricted",
        }
        for name in ("a", "c")
    }


def test_a_namespace_can_be_stricter_or_somebody_elses() -> None:
    built = compose(
        {
            "workloads": [workload("a"), workload("b")],
            "namespaces": [
                {"name": "a", "enforce": "restricted", "warn": "restricted"},
                {"name": "b", "existing": True},
            ],
        }
    )
    assert (
        built.single("Namespace").inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        == "restricted"
    )
    accounts = {
        resource.inputs["metadata"]["namespace"]: resource.dependencies
        for resource in built.of_type("ServiceAccount")
    }
    assert built.single("Namespace").urn in accounts["a"]
    assert built.single("Namespace").urn not in accounts["b"]


def test_services_and_what_pods_of_others_need_are_outputs() -> None:
    outputs = compose({"workloads": [runs(port=80, service={}), workload("argo", DB)]}).outputs
    assert outputs["services"] == {"web": "web.web.svc.cluster.local"}
    assert set(outputs["pods"]) == {"argo"}
    assert outputs["pods"]["argo"]["spec"]["serviceAccountName"] == "argo"
    assert outputs["pods"]["argo"]["metadata"]["labels"] == {"azure.workload.identity/use": "true"}


ADD_ON: dict[str, Any] = {
    "namespace": "kube-system",
    "service_account": "keda-operator",
    "existing_service_account": True,
    "annotate_service_account": False,
}


def test_an_add_on_reads_with_the_service_account_that_it_has() -> None:
    """Nothing is made in its namespace; one ServiceAccount may read as the identities of several teams."""
    built = compose({"workloads": [workload("keda", DB, **ADD_ON), workload("bills", DB_AGAIN, **ADD_ON)]})
    assert [item.name for item in built.resources if item.type.startswith("kubernetes:")] == []
    credentials = built.of_type("FederatedIdentityCredential")
    assert {item.name: item.inputs["subject"] for item in credentials} == {
        f"{name}/kube-system/keda-operator": "system:serviceaccount:kube-system:keda-operator"
        for name in ("keda", "bills")
    }
    assert {name: account["name"] for name, account in built.outputs["service_accounts"].items()} == {
        "keda": "keda-operator",
        "bills": "keda-operator",
    }
    annotations = built.outputs["service_accounts"]["bills"]["annotations"]
    assert annotations["azure.workload.identity/client-id"] == "<bills-identity.clientId>"
    assert built.outputs["pods"]["keda"]["metadata"]["labels"] == {"azure.workload.identity/use": "true"}


def test_an_add_on_that_the_program_annotates_is_read_first() -> None:
    add_on = {**ADD_ON, "annotate_service_account": True}
    built = compose({"workloads": [workload("keda", DB, **add_on)]})
    assert built.read == [("kubernetes:core/v1:ServiceAccount", "kube-system/keda-operator")]
    assert built.of_type("Namespace") == []
    assert built.single("ServiceAccountPatch").inputs["metadata"]["namespace"] == "kube-system"
    assert "service_accounts" not in built.outputs


def _dapr(name: str, *secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    app = {"store": "azurekeyvault", **keys.pop("dapr", {})}
    return runs(name=name, namespace="shop", technique="dapr", secrets=list(secrets), dapr=app, **keys)


_FINE = {"name": "fine", "from": "random"}


def test_applications_of_a_namespace_share_the_store_that_they_name() -> None:
    """One Component for all, with the id of each; what each may read is in its own Configuration."""
    built = compose(
        {
            "workloads": [
                _dapr("traffic", DB, labels={"team": "a", "tier": "web"}, dapr={"app_id": "trafficcontrol"}),
                _dapr("fines", _FINE, labels={"team": "a"}),
                _dapr("alone", DB_AGAIN, dapr={"store": "other"}),
            ],
            "operators": {"dapr": {}},
        }
    )
    shared = built.single("Component", "dapr-store/shop/azurekeyvault")
    assert shared.plain()["scopes"] == ["trafficcontrol", "fines"]
    assert shared.plain()["metadata"] == {
        "name": "azurekeyvault",
        "namespace": "shop",
        "labels": {"team": "a"},
    }
    assert {item.name for item in built.of_type("Component")} == {shared.name, "alone-component"}
    assert built.single("Namespace", "namespace-shop").urn in shared.dependencies
    allowed = {
        name: built.single("Configuration", f"{name}-configuration").plain()["spec"]["secrets"]["scopes"][0]
        for name in ("traffic", "fines")
    }
    deny = {"storeName": "azurekeyvault", "defaultAccess": "deny"}
    assert allowed == {
        "traffic": {**deny, "allowedSecrets": ["db"]},
        "fines": {**deny, "allowedSecrets": ["fine"]},
    }
    for name in ("traffic", "fines"):
        assert shared.urn in built.single("Deployment", f"{name}-deployment").dependencies
    assert {secret for role, secret in roles(built, "fines")} == {"/secrets/fine"}


def test_a_shared_store_has_a_component_for_each_vault() -> None:
    of_payments = {"name": "key", "from": "random", "vault": "payments"}
    built = compose(
        {
            "workloads": [_dapr("traffic", DB, of_payments), _dapr("fines", {**of_payments, "name": "k"})],
            "vaults": [{"name": "payments"}],
            "operators": {"dapr": {}},
        }
    )
    scopes = {item.plain()["metadata"]["name"]: item.plain()["scopes"] for item in built.of_type("Component")}
    assert scopes == {
        "azurekeyvault": ["traffic"],
        "azurekeyvault.payments": ["traffic", "fines"],
    }


def test_a_namespace_can_be_handed_over() -> None:
    """`release: true` first: what leaves the program is deleted otherwise, with everything in it."""
    built = compose(
        {"workloads": [workload("a"), workload("b")], "namespaces": [{"name": "a", "release": True}]}
    )
    assert {resource.name: resource.retain_on_delete for resource in built.of_type("Namespace")} == {
        "namespace-a": True,
        "namespace-b": False,
    }


def test_numbers_of_pods_are_sent_as_numbers_and_shares_as_text() -> None:
    built = compose({"workloads": [runs(update_strategy={"max_surge": 1, "max_unavailable": "25%"})]})
    assert built.single("Deployment").plain()["spec"]["strategy"]["rollingUpdate"] == {
        "maxSurge": 1,
        "maxUnavailable": "25%",
    }


def test_an_autoscaler_without_an_aim_has_kubernetes_own() -> None:
    requested = {"requests": {"cpu": "250m", "memory": "128Mi"}}
    for keys, aims in (
        ({}, {"cpu": 80}),
        ({"cpu_percent": 50, "memory_percent": 70}, {"cpu": 50, "memory": 70}),
        ({"memory_percent": 70}, {"memory": 70}),
    ):
        built = compose(
            {
                "workloads": [
                    runs(resources=requested, autoscale={"min_replicas": 2, "max_replicas": 6, **keys})
                ]
            }
        )
        metrics = [
            metric["containerResource"]
            for metric in built.single("HorizontalPodAutoscaler").plain()["spec"]["metrics"]
        ]
        assert {metric["name"]: metric["target"]["averageUtilization"] for metric in metrics} == aims
        assert built.single("Deployment").plain()["spec"]["replicas"] == 2


def test_the_synced_secret_of_a_value_stays_when_another_is_added() -> None:
    """Up to 1.5 the driver never gives a Secret that is there another key or type."""

    def names(*secrets: dict[str, Any]) -> list[str]:
        built = compose({"workloads": [runs(technique="csi", secrets=list(secrets))], **DRIVER})
        synced = built.single("SecretProviderClass").plain()["spec"]["secretObjects"]
        return [secret["secretName"] for secret in synced]

    db, api = {**DB, "env": "DB"}, {"name": "api", "from": "existing", "env": "API"}
    assert names(db) == ["web-synced.db"]
    assert names(api, db) == ["web-synced.api", "web-synced.db"]


def test_workloads_come_after_those_that_they_name_and_keep_their_place_in_the_outputs() -> None:
    entries = [
        runs(name="web", after=["api", "cache"]),
        runs(name="api", after=["cache"]),
        runs(name="cache"),
    ]
    built = compose({"workloads": entries})
    owners = [resource.name for resource in built.of_type("Deployment")]
    assert owners == ["cache-deployment", "api-deployment", "web-deployment"]
    behind = built.single("Deployment", "web-deployment").dependencies
    assert {urn.rpartition("::")[2] for urn in behind} >= {"cache-deployment", "api-deployment"}
    first = built.single("Deployment", "cache-deployment").dependencies
    assert not any("deployment" in urn for urn in first)
