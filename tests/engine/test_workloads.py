"""Workloads on the real engine: a tutorial's life, each kind of pod, what workloads share, what changes and what does not."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from ruamel.yaml import YAML

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import REPOSITORY, Rehearsal, Run

pytestmark = pytest.mark.engine

IMAGE = "registry.example/shop:1"
DB = {"name": "db-password", "from": "random"}


@pytest.fixture
def dev(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """The dev stack with a state folder of its own."""
    return Rehearsal.of("Pulumi.dev.yaml", tmp_path, simulators)


def _workload(name: str, *secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "shop",
        "technique": "sdk",
        "image": IMAGE,
        "secrets": list(secrets),
        **keys,
    }


def _changed(run: Run) -> dict[str, list[str]]:
    """Operation → the names of the resources, sorted, but for those that stayed the same."""
    found: dict[str, list[str]] = {}
    for resource in run.document["resources"]:
        if resource["op"] != "same":
            found.setdefault(resource["op"], []).append(resource["name"])
    return {op: sorted(names) for op, names in found.items()}


def test_the_quick_start_is_previewed_made_left_alone_and_destroyed(
    tmp_path: Path, simulators: Simulators
) -> None:
    tutorial = Rehearsal.of("examples/quick-start/Pulumi.quick-start.yaml", tmp_path, simulators)
    preview = tutorial.command("preview", "--json")
    assert (preview.status, set(preview.summary)) == (0, {"create"})
    run = tutorial.up()
    (pod,), (credential,) = run.inputs("Pod"), run.inputs("FederatedIdentityCredential")
    assert (
        credential["subject"]
        == f"system:serviceaccount:{pod['metadata']['namespace']}:{pod['spec']['serviceAccountName']}"
    )
    env = {variable["name"]: variable["value"] for variable in pod["spec"]["containers"][0]["env"]}
    assert env == {
        "KEYVAULT_URL": run.document["outputs"]["platform"]["vault"]["uri"],
        "SECRET_NAMES": "my-secret",
        "SECRET_NAME": "my-secret",
    }
    assert tutorial.up().summary == {}
    assert tutorial.run("refresh").summary == {}
    assert tutorial.run("destroy").summary == {"delete": preview.summary["create"]}
    assert (tutorial.world["azure"], tutorial.world["kubernetes"]) == ([], {})


@pytest.mark.parametrize("example", ["voting-app", "podinfo-rotation", "four-techniques", "sdk-languages"])
def test_other_tutorials_come_up_too(example: str, tmp_path: Path, simulators: Simulators) -> None:
    tutorial = Rehearsal.of(f"examples/{example}/Pulumi.{example}.yaml", tmp_path, simulators)
    made = tutorial.up()
    assert set(made.summary) == {"create"}
    assert tutorial.up().summary == {}
    assert tutorial.run("refresh").summary == {}
    assert tutorial.run("destroy").summary == {"delete": made.summary["create"]}


def test_one_line_moves_the_voting_app_into_the_vault_and_back(
    tmp_path: Path, simulators: Simulators
) -> None:
    """Nothing is created, deleted or replaced but the technique's own objects; the old ones go when the new pods are up."""
    tutorial = Rehearsal.of("examples/voting-app/Pulumi.voting-app.yaml", tmp_path, simulators)
    names = ("azure-vote-back", "azure-vote-front")
    classes = [f"{name}-secret-provider-class" for name in names]
    secrets = [f"{name}/{name}-secrets" for name in names]
    pods = [f"{name}-deployment" for name in names]
    tutorial.config["aks-secrets:technique"] = "kubernetes-secret"
    tutorial.up()
    for technique, create, delete in (("csi", classes, secrets), ("kubernetes-secret", secrets, classes)):
        tutorial.config["aks-secrets:technique"] = technique
        run = tutorial.run("up")
        assert run.status == 0, run.errors
        assert _changed(run) == {"create": create, "update": pods, "delete": delete}
        ends = [
            run.output.rindex(f" {name} {done}")
            for names, done in ((pods, "updated"), (delete, "deleted"))
            for name in names
        ]
        assert max(ends[:2]) < min(ends[2:]), "what old pods read went before the new ones were up"
        assert tutorial.up().summary == {}


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


