"""A workload: its ServiceAccount, the owner of its pod, and the dependencies of the pod."""

from typing import Any

import pulumi
import pytest

from components.authorization.role_assignments import PlannedGrant
from components.authorization.roles import ObjectType, Role
from components.identity.principal import ServiceAccount
from components.key_vault.secrets import RandomValue, SeededSecret
from components.workloads import Pod, VaultObject, WorkloadKind
from components.workloads.manifests import owner
from components.workloads.pod import (
    Autoscaler,
    PodAutoscaling,
    Probe,
    RestartPolicy,
    Security,
    Service,
    ServiceType,
    UpdateStrategy,
    UpdateType,
)
from components.workloads.pod_requirements import PodRequirements
from tests.support import samples
from tests.support.harness import Build, build, built_once

RUNNING = [kind for kind in WorkloadKind if kind is not WorkloadKind.NONE]
IMAGE = "registry.example/shop:1"


@built_once
def _built(kind: WorkloadKind = WorkloadKind.DEPLOYMENT, *, preview: bool = False, **pod: Any) -> Build:
    if kind is WorkloadKind.CRON_JOB:
        pod.setdefault("schedule", "@daily")
    return build(lambda: samples.workload(pod=Pod(image=IMAGE, kind=kind, **pod)), preview=preview)


def _owner(built: Build, kind: WorkloadKind = WorkloadKind.DEPLOYMENT) -> Any:
    return built.one(kind).plain()


def _template(built: Build, kind: WorkloadKind = WorkloadKind.DEPLOYMENT) -> Any:
    owner = _owner(built, kind)
    if kind is WorkloadKind.POD:
        return owner
    return (
        owner["spec"]["jobTemplate"]["spec"]["template"]
        if kind is WorkloadKind.CRON_JOB
        else owner["spec"]["template"]
    )


def _container(built: Build, kind: WorkloadKind = WorkloadKind.DEPLOYMENT) -> Any:
    (container,) = _template(built, kind)["spec"]["containers"]
    return container


# ---------------------------------------------------------------------------------------------------------
# every pod


@pytest.mark.parametrize("kind", RUNNING)
def test_pods_of_every_kind_run_as_the_service_account_with_the_identity(kind: WorkloadKind) -> None:
    template = _template(_built(kind), kind)
    assert template["spec"]["serviceAccountName"] == "shop"
    assert template["metadata"]["labels"]["azure.workload.identity/use"] == "true"


@pytest.mark.parametrize("kind", RUNNING)
def test_a_container_writes_to_its_scratch_folders_only(kind: WorkloadKind) -> None:
    built = _built(kind, read_only_root_filesystem=True, scratch=["/tmp", "/var/cache/nginx"])
    spec, container = _template(built, kind)["spec"], _container(built, kind)
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    mounted = {
        mount["name"]: mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")
    }
    assert sorted(mounted.values()) == ["/tmp", "/var/cache/nginx"]
    empty = {volume["name"] for volume in spec["volumes"] if volume.get("emptyDir") == {}}
    assert empty == set(mounted)


def test_scratch_folders_are_added_to_the_techniques_mounts() -> None:
    mounts = [{"name": "secrets-store", "mountPath": "/mnt/secrets-store", "readOnly": True}]
    delivery = PodRequirements(volumes=[{"name": "secrets-store", "csi": {}}], volume_mounts=mounts)
    made = owner("shop", ServiceAccount("shop", "shop"), Pod(image=IMAGE, scratch=["/tmp"]), delivery)
    spec = made["spec"]["template"]["spec"]
    assert [volume["name"] for volume in spec["volumes"]] == ["secrets-store", "scratch-0"]
    assert spec["containers"][0]["volumeMounts"] == [*mounts, {"name": "scratch-0", "mountPath": "/tmp"}]


