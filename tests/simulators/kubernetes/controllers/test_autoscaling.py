"""Autoscaling: the owner of `spec.replicas`, and the HorizontalPodAutoscaler."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.kubernetes.apiserver.validation.rules import object_failures
from rehearsal.simulators.kubernetes.controllers.autoscaling import scaled
from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, Kubernetes, manifest
from tests.support.manifests import TOKENS, owner

AUTOSCALER = "autoscaling/v2:HorizontalPodAutoscaler"
CONFLICT = (
    'Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "scale" using '
    "apps/v1: .spec.replicas"
)
KINDS = pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])


def autoscaler(kind: str = "Deployment", **spec: Any) -> dict[str, Any]:
    target = {"apiVersion": "apps/v1", "kind": kind, "name": "app"}
    return manifest(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "app",
        "demo",
        spec={"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 6, **spec},
    )


def replicas(azure: Azure, kind: str = "Deployment") -> Any:
    (objects,) = azure.world.kubernetes.values()
    return objects[f"apps/{kind}/demo/app"]["spec"].get("replicas")


def scale(azure: Azure, number: int, kind: str = "Deployment") -> None:
    (objects,) = azure.world.kubernetes.values()
    objects[f"apps/{kind}/demo/app"] = scaled(objects[f"apps/{kind}/demo/app"], number)


@pytest.fixture
def demo(kubernetes: Kubernetes) -> Kubernetes:
    kubernetes.namespace()
    return kubernetes


@KINDS
@pytest.mark.parametrize(("before", "after"), [(1, 2), (3, 3), (9, 6), (0, 0)])
def test_an_autoscaler_brings_its_target_between_its_ends(
    azure: Azure, demo: Kubernetes, kind: str, before: int, after: int
) -> None:
    demo.create(
        TOKENS[kind],
        owner(kind, serviceName="app", replicas=before)
        if kind == "StatefulSet"
        else owner(kind, replicas=before),
    )
    demo.create(AUTOSCALER, autoscaler(kind))
    assert replicas(azure, kind) == after


def test_an_apply_that_says_another_number_than_whoever_scaled_is_refused(
    azure: Azure, demo: Kubernetes
) -> None:
    made = demo.create(TOKENS["Deployment"], owner("Deployment", replicas=2))
    scale(azure, 5)
    with pytest.raises(ProviderError, match="failed to fully initialize or become live") as refused:
        demo.update(TOKENS["Deployment"], made, owner("Deployment", replicas=3))
    assert CONFLICT in str(refused.value)
    assert replicas(azure) == 5


def test_an_apply_that_says_the_same_number_or_none_is_fine(azure: Azure, demo: Kubernetes) -> None:
    made = demo.create(TOKENS["Deployment"], owner("Deployment", replicas=2))
    scale(azure, 5)
    for desired in (owner("Deployment", replicas=5), owner("Deployment")):
        made = demo.update(TOKENS["Deployment"], made, desired)
        assert replicas(azure) == 5


def test_who_takes_out_a_number_of_their_own_is_left_with_the_default(azure: Azure, demo: Kubernetes) -> None:
    """https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership: the API
    server would set 1.
    """
    made = demo.create(TOKENS["Deployment"], owner("Deployment", replicas=4))
    demo.update(TOKENS["Deployment"], made, owner("Deployment"))
    assert replicas(azure) is None


@pytest.mark.parametrize("scaled_before", [False, True])
def test_what_is_ignored_stays_whoever_has_said_it(
    azure: Azure, demo: Kubernetes, scaled_before: bool
) -> None:
    made = demo.create(TOKENS["Deployment"], owner("Deployment", replicas=4))
    if scaled_before:
        scale(azure, 6)
    desired = owner("Deployment", replicas=2, minReadySeconds=1)
    demo.update(TOKENS["Deployment"], made, desired, ignore=("spec.replicas",))
    assert replicas(azure) == (6 if scaled_before else 4)


def test_what_was_scaled_is_taken_back_by_force(azure: Azure, demo: Kubernetes) -> None:
    made = demo.create(TOKENS["Deployment"], owner("Deployment", replicas=2))
    scale(azure, 5)
    desired = owner("Deployment", replicas=3)
    desired["metadata"]["annotations"] = {"pulumi.com/patchForce": "true"}
    made = demo.update(TOKENS["Deployment"], made, desired)
    assert replicas(azure) == 3
    demo.update(TOKENS["Deployment"], made, owner("Deployment", replicas=1))
    assert replicas(azure) == 1, "the field is the applier's again"


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"minReplicas": -1}, "spec.minReplicas: Invalid value: -1: must be greater than or equal to 1"),
        (
            {"maxReplicas": 1},
            "spec.maxReplicas: Invalid value: 1: must be greater than or equal to `minReplicas`",
        ),
        (
            {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": ""}},
            "spec.scaleTargetRef.name: Required value",
        ),
        (
            {"metrics": [{"type": "Resource"}]},
            "spec.metrics[0].resource: Required value: must populate information for the given metric source",
        ),
        (
            {"metrics": [{"type": "Container"}]},
            'spec.metrics[0].type: Unsupported value: "Container": supported values:'
            ' "ContainerResource", "External", "Object", "Pods", "Resource"',
        ),
        (
            {
                "metrics": [
                    {
                        "type": "ContainerResource",
                        "containerResource": {
                            "name": "cpu",
                            "container": "",
                            "target": {"type": "Utilization", "averageUtilization": 80},
                        },
                    }
                ]
            },
            "spec.metrics[0].containerResource.container: Required value: must specify a container",
        ),
        (
            {
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {
                            "name": "cpu",
                            "target": {"type": "Utilization", "averageUtilization": 0},
                        },
                    }
                ]
            },
            "spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0",
        ),
        (
            {
                "metrics": [
                    {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}
                ]
            },
            "spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target "
            "raw value or"
            " a target utilization",
        ),
    ],
)
def test_an_autoscaler_that_cannot_work_is_refused(spec: dict[str, Any], says: str) -> None:
    failures = list(object_failures("autoscaling", "HorizontalPodAutoscaler", autoscaler(**spec), 36))
    assert [failure.reason for failure in failures] == [says]
