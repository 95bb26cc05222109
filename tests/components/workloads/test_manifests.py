"""The owner of the pods, their Service, disruption budget and autoscaler."""

from typing import Any

import pytest

from aks_secrets_testing.builds import Build
from components.workloads import WorkloadKind
from components.workloads.pod import (
    Autoscaler,
    PodAutoscaling,
    RestartPolicy,
    Service,
    ServiceType,
    UpdateStrategy,
    UpdateType,
)
from tests.components.workloads.pods import owner_of, template_of, workload_of


def test_a_deployment_has_a_strategy() -> None:
    strategy = UpdateStrategy(max_surge=1, max_unavailable="25%", min_ready_seconds=5)
    spec = owner_of(workload_of(update_strategy=strategy))["spec"]
    assert spec["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"},
    }
    assert spec["minReadySeconds"] == 5


@pytest.mark.parametrize("kind", [WorkloadKind.STATEFUL_SET, WorkloadKind.DAEMON_SET])
def test_other_owners_have_an_update_strategy(kind: WorkloadKind) -> None:
    spec = owner_of(workload_of(kind, update_strategy=UpdateStrategy(type=UpdateType.ON_DELETE)), kind)[
        "spec"
    ]
    assert spec["updateStrategy"] == {"type": "OnDelete"}


def test_a_daemon_set_takes_nodes_one_at_a_time() -> None:
    spec = owner_of(
        workload_of(WorkloadKind.DAEMON_SET, update_strategy=UpdateStrategy(max_unavailable=2)),
        WorkloadKind.DAEMON_SET,
    )["spec"]
    assert spec["updateStrategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}}


def test_a_stateful_set_names_its_service() -> None:
    assert (
        owner_of(workload_of(WorkloadKind.STATEFUL_SET), WorkloadKind.STATEFUL_SET)["spec"]["serviceName"]
        == "shop"
    )


def test_a_cron_job_runs_on_schedule_and_without_overlap() -> None:
    spec = owner_of(
        workload_of(WorkloadKind.CRON_JOB, schedule="0 3 * * *", time_zone="Europe/Berlin"),
        WorkloadKind.CRON_JOB,
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
    assert template_of(workload_of(kind), kind)["spec"].get("restartPolicy") == policy


def test_a_pod_without_restarts_may_end() -> None:
    built = workload_of(WorkloadKind.POD, restart_policy=RestartPolicy.ON_FAILURE)
    assert template_of(built, WorkloadKind.POD)["spec"]["restartPolicy"] == "OnFailure"


@pytest.mark.parametrize("kind", [WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET])
def test_several_pods_are_spread_and_drained_one_at_a_time(kind: WorkloadKind) -> None:
    built = workload_of(kind, replicas=3)
    selector = owner_of(built, kind)["spec"]["selector"]
    assert template_of(built, kind)["spec"]["topologySpreadConstraints"] == [
        {"topologyKey": key, "maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": selector}
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
    budget = built.single("PodDisruptionBudget").plain()
    assert (budget["metadata"]["name"], budget["metadata"]["namespace"]) == ("shop", "shop")
    assert budget["spec"] == {
        "maxUnavailable": 1,
        "selector": selector,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }


def _scaled(kind: WorkloadKind = WorkloadKind.DEPLOYMENT, *, least: int = 2, **autoscale: Any) -> Build:
    merged: dict[str, Any] = {"max_replicas": 6, "aims": {"cpu": 80}} | autoscale
    return workload_of(kind, replicas=least, autoscale=PodAutoscaling(**merged))


@pytest.mark.parametrize("kind", [WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET])
def test_an_autoscaler_owns_the_replicas_after_creation(kind: WorkloadKind) -> None:
    built = _scaled(kind, aims={"cpu": 80, "memory": 70})
    owner, autoscaler = built.single(kind), built.single("HorizontalPodAutoscaler")
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
    assert built.single("Deployment").ignore_changes == ("spec.replicas",)
    assert built.of_type("HorizontalPodAutoscaler") == []
    assert built.of_type("PodDisruptionBudget"), "the number of replicas is unknown here"


@pytest.mark.parametrize(("most", "several"), [(1, False), (2, True)])
def test_pods_that_may_become_several_are_spread_and_drained_one_at_a_time(most: int, several: bool) -> None:
    built = _scaled(least=1, max_replicas=most)
    assert bool(built.of_type("PodDisruptionBudget")) is several
    assert ("topologySpreadConstraints" in template_of(built)["spec"]) is several


def test_without_an_autoscaler_nothing_is_ignored() -> None:
    built = workload_of(replicas=3)
    assert built.single("Deployment").ignore_changes == ()
    assert built.of_type("HorizontalPodAutoscaler") == []


def test_a_single_pod_needs_neither() -> None:
    built = workload_of()
    assert built.of_type("PodDisruptionBudget") == []
    assert "topologySpreadConstraints" not in template_of(built)["spec"]


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (ServiceType.CLUSTER_IP, {"type": "ClusterIP"}),
        (ServiceType.HEADLESS, {"type": "ClusterIP", "clusterIP": "None"}),
        (ServiceType.LOAD_BALANCER, {"type": "LoadBalancer"}),
    ],
)
def test_a_service_selects_the_pods(kind: ServiceType, spec: dict[str, str]) -> None:
    service = (
        workload_of(port=8080, service=Service(type=kind, port=80, target_port=8080))
        .single("Service")
        .plain()
    )
    assert service["spec"] == {
        **spec,
        "selector": {"app.kubernetes.io/name": "shop"},
        "ports": [{"name": "app", "port": 80, "targetPort": 8080}],
    }


def test_no_load_balancer_has_a_public_address() -> None:
    service = (
        workload_of(port=8080, service=Service(type=ServiceType.LOAD_BALANCER, port=80, target_port=8080))
        .single("Service")
        .plain()
    )
    assert service["metadata"]["annotations"] == {
        "service.beta.kubernetes.io/azure-load-balancer-internal": "true"
    }


@pytest.mark.parametrize("kind", [ServiceType.CLUSTER_IP, ServiceType.HEADLESS])
def test_the_address_is_an_output(kind: ServiceType) -> None:
    built = workload_of(port=8080, service=Service(type=kind, port=80, target_port=8080))
    assert built.registered_outputs[built.single("Workload").urn]["address"] == "shop.shop.svc.cluster.local"


def test_service_and_budget_have_the_time_limit_of_the_pods() -> None:
    """Pulumi waits for a Service until its pods are ready."""
    built = workload_of(port=8080, replicas=2, service=Service(port=80, target_port=8080))
    assert built.single("Service").timeouts == ("20m", "20m")
    namespace = built.single("Namespace").urn
    assert [
        resource.name
        for resource in built.of_type("Service") + built.of_type("PodDisruptionBudget")
        if namespace not in resource.dependencies
    ] == []