@pytest.mark.parametrize("kind", RUNNING)
def test_pods_of_every_kind_keep_to_the_restricted_standard(kind: WorkloadKind) -> None:
    built = _built(kind)
    spec, container = _template(built, kind)["spec"], _container(built, kind)
    assert spec["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }
    assert spec["automountServiceAccountToken"] is False
    assert spec["nodeSelector"] == {"kubernetes.io/os": "linux"}


@pytest.mark.parametrize("kind", RUNNING)
@pytest.mark.parametrize("preview", [False, True], ids=["known", "unknown"])
def test_names_of_owners_are_known_in_the_first_preview(kind: WorkloadKind, preview: bool) -> None:
    metadata = _owner(_built(kind, preview=preview), kind)["metadata"]
    assert (metadata["name"], metadata["namespace"]) == ("shop", "shop")


def test_a_baseline_pod_keeps_the_other_restrictions() -> None:
    built = _built(security=Security.BASELINE)
    assert _template(built)["spec"]["securityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}
    assert _container(built)["securityContext"] == {"allowPrivilegeEscalation": False}


def test_a_user_id_is_the_pods() -> None:
    assert _template(_built(run_as_user=65532))["spec"]["securityContext"]["runAsUser"] == 65532


def test_the_identity_label_is_on_the_template_only() -> None:
    """A selector is immutable, so the label would make a change of technique a replacement."""
    owner = _owner(_built())
    assert owner["spec"]["selector"]["matchLabels"] == {"app.kubernetes.io/name": "shop"}
    assert owner["metadata"]["labels"] == {"app.kubernetes.io/name": "shop"}


def test_unset_fields_are_not_sent() -> None:
    container = _container(_built())
    assert set(container) == {"name", "image", "env", "securityContext"}
    assert set(_owner(_built())["spec"]) == {"selector", "template", "replicas", "progressDeadlineSeconds"}


def test_all_fields_are_sent() -> None:
    probe = Probe(
        path="/ready", initial_delay_seconds=1, period_seconds=2, timeout_seconds=3, failure_threshold=4
    )
    built = _built(
        command=["/app"],
        args=["--on", "$(KEYVAULT_URL)"],
        env={"LEVEL": "info"},
        port=8080,
        resources={"requests": {"cpu": "100m"}, "limits": {"memory": "64Mi"}},
        probes={"readiness": probe, "liveness": Probe(tcp=True), "startup": Probe(command=["/app", "check"])},
    )
    container = _container(built)
    assert container["command"] == ["/app"]
    assert container["args"] == ["--on", "$(KEYVAULT_URL)"]
    assert container["ports"] == [{"name": "app", "containerPort": 8080}]
    assert container["resources"] == {"requests": {"cpu": "100m"}, "limits": {"memory": "64Mi"}}
    assert container["readinessProbe"] == {
        "httpGet": {"path": "/ready", "port": 8080},
        "initialDelaySeconds": 1,
        "periodSeconds": 2,
        "timeoutSeconds": 3,
        "failureThreshold": 4,
    }
    assert container["livenessProbe"] == {"tcpSocket": {"port": 8080}}
    assert container["startupProbe"] == {"exec": {"command": ["/app", "check"]}}
    # `$(NAME)` refers to earlier variables, so the technique's come first.
    assert [variable["name"] for variable in container["env"]][-1] == "LEVEL"


# ---------------------------------------------------------------------------------------------------------
# each owner


def test_a_deployment_has_a_strategy() -> None:
    strategy = UpdateStrategy(max_surge=1, max_unavailable="25%", min_ready_seconds=5)
    spec = _owner(_built(update_strategy=strategy))["spec"]
    assert spec["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"},
    }
    assert spec["minReadySeconds"] == 5


@pytest.mark.parametrize("kind", [WorkloadKind.STATEFUL_SET, WorkloadKind.DAEMON_SET])
def test_other_owners_have_an_update_strategy(kind: WorkloadKind) -> None:
    spec = _owner(_built(kind, update_strategy=UpdateStrategy(type=UpdateType.ON_DELETE)), kind)["spec"]
    assert spec["updateStrategy"] == {"type": "OnDelete"}


def test_a_daemon_set_takes_nodes_one_at_a_time() -> None:
    spec = _owner(
        _built(WorkloadKind.DAEMON_SET, update_strategy=UpdateStrategy(max_unavailable=2)),
        WorkloadKind.DAEMON_SET,
    )["spec"]
    assert spec["updateStrategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}}


def test_a_stateful_set_names_its_service() -> None:
    assert (
        _owner(_built(WorkloadKind.STATEFUL_SET), WorkloadKind.STATEFUL_SET)["spec"]["serviceName"] == "shop"
    )


def test_a_cron_job_runs_on_schedule_and_without_overlap() -> None:
    spec = _owner(
        _built(WorkloadKind.CRON_JOB, schedule="0 3 * * *", time_zone="Europe/Berlin"), WorkloadKind.CRON_JOB
    )["spec"]
    assert (spec["schedule"], spec["timeZone"], spec["concurrencyPolicy"]) == (
        "0 3 * * *",
        "Europe/Berlin",
        "Forbid",
    )


@pytest.mark.parametrize(
    ("kind", "policy"),
    [
        (WorkloadKind.JOB, "OnFailure"),
        (WorkloadKind.CRON_JOB, "OnFailure"),
        (WorkloadKind.POD, None),
        (WorkloadKind.DEPLOYMENT, None),
    ],
)
def test_jobs_end_and_other_pods_are_restarted(kind: WorkloadKind, policy: str | None) -> None:
    assert _template(_built(kind), kind)["spec"].get("restartPolicy") == policy


def test_a_pod_without_restarts_may_end() -> None:
    built = _built(WorkloadKind.POD, restart_policy=RestartPolicy.ON_FAILURE)
    assert _template(built, WorkloadKind.POD)["spec"]["restartPolicy"] == "OnFailure"


@pytest.mark.parametrize("kind", [WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET])
def test_several_pods_are_spread_and_drained_one_at_a_time(kind: WorkloadKind) -> None:
    built = _built(kind, replicas=3)
    selector = _owner(built, kind)["spec"]["selector"]
    assert _template(built, kind)["spec"]["topologySpreadConstraints"] == [
        {"topologyKey": key, "maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": selector}
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
    budget = built.one("PodDisruptionBudget").plain()
    assert (budget["metadata"]["name"], budget["metadata"]["namespace"]) == ("shop", "shop")
    assert budget["spec"] == {
        "maxUnavailable": 1,
        "selector": selector,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }


def _scaled(kind: WorkloadKind = WorkloadKind.DEPLOYMENT, *, least: int = 2, **autoscale: Any) -> Build:
    merged: dict[str, Any] = {"max_replicas": 6, "aims": {"cpu": 80}} | autoscale
    return _built(kind, replicas=least, autoscale=PodAutoscaling(**merged))


@pytest.mark.parametrize("kind", [WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET])
def test_an_autoscaler_owns_the_replicas_after_creation(kind: WorkloadKind) -> None:
    built = _scaled(kind, aims={"cpu": 80, "memory": 70})
    owner, autoscaler = built.one(kind), built.one("HorizontalPodAutoscaler")
    assert owner.ignore_changes == ("spec.replicas",)
    assert owner.plain()["spec"]["replicas"] == 2, "the first ones"
    spec = autoscaler.plain()["spec"]
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": kind.value, "name": "shop"}
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 6)
    assert [metric["containerResource"] for metric in spec["metrics"]] == [
        {"name": what, "container": "shop", "target": {"type": "Utilization", "averageUtilization": percent}}
        for what, percent in (("cpu", 80), ("memory", 70))
    ]
    assert owner.urn in autoscaler.dependencies, "it does not scale while Pulumi applies"


def test_an_external_autoscaler_is_not_created() -> None:
    built = _scaled(by=Autoscaler.EXTERNAL, max_replicas=None, aims={}, least=1)
    assert built.one("Deployment").ignore_changes == ("spec.replicas",)
    assert built.of_type("HorizontalPodAutoscaler") == []
    assert built.of_type("PodDisruptionBudget"), "nobody here knows how many there may be"


@pytest.mark.parametrize(("most", "several"), [(1, False), (2, True)])
def test_pods_that_may_become_several_are_spread_and_drained_one_at_a_time(most: int, several: bool) -> None:
    built = _scaled(least=1, max_replicas=most)
    assert bool(built.of_type("PodDisruptionBudget")) is several
    assert ("topologySpreadConstraints" in _template(built)["spec"]) is several


def test_without_an_autoscaler_nothing_is_ignored() -> None:
    built = _built(replicas=3)
    assert built.one("Deployment").ignore_changes == ()
    assert built.of_type("HorizontalPodAutoscaler") == []


def test_a_single_pod_needs_neither() -> None:
    built = _built()
    assert built.of_type("PodDisruptionBudget") == []
    assert "topologySpreadConstraints" not in _template(built)["spec"]


def test_kind_none_makes_everything_but_the_pod() -> None:
    made: list[Any] = []
    built = build(lambda: made.append(samples.workload(pod=None)))
    in_workload = [
        resource.type.split(":")[-1] for resource in built.resources if "index:Workload$" in resource.urn
    ]
    assert in_workload == ["ServiceAccount"]
    needs = made[0].pod_patch
    assert needs["metadata"]["labels"] == {"azure.workload.identity/use": "true"}
    assert needs["spec"]["serviceAccountName"] == "shop"
    assert [variable["name"] for variable in needs["spec"]["containers"][0]["env"]] == [
        "KEYVAULT_URL",
        "SECRET_NAMES",
        "SECRET_NAME",
    ]


# ---------------------------------------------------------------------------------------------------------
# dependencies


@built_once
def _chain(kind: WorkloadKind = WorkloadKind.DEPLOYMENT) -> Build:
    def program() -> None:
        aks = samples.cluster()
        vault = samples.vault(secrets=[SeededSecret(name="db-password", value=RandomValue())])
        identity = samples.identity(
            cluster=aks,
            service_accounts=[ServiceAccount("shop", "shop"), ServiceAccount("shop", "other")],
            grants=[
                vault.read_grant(ObjectType.SECRET, "db-password"),
                PlannedGrant(label="x", role=Role.KEY_VAULT_SECRETS_USER, scope="/x"),
            ],
        )
        samples.workload(
            aks=aks, identity=identity, vault=vault, pod=Pod(image=IMAGE, kind=kind, schedule="@daily")
        )

    return build(program)


@pytest.mark.parametrize("kind", RUNNING)
def test_pods_come_after_everything_that_they_need(kind: WorkloadKind) -> None:
    built = _chain(kind)
    after = set(built.one(kind).dependencies)
    needed = [
        built.one("ServiceAccount"),
        built.one("FederatedIdentityCredential", "shop/shop/shop"),
        built.one("Secret"),
        *(resource for resource in built.of_type("RoleAssignment") if resource.name.startswith("shop/")),
    ]
    assert len(needed) == 5
    assert [resource.name for resource in needed if resource.urn not in after] == []


def test_pods_do_not_wait_for_the_credentials_of_others() -> None:
    built = _chain()
    assert (
        built.one("FederatedIdentityCredential", "shop/shop/other").urn
        not in built.one("Deployment").dependencies
    )


@pytest.mark.parametrize("kind", RUNNING)
def test_pods_may_take_as_long_as_a_role_assignment_does(kind: WorkloadKind) -> None:
    """Pulumi waits 10 minutes by default, which is how long Azure may take."""
    assert _built(kind).one(kind).timeouts == ("20m", "20m")


def test_a_deployment_does_not_give_up_before_pulumi_does() -> None:
    assert _owner(_built())["spec"]["progressDeadlineSeconds"] == 20 * 60


# ---------------------------------------------------------------------------------------------------------
# the Service


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (ServiceType.CLUSTER_IP, {"type": "ClusterIP"}),
        (ServiceType.HEADLESS, {"type": "ClusterIP", "clusterIP": "None"}),
        (ServiceType.LOAD_BALANCER, {"type": "LoadBalancer"}),
    ],
)
def test_a_service_selects_the_pods(kind: ServiceType, spec: dict[str, str]) -> None:
    service = _built(port=8080, service=Service(type=kind, port=80, target_port=8080)).one("Service").plain()
    assert service["spec"] == {
        **spec,
        "selector": {"app.kubernetes.io/name": "shop"},
        "ports": [{"name": "app", "port": 80, "targetPort": 8080}],
    }