def test_pods_of_every_kind_are_accepted_with_all_that_can_be_said(dev: Rehearsal) -> None:
    """In namespaces that enforce the restricted standard, the strictest there is."""
    dev.config["aks-secrets:workloads"] = [
        _workload(
            f"a-{kind.lower()}",
            DB if kind == "Deployment" else {**DB, "from": "existing"},
            kind=kind,
            **_POD,
            **keys,
        )
        for kind, keys in _KINDS.items()
    ]
    dev.config["aks-secrets:namespaces"] = [{"name": "shop", "enforce": "restricted"}]
    run = dev.up()
    made = {found["type"].split(":")[-1] for found in run.document["resources"]}
    assert set(_KINDS) | {"Service", "PodDisruptionBudget"} <= made
    services = run.document["outputs"]["services"]
    assert services["a-deployment"] == "a-deployment.shop.svc.cluster.local"
    assert services["a-daemonset"].count(".") == 3
    assert services["a-daemonset"].replace(".", "").isdigit()
    assert dev.up().summary == {}
    assert dev.run("refresh").summary == {}

    # Another image: what Kubernetes can change is changed, what it cannot is made anew.
    for workload in dev.config["aks-secrets:workloads"]:
        workload["image"] = "registry.example/shop:2"
    preview = dev.run("preview")
    made = dev.up()
    assert made.summary == preview.summary
    assert _changed(made) == {
        "update": [
            "a-cronjob-cronjob",
            "a-daemonset-daemonset",
            "a-deployment-deployment",
            "a-statefulset-statefulset",
        ],
        "replace": ["a-job-job", "a-pod-pod"],
    }
    assert dev.up().summary == {}


def test_other_tags_replace_no_pod(dev: Rehearsal) -> None:
    """What an update of the vault leaves unknown in a preview must not stand in a Pod, which cannot change."""
    dev.config["aks-secrets:workloads"] = [_workload("shop", DB, kind="Pod")]
    dev.up()
    dev.config["aks-secrets:tags"] = {"team": "shop"}
    assert set(dev.run("preview").summary) == {"update"}


def test_another_kind_keeps_identity_and_service(dev: Rehearsal) -> None:
    dev.config["aks-secrets:workloads"] = [_workload("shop", DB, port=80, service={})]
    dev.up()
    dev.config["aks-secrets:workloads"] = [_workload("shop", DB, port=80, service={}, kind="StatefulSet")]
    assert _changed(dev.up()) == {"create": ["shop-statefulset"], "delete": ["shop-deployment"]}


@pytest.mark.parametrize("leaves", ["orders", "billing"])
def test_workloads_that_share_leave_one_another_untouched(dev: Rehearsal, leaves: str) -> None:
    """One identity and one secret for both: one grant, and a chain of two credentials."""
    seeded = {**DB, "manage": "once"}
    dev.config["aks-secrets:identities"] = [{"name": "readers"}]
    both = [_workload(name, seeded, identity="readers") for name in ("orders", "billing")]
    dev.config["aks-secrets:workloads"] = both
    run = dev.up()
    assert [
        found["scope"].split("/vaults/")[1].split("/", 1)[1]
        for found in run.inputs("RoleAssignment")
        if "/secrets/" in found["scope"]
    ] == ["secrets/db-password"]
    first, second = (
        row for row in dev.deployment["resources"] if row["type"].endswith(":FederatedIdentityCredential")
    )
    assert first["urn"] in second["dependencies"]
    dev.config["aks-secrets:workloads"] = [workload for workload in both if workload["name"] != leaves]
    assert _changed(dev.up()) == {
        "delete": sorted(
            [leaves, f"{leaves}-deployment", f"{leaves}-service-account", f"readers/shop/{leaves}"]
        ),
    }
    assert dev.up().summary == {}


def test_an_existing_service_account_is_annotated(dev: Rehearsal) -> None:
    dev.up()
    world = dev.world
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
    dev.change_world(world)
    dev.config["aks-secrets:namespaces"] = [{"name": "team", "existing": True}]
    dev.config["aks-secrets:workloads"] = [
        _workload("app", DB, namespace="team", existing_service_account=True)
    ]
    assert "team" not in [found["metadata"]["name"] for found in dev.up().inputs("Namespace")]
    (objects,) = dev.world["kubernetes"].values()
    annotations = objects["core/ServiceAccount/team/app"]["metadata"]["annotations"]
    assert set(annotations) == {
        "owner",
        "azure.workload.identity/client-id",
        "azure.workload.identity/tenant-id",
    }
    assert dev.up().summary == {}

    # A misspelled name would make another account, if nobody looked.
    dev.config["aks-secrets:workloads"][0]["service_account"] = "ap"
    refused = dev.command("up", "--json")
    assert refused.status == 1
    assert "does not exist" in refused.errors


def test_another_identity_makes_new_pods(dev: Rehearsal) -> None:
    dev.config["aks-secrets:workloads"] = [_workload("shop", DB)]
    dev.up()
    dev.config["aks-secrets:identities"] = [{"name": "readers"}]
    dev.config["aks-secrets:workloads"] = [_workload("shop", DB, identity="readers")]
    assert {"shop-service-account", "shop-deployment"} <= set(_changed(dev.up())["update"])


