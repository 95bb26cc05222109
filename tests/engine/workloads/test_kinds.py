"""Workloads of each kind, what they share, and which changes replace nothing."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

IMAGE = "registry.example/shop:1"

DB = {"name": "db-password", "from": "random"}


@pytest.fixture
def stack(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """A small stack; each test has workloads of its own."""
    return Rehearsal.small(tmp_path, simulators)


def _workload(name: str, *secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "shop",
        "technique": "sdk",
        "image": IMAGE,
        "secrets": list(secrets),
        **keys,
    }


_POD: dict[str, Any] = {
    "port": 8080,
    "command": ["/app"],
    "args": ["--on", "$(KEYVAULT_URL)"],
    "env": {"LEVEL": "info"},
    "resources": {"requests": {"cpu": 0.1, "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
    "probes": {
        "readiness": {"path": "/ready", "period_seconds": 5},
        "liveness": {"tcp": True},
        "startup": {"command": ["/app", "check"]},
    },
    "run_as_user": 10001,
}

_KINDS: dict[str, dict[str, Any]] = {
    "Deployment": {
        "replicas": 3,
        "service": {"port": 80},
        "update_strategy": {"max_surge": 1, "max_unavailable": "25%"},
    },
    "StatefulSet": {"replicas": 2, "service": {"type": "Headless"}, "update_strategy": {"type": "OnDelete"}},
    "DaemonSet": {
        "service": {"type": "LoadBalancer", "port": 80},
        "update_strategy": {"max_unavailable": 1, "min_ready_seconds": 5},
    },
    "CronJob": {"schedule": "30 2 * * 1-5", "time_zone": "Europe/Berlin", "restart_policy": "Never"},
    "Job": {},
    "Pod": {"restart_policy": "OnFailure", "service": {}},
}


def test_pods_of_every_kind_are_accepted_with_every_key(stack: Rehearsal) -> None:
    """The namespaces enforce `restricted`, the strictest Pod Security Standard."""
    stack.config["aks-secrets:workloads"] = [
        _workload(
            f"a-{kind.lower()}",
            DB if kind == "Deployment" else {**DB, "from": "existing"},
            kind=kind,
            **_POD,
            **keys,
        )
        for kind, keys in _KINDS.items()
    ]
    stack.config["aks-secrets:namespaces"] = [{"name": "shop", "enforce": "restricted"}]
    run = stack.up()
    made = {resource["type"].split(":")[-1] for resource in run.document["resources"]}
    assert set(_KINDS) | {"Service", "PodDisruptionBudget"} <= made
    services = run.document["outputs"]["services"]
    assert services["a-deployment"] == "a-deployment.shop.svc.cluster.local"
    assert services["a-daemonset"].count(".") == 3
    assert services["a-daemonset"].replace(".", "").isdigit()
    assert stack.up().summary == {}
    assert stack.run("refresh").summary == {}

    # Another image: what Kubernetes can change is changed, what it cannot is made anew.
    for workload in stack.config["aks-secrets:workloads"]:
        workload["image"] = "registry.example/shop:2"
    preview = stack.run("preview")
    made = stack.up()
    assert made.summary == preview.summary
    assert made.changes == {
        "update": [
            "a-cronjob-cronjob",
            "a-daemonset-daemonset",
            "a-deployment-deployment",
            "a-statefulset-statefulset",
        ],
        "replace": ["a-job-job", "a-pod-pod"],
    }
    assert stack.up().summary == {}


def test_other_tags_replace_no_pod(stack: Rehearsal) -> None:
    """A Pod that holds an output of the vault would be replaced when an update leaves that output unknown."""
    stack.config["aks-secrets:workloads"] = [_workload("shop", DB, kind="Pod")]
    stack.up()
    stack.config["aks-secrets:tags"] = {"team": "shop"}
    assert set(stack.run("preview").summary) == {"update"}


def test_another_kind_keeps_identity_and_service(stack: Rehearsal) -> None:
    stack.config["aks-secrets:workloads"] = [_workload("shop", DB, port=80, service={})]
    stack.up()
    stack.config["aks-secrets:workloads"] = [_workload("shop", DB, port=80, service={}, kind="StatefulSet")]
    assert stack.up().changes == {"create": ["shop-statefulset"], "delete": ["shop-deployment"]}


@pytest.mark.parametrize("leaves", ["orders", "billing"])
def test_workloads_that_share_leave_one_another_untouched(stack: Rehearsal, leaves: str) -> None:
    """One identity and one secret for both: one grant, and a chain of two credentials."""
    seeded = {**DB, "manage": "once"}
    stack.config["aks-secrets:identities"] = [{"name": "readers"}]
    both = [_workload(name, seeded, identity="readers") for name in ("orders", "billing")]
    stack.config["aks-secrets:workloads"] = both
    run = stack.up()
    assert [
        resource["scope"].split("/vaults/")[1].split("/", 1)[1]
        for resource in run.inputs("RoleAssignment")
        if "/secrets/" in resource["scope"]
    ] == ["secrets/db-password"]
    first, second = (
        row for row in stack.deployment["resources"] if row["type"].endswith(":FederatedIdentityCredential")
    )
    assert first["urn"] in second["dependencies"]
    stack.config["aks-secrets:workloads"] = [workload for workload in both if workload["name"] != leaves]
    assert stack.up().changes == {
        "delete": sorted(
            [leaves, f"{leaves}-deployment", f"{leaves}-service-account", f"readers/shop/{leaves}"]
        ),
    }
    assert stack.up().summary == {}


def test_an_existing_service_account_is_annotated(stack: Rehearsal) -> None:
    stack.config["aks-secrets:workloads"] = [_workload("shop", DB)]
    stack.up()
    world = stack.world
    (objects,) = world["kubernetes"].values()
    for manifest in (
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team"}},
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": "app", "namespace": "team", "annotations": {"owner": "team"}},
        },
    ):
        metadata: dict[str, Any] = {
            **manifest["metadata"],
            "uid": "1",
            "resourceVersion": "1",
            "generation": 1,
        }
        objects[f"core/{manifest['kind']}/{metadata.get('namespace', '')}/{metadata['name']}"] = {
            **manifest,
            "metadata": metadata,
        }
    stack.change_world(world)
    stack.config["aks-secrets:namespaces"] = [{"name": "team", "existing": True}]
    stack.config["aks-secrets:workloads"] = [
        _workload("app", DB, namespace="team", existing_service_account=True)
    ]
    assert "team" not in [resource["metadata"]["name"] for resource in stack.up().inputs("Namespace")]
    (objects,) = stack.world["kubernetes"].values()
    annotations = objects["core/ServiceAccount/team/app"]["metadata"]["annotations"]
    assert set(annotations) == {
        "owner",
        "azure.workload.identity/client-id",
        "azure.workload.identity/tenant-id",
    }
    assert stack.up().summary == {}

    # Server-side apply would create an account of a misspelled name.
    stack.config["aks-secrets:workloads"][0]["service_account"] = "ap"
    refused = stack.command("up", "--json")
    assert refused.status == 1
    assert "does not exist" in refused.errors


def test_another_identity_makes_new_pods(stack: Rehearsal) -> None:
    stack.config["aks-secrets:workloads"] = [_workload("shop", DB)]
    stack.up()
    stack.config["aks-secrets:identities"] = [{"name": "readers"}]
    stack.config["aks-secrets:workloads"] = [_workload("shop", DB, identity="readers")]
    assert {"shop-service-account", "shop-deployment"} <= set(stack.up().changes["update"])


def test_a_namespace_is_handed_over_in_two_steps(stack: Rehearsal) -> None:
    stack.config["aks-secrets:workloads"] = [_workload("shop", DB)]
    for keys in ({"release": True}, {"existing": True}):
        stack.config["aks-secrets:namespaces"] = [{"name": "shop", **keys}]
        stack.up()
    (objects,) = stack.world["kubernetes"].values()
    assert {"core/Namespace//shop", "core/ServiceAccount/shop/shop", "apps/Deployment/shop/shop"} <= set(
        objects
    )
    assert stack.up().summary == {}


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"overrides": {"spec": {"template": {"spec": {"contaners": []}}}}}, "contaners"),
        (
            {
                "overrides": {
                    "spec": {
                        "template": {
                            "spec": {"containers": [{"name": "shop", "imagePullPolicy": "Sometimes"}]}
                        }
                    }
                }
            },
            "imagePullPolicy",
        ),
        ({"overrides": {"spec": {"template": {"spec": {"hostNetwork": True}}}}}, "violates PodSecurity"),
    ],
    ids=["misspelled", "unknown value", "host network"],
)
def test_what_kubernetes_would_refuse_is_refused(stack: Rehearsal, keys: dict[str, Any], says: str) -> None:
    stack.config["aks-secrets:workloads"] = [_workload("shop", DB, **keys)]
    refused = stack.command("preview", "--json")
    assert refused.status == 1
    assert says in refused.errors


def test_the_addons_identity_reads_as_soon_as_the_addon_is_there(stack: Rehearsal) -> None:
    """It exists from the update on that switches the add-on on: the preview of that update does not know it
    yet.
    """
    stack.config["aks-secrets:workloads"] = [_workload("shop", DB)]
    stack.up()
    by_node = _workload("shop", {**DB, "env": "DB"}, technique="csi", access="user-assigned-vm")
    stack.config["aks-secrets:workloads"] = [by_node]
    stack.config["aks-secrets:operators"] = {"csi_driver": {}}
    assert stack.run("preview").status == 0
    run = stack.up()
    (parameters,) = (resource["spec"]["parameters"] for resource in run.inputs("SecretProviderClass"))
    assert parameters["userAssignedIdentityID"] == run.document["outputs"]["access"][0]["clientId"]
    assert len(parameters["userAssignedIdentityID"]) == 36
    assert stack.up().summary == {}


def test_a_service_principals_secret_is_nowhere_to_be_read(stack: Rehearsal) -> None:
    principal = {
        "client_id": str(uuid4()),
        "object_id": "aaaaaaaa-0000-4000-8000-000000000001",
        "config_key": "sp",
    }
    stack.config["secret-values:sp"] = {"secure": "v1:bm90LWEtcmVhbC1jaXBoZXI="}
    stack.config["aks-secrets:operators"] = {"csi_driver": {}}
    stack.config["aks-secrets:workloads"] = [
        _workload("shop", DB, technique="csi", access="service-principal", service_principal=principal)
    ]
    cloud = {
        "directory": [
            {"objectId": principal["object_id"], "type": "ServicePrincipal", "name": "legacy reader"}
        ]
    }
    made = stack.run("up", cloud)
    assert made.status == 0, made.errors
    assert made.inputs("Secret", "shop-service-principal")[0]["stringData"] == "[secret]"
    manifests, described = stack.folder / "manifests", stack.folder / "cloud.yaml"
    described.write_text(yaml.safe_dump(cloud))
    assert stack.command("render", "--out", str(manifests), "--cloud", str(described)).status == 0
    secret = yaml.safe_load((manifests / "secret-shop-shop-service-principal.yaml").read_text())
    assert secret["stringData"] == {"clientid": "[secret]", "clientsecret": "[secret]"}
    assert [
        path
        for path in stack.folder.rglob("*")
        if path.is_file() and b"rehearsal-stand-in-for-" in path.read_bytes()
    ] == []
    assert stack.up().summary == {}


def test_a_vault_moves_from_access_policies_to_rbac_and_pods_stay(stack: Rehearsal) -> None:
    stack.config["aks-secrets:vault"]["authorization"] = "access-policy"
    stack.config["aks-secrets:workloads"] = [_workload("shop", DB, scope="vault")]
    stack.up()
    assert stack.up().summary == {}
    stack.config["aks-secrets:vault"]["authorization"] = "rbac"
    assert stack.up().changes == {"update": ["vault-vault"]}, "the role assignments were there before"
    stack.config["aks-secrets:workloads"][0]["scope"] = "object"
    assert stack.up().changes == {"create": ["shop/secrets/db-password"], "delete": ["shop/secrets"]}
    assert stack.up().summary == {}