def test_no_load_balancer_has_a_public_address() -> None:
    service = (
        _built(port=8080, service=Service(type=ServiceType.LOAD_BALANCER, port=80, target_port=8080))
        .one("Service")
        .plain()
    )
    assert service["metadata"]["annotations"] == {
        "service.beta.kubernetes.io/azure-load-balancer-internal": "true"
    }


@pytest.mark.parametrize("kind", [ServiceType.CLUSTER_IP, ServiceType.HEADLESS])
def test_the_address_is_an_output(kind: ServiceType) -> None:
    built = _built(port=8080, service=Service(type=kind, port=80, target_port=8080))
    assert built.registered_outputs[built.one("Workload").urn]["address"] == "shop.shop.svc.cluster.local"


# ---------------------------------------------------------------------------------------------------------
# the ServiceAccount


def test_the_service_account_names_client_and_tenant() -> None:
    metadata = _built().one("ServiceAccount").plain()["metadata"]
    assert metadata["annotations"] == {
        "azure.workload.identity/client-id": "<shop-identity.clientId>",
        "azure.workload.identity/tenant-id": "<shop-identity.tenantId>",
    }


def test_an_existing_service_account_only_gets_annotations() -> None:
    built = build(
        lambda: samples.workload(
            existing_service_account=True, service_account=ServiceAccount("shop", "shop")
        )
    )
    assert built.of_type("ServiceAccount") == []
    patch = built.one("ServiceAccountPatch")
    assert set(patch.plain()) == {"apiVersion", "kind", "metadata"}
    assert patch.urn in built.one("Deployment").dependencies


