"""Validation of owners of pods, Services and disruption budgets: exact messages, and valid values."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.init_failed import InitFailedError
from tests.support.acting import Azure, Kubernetes, manifest
from tests.support.manifests import TOKENS, owner, problems, service

PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' "
    "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
)
ROLLING = "rollingUpdate"


@pytest.mark.parametrize("kind", sorted(TOKENS.keys() - {"Pod"}))
def test_an_owner_of_pods_is_fine(kubernetes: Kubernetes, kind: str) -> None:
    kubernetes.namespace()
    assert problems(owner(kind)) == []
    kubernetes.create(TOKENS[kind], owner(kind))


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_a_selector_matches_its_template(kind: str) -> None:
    assert problems(owner(kind, selector={"matchLabels": {"app": "other"}})) == [
        'spec.template.metadata.labels: Invalid value: {"app":"app"}: `selector` does not match template '
        "`labels`"
    ]
    assert problems(owner(kind, selector={})) == [
        f"spec.selector: Invalid value: {{}}: empty selector is invalid for {kind.lower()}"
    ]


@pytest.mark.parametrize(
    ("operator", "values", "fits"),
    [
        *(
            ("In", ["app"], True),
            ("In", ["other"], False),
            ("NotIn", ["app"], False),
            ("NotIn", ["other"], True),
        ),
        *(("Exists", [], True), ("DoesNotExist", [], False)),
    ],
)
def test_a_selector_may_hold_expressions(operator: str, values: list[str], fits: bool) -> None:
    selector = {"matchExpressions": [{"key": "app", "operator": operator, "values": values}]}
    assert (problems(owner("Deployment", selector=selector)) == []) is fits


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_pods_that_stay_restart_always(kind: str) -> None:
    assert problems(owner(kind, pods={"restartPolicy": "Never"})) == [
        'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'
    ]
    assert problems(owner(kind, pods={"restartPolicy": "Always"})) == []


@pytest.mark.parametrize(("kind", "path"), [("Job", "spec"), ("CronJob", "spec.jobTemplate.spec")])
def test_pods_that_end_do_not(kind: str, path: str) -> None:
    assert problems(owner(kind, pods={"restartPolicy": "Always"})) == [
        f'{path}.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'
    ]
    assert problems(owner(kind, pods={"restartPolicy": "OnFailure"})) == []


@pytest.mark.parametrize(
    ("kind", "spec", "problem"),
    [
        (
            "Deployment",
            {"replicas": -1},
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            "StatefulSet",
            {"replicas": -1},
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            "DaemonSet",
            {"minReadySeconds": -1},
            "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            "CronJob",
            {"startingDeadlineSeconds": -1},
            "spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            "Job",
            {"backoffLimit": -1},
            "spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            "Deployment",
            {"minReadySeconds": 600},
            "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds",
        ),
        (
            "Deployment",
            {"strategy": {"type": "Recreate", ROLLING: {}}},
            "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
        ),
        (
            "Deployment",
            {"strategy": {"type": "OnDelete"}},
            'spec.strategy: Unsupported value: {"Type":"OnDelete","RollingUpdate":null}: supported values: '
            '"Recreate", "RollingUpdate"',
        ),
        (
            "DaemonSet",
            {"updateStrategy": {"type": "Recreate"}},
            'spec.updateStrategy: Unsupported value: {"Type":"Recreate","RollingUpdate":null}: '
            'supported values: "RollingUpdate", "OnDelete"',
        ),
        (
            "StatefulSet",
            {"updateStrategy": {"type": "Recreate"}},
            'spec.updateStrategy: Invalid value: {"Type":"Recreate","RollingUpdate":null}: must be '
            "'RollingUpdate' or 'OnDelete'",
        ),
        (
            "StatefulSet",
            {"updateStrategy": {"type": "OnDelete", ROLLING: {"partition": 1}}},
            'spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: '
            "only allowed for updateStrategy 'RollingUpdate'",
        ),
        (
            "StatefulSet",
            {"podManagementPolicy": "Fast"},
            "spec.podManagementPolicy: Invalid value: \"Fast\": must be 'OrderedReady' or 'Parallel'",
        ),
        (
            "CronJob",
            {"concurrencyPolicy": "Never"},
            'spec.concurrencyPolicy: Unsupported value: "Never": supported values: "Allow", "Forbid", '
            '"Replace"',
        ),
    ],
)
def test_what_an_owner_may_not_be(kind: str, spec: dict[str, Any], problem: str) -> None:
    assert problems(owner(kind, **spec)) == [problem]


def test_pods_of_a_stateful_set_are_validated_one_by_one_before_1_34() -> None:
    mounts = [{"name": "data", "mountPath": "/a"}]
    broken = {"containers": [{"name": "app", "image": "x", "volumeMounts": mounts}]}
    missing = ['spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"']
    assert problems(owner("StatefulSet", pods=broken), 33) == []
    assert problems(owner("StatefulSet", pods=broken), 34) == missing
    assert problems(owner("Deployment", pods=broken), 33) == missing


@pytest.mark.parametrize(
    ("kind", "path"), [("Job", "spec"), ("CronJob", "spec.jobTemplate.spec"), ("DaemonSet", "spec")]
)
def test_the_pods_of_an_owner_are_validated_with_it(kind: str, path: str) -> None:
    assert problems(owner(kind, pods={"containers": []})) == [
        f"{path}.template.spec.containers: Required value"
    ]


def test_the_name_of_a_services_port_is_a_label() -> None:
    (reasons,) = problems(service(ports=[{"port": 80, "name": "HTTP"}]))
    assert reasons.startswith(
        'spec.ports[0].name: Invalid value: "HTTP": a lowercase RFC 1123 label must consist of'
    )


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"ports": []}, "spec.ports: Required value"),
        (
            {"type": "LoadBalancer", "clusterIP": "None"},
            "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for LoadBalancer services",
        ),
        (
            {"type": "Inner"},
            'spec.type: Unsupported value: "Inner": supported values: "ClusterIP", "ExternalName", '
            '"LoadBalancer", "NodePort"',
        ),
        (
            {"sessionAffinity": "Some"},
            'spec.sessionAffinity: Unsupported value: "Some": supported values: "ClientIP", "None"',
        ),
        ({"ports": [{"port": 80, "name": "a"}, {"port": 81}]}, "spec.ports[1].name: Required value"),
        (
            {"ports": [{"port": 80, "name": "a"}, {"port": 81, "name": "a"}]},
            'spec.ports[1].name: Duplicate value: "a"',
        ),
        (
            {"ports": [{"port": 0, "targetPort": 80}]},
            "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
        ),
        (
            {"ports": [{"port": 80, "targetPort": 70000}]},
            "spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
        ),
        (
            {"ports": [{"port": 80, "targetPort": "a--b"}]},
            'spec.ports[0].targetPort: Invalid value: "a--b": must not contain consecutive hyphens',
        ),
        (
            {"ports": [{"port": 80, "protocol": "tcp"}]},
            'spec.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
        ),
    ],
)
def test_what_a_service_may_not_be(spec: dict[str, Any], problem: str) -> None:
    assert problems(service(**spec)) == [problem]


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"clusterIP": "None", "ports": []},
        {"type": "ExternalName", "externalName": "example.com", "ports": []},
        {
            "type": "LoadBalancer",
            "ports": [
                {"name": "a", "port": 80, "targetPort": "http"},
                {"name": "b", "port": 443, "targetPort": 8443},
            ],
        },
    ],
)
def test_services_that_are_fine(spec: dict[str, Any]) -> None:
    assert problems(service(**spec)) == []


@pytest.mark.parametrize(("minor", "fine"), [(35, False), (36, True)])
def test_the_name_of_a_service_may_begin_with_a_digit_from_1_36_on(minor: int, fine: bool) -> None:
    named = {**service(), "metadata": {"name": "1st", "namespace": "default"}}
    refused = (
        'metadata.name: Invalid value: "1st": a DNS-1035 label must consist of lower case alphanumeric '
        "characters or '-', start with an "
        "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', "
        "regex used for validation is "
        "'[a-z]([-a-z0-9]*[a-z0-9])?')"
    )
    assert problems(named, minor) == ([] if fine else [refused])


def budget(**spec: Any) -> dict[str, Any]:
    return manifest("policy/v1", "PodDisruptionBudget", "app", "default", spec=spec)


def test_a_disruption_budget_has_one_limit() -> None:
    assert problems(budget(minAvailable=1, maxUnavailable="50%")) == [
        'spec: Invalid value: {"maxUnavailable":"50%","minAvailable":1}: minAvailable and maxUnavailable '
        "cannot be both set"
    ]
    assert problems(budget(minAvailable=-1)) == [
        "spec.minAvailable: Invalid value: -1: must be greater than or equal to 0"
    ]
    assert problems(budget(maxUnavailable="half")) == [
        f'spec.maxUnavailable: Invalid value: "half": {PERCENT}'
    ]
    assert problems(budget(maxUnavailable=1)) == problems(budget(minAvailable="100%")) == []


def test_an_update_is_validated_too_and_the_old_object_stays(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    made = kubernetes.create(TOKENS["Deployment"], owner("Deployment", replicas=2))
    with pytest.raises(InitFailedError) as refused:
        kubernetes.update(TOKENS["Deployment"], made, owner("Deployment", replicas=-1))
    assert str(refused.value) == (
        'the Kubernetes API server reported that "demo/app" failed to fully initialize or become live: '
        'Deployment.apps "app" is invalid: spec.replicas: Invalid value: -1: must be greater than or '
        "equal to 0"
    )
    (objects,) = azure.world.kubernetes.values()
    assert objects["apps/Deployment/demo/app"]["spec"]["replicas"] == 2