def test_a_namespace_is_handed_over_in_two_steps(dev: Rehearsal) -> None:
    dev.config["aks-secrets:workloads"] = [_workload("shop", DB)]
    for said in ({"release": True}, {"existing": True}):
        dev.config["aks-secrets:namespaces"] = [{"name": "shop", **said}]
        dev.up()
    (objects,) = dev.world["kubernetes"].values()
    assert {"core/Namespace//shop", "core/ServiceAccount/shop/shop", "apps/Deployment/shop/shop"} <= set(
        objects
    )
    assert dev.up().summary == {}


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
def test_what_kubernetes_would_refuse_is_refused(dev: Rehearsal, keys: dict[str, Any], says: str) -> None:
    dev.config["aks-secrets:workloads"] = [_workload("shop", DB, **keys)]
    refused = dev.command("preview", "--json")
    assert refused.status == 1
    assert says in refused.errors


def test_the_addons_identity_reads_as_soon_as_the_addon_is_there(dev: Rehearsal) -> None:
    """It exists from the update on that switches the add-on on: the preview of that update does not know it yet."""
    dev.config["aks-secrets:workloads"] = [_workload("shop", DB)]
    dev.up()
    by_node = _workload("shop", {**DB, "env": "DB"}, technique="csi", access="user-assigned-vm")
    dev.config["aks-secrets:workloads"] = [by_node]
    dev.config["aks-secrets:operators"] = {"csi_driver": {}}
    assert dev.run("preview").status == 0
    run = dev.up()
    (parameters,) = (found["spec"]["parameters"] for found in run.inputs("SecretProviderClass"))
    assert parameters["userAssignedIdentityID"] == run.document["outputs"]["access"][0]["clientId"]
    assert len(parameters["userAssignedIdentityID"]) == 36
    assert dev.up().summary == {}


def test_a_service_principals_secret_is_nowhere_to_be_read(dev: Rehearsal) -> None:
    principal = {
        "client_id": str(uuid4()),
        "object_id": "aaaaaaaa-0000-4000-8000-000000000001",
        "config_key": "sp",
    }
    dev.config["secret-values:sp"] = {"secure": "v1:bm90LWEtcmVhbC1jaXBoZXI="}
    dev.config["aks-secrets:operators"] = {"csi_driver": {}}
    dev.config["aks-secrets:workloads"] = [
        _workload("shop", DB, technique="csi", access="service-principal", service_principal=principal)
    ]
    cloud = {
        "directory": [
            {"objectId": principal["object_id"], "type": "ServicePrincipal", "name": "legacy reader"}
        ]
    }
    made = dev.run("up", cloud)
    assert made.status == 0, made.errors
    assert made.inputs("Secret", "shop-service-principal")[0]["stringData"] == "[secret]"
    assert [
        path
        for path in dev.folder.rglob("*")
        if path.is_file() and b"rehearsal-stand-in-for-" in path.read_bytes()
    ] == []
    assert dev.up().summary == {}


def test_a_vault_moves_from_access_policies_to_rbac_and_pods_stay(dev: Rehearsal) -> None:
    dev.config["aks-secrets:vault"]["authorization"] = "access-policy"
    dev.config["aks-secrets:workloads"] = [_workload("shop", DB, scope="vault")]
    dev.up()
    assert dev.up().summary == {}
    dev.config["aks-secrets:vault"]["authorization"] = "rbac"
    assert _changed(dev.up()) == {"update": ["vault-vault"]}, "the role assignments were there before"
    dev.config["aks-secrets:workloads"][0]["scope"] = "object"
    assert _changed(dev.up()) == {"create": ["shop/secrets/db-password"], "delete": ["shop/secrets"]}
    assert dev.up().summary == {}


def test_pod_identity_is_left_behind_by_one_line(tmp_path: Path, simulators: Simulators) -> None:
    """The identity and its rights stay, so that the same principal reads before and after; what handed it out goes."""
    example = "examples/pod-identity-migration"
    tutorial = Rehearsal.of(f"{example}/Pulumi.pod-identity-migration.yaml", tmp_path, simulators)
    before = tutorial.run("up", YAML(typ="safe").load(REPOSITORY / example / "cloud.yaml"))
    assert before.status == 0, before.errors
    assert before.inputs("FederatedIdentityCredential") == []
    assert tutorial.up().summary == {}
    tutorial.config["aks-secrets:workloads"][0]["access"] = "workload-identity"
    name = "nginx-secrets-store"
    assert _changed(tutorial.up()) == {
        "create": [f"{name}/secrets-store/{name}"],
        "update": [f"{name}-secret-provider-class", f"{name}-service-account"],
        "replace": [f"{name}-pod"],
        "delete": [f"{name}-azure-identity", f"{name}-azure-identity-binding", f"{name}/kubelet"],
    }
    assert tutorial.up().summary == {}
    assert tutorial.run("destroy").status == 0