def test_an_existing_account_in_another_stacks_namespace_is_read_first() -> None:
    """The patch of a missing one would create it (pulumi-kubernetes#2194), so it is read first."""
    built = build(lambda: samples.workload(existing_service_account=True, namespace=None))
    assert built.read == [("kubernetes:core/v1:ServiceAccount", "shop/shop")]


def test_a_namespace_of_another_stack_is_no_dependency() -> None:
    built = build(lambda: samples.workload(namespace=None))
    assert built.of_type("Namespace") == []
    assert len(built.of_type("Deployment")) == 1


# ---------------------------------------------------------------------------------------------------------
# the technique


def test_another_identity_creates_new_pods() -> None:
    """The webhook acts when a pod is created; a running pod would keep the client id of an identity that is
    gone.
    """
    template = _template(_built())
    assert template["metadata"]["annotations"] == {"aks-secrets/client-id": "<shop-identity.clientId>"}


def test_a_pod_is_replaced_by_any_change() -> None:
    """A Pod is nearly immutable, and the provider replaces it only for some of the immutable fields."""
    assert _built(WorkloadKind.POD).one(WorkloadKind.POD).replace_on_changes == (
        "spec",
        "metadata.labels",
        "metadata.annotations",
    )
    assert _built().one("Deployment").replace_on_changes == ()


def _env(*secrets: VaultObject) -> dict[str, Any]:
    built = build(lambda: samples.workload(secrets=secrets))
    return {variable["name"]: variable["value"] for variable in _container(built)["env"]}


def test_an_sdk_pod_gets_the_vault_and_the_names() -> None:
    assert _env(VaultObject(name="a"), VaultObject(name="b")) == {
        "KEYVAULT_URL": "https://kv-shop.vault.azure.net/",
        "SECRET_NAMES": "a,b",
    }


def test_one_secret_has_a_variable_of_its_own() -> None:
    assert _env(VaultObject(name="a"))["SECRET_NAME"] == "a"


def test_key_pairs_of_certificates_are_read_as_secrets_and_keys_are_not() -> None:
    secrets = [
        VaultObject(name="tls", type=ObjectType.CERT_KEY_PAIR),
        VaultObject(name="k", type=ObjectType.KEY),
        VaultObject(name="c", type=ObjectType.CERT),
    ]
    assert _env(*secrets)["SECRET_NAMES"] == "tls"


def test_overrides_are_merged_into_the_manifest() -> None:
    over = {
        "spec": {
            "template": {
                "spec": {
                    "containers": [{"name": "shop", "workingDir": "/app"}, {"name": "proxy", "image": "p:1"}]
                }
            }
        }
    }
    built = _built(overrides=over)
    shop, proxy = _template(built)["spec"]["containers"]
    assert (shop["image"], shop["workingDir"], proxy["image"]) == (IMAGE, "/app", "p:1")


def test_a_bundle_has_to_implement_its_delivery() -> None:
    class Empty(samples.Workload):
        """A bundle without a delivery."""

    with pytest.raises(NotImplementedError):
        build(lambda: samples.workload(pulumi.ResourceOptions(), bundle=Empty))


def test_service_and_budget_have_the_time_limit_of_the_pods() -> None:
    """Pulumi waits for a Service until its pods are ready."""
    built = _built(port=8080, replicas=2, service=Service(port=80, target_port=8080))
    assert built.one("Service").timeouts == ("20m", "20m")
    namespace = built.one("Namespace").urn
    assert [
        resource.name
        for resource in built.of_type("Service") + built.of_type("PodDisruptionBudget")
        if namespace not in resource.dependencies
    ] == []
