"""Validation of pods and containers: exact messages, and valid values."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.kubernetes.api.fields import veiled
from rehearsal.simulators.kubernetes.apiserver.validation.rules import object_failures
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.wire import Secret
from tests.each import each
from tests.support.acting import Kubernetes
from tests.support.manifests import POD, container, pod

LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
    "and end with an alphanumeric "
    "character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
RANGE = "must be between 1 and 65535, inclusive"


def problems(minor: int = 37, **spec: Any) -> list[str]:
    whole = {"containers": [container()], **spec}
    made = {"metadata": {"name": "app", "namespace": "default"}, "spec": whole}
    return [failure.reason for failure in object_failures("", "Pod", veiled(made), minor)]


def in_container(minor: int = 37, **more: Any) -> list[str]:
    return [
        reason.removeprefix("spec.containers[0].")
        for reason in problems(minor, containers=[container(**more)])
    ]


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"containers": []}, "spec.containers: Required value"),
        ({"containers": [container("My_App")]}, f'spec.containers[0].name: Invalid value: "My_App": {LABEL}'),
        ({"initContainers": [container()]}, 'spec.initContainers[0].name: Duplicate value: "app"'),
        (
            {"restartPolicy": "Sometimes"},
            'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", '
            '"OnFailure", "Never"',
        ),
        (
            {"dnsPolicy": "Mine"},
            'spec.dnsPolicy: Unsupported value: "Mine": supported values: "ClusterFirstWithHostNet", '
            '"ClusterFirst", "Default", "None"',
        ),
        (
            {"volumes": [{"name": "Data", "emptyDir": {}}]},
            f'spec.volumes[0].name: Invalid value: "Data": {LABEL}',
        ),
        (
            {"volumes": [{"name": "data", "emptyDir": {}, "secret": {}}]},
            "spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type",
        ),
        (
            {"securityContext": {"runAsUser": -1}},
            "spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive",
        ),
    ],
)
def test_what_a_pod_may_not_be(spec: dict[str, Any], problem: str) -> None:
    assert problems(**spec) == [problem]


def test_a_service_account_has_a_name_of_its_kind() -> None:
    (reasons,) = problems(serviceAccountName="My_App")
    assert reasons.startswith(
        'spec.serviceAccountName: Invalid value: "My_App": a lowercase RFC 1123 subdomain must consist of'
    )


def test_a_whole_pod_is_fine(kubernetes: Kubernetes) -> None:
    whole = container(
        imagePullPolicy="IfNotPresent",
        ports=[
            {"name": "http", "containerPort": 8080},
            {"name": "metrics", "containerPort": 9090, "protocol": "TCP"},
        ],
        env=[
            {"name": "KEYVAULT_URL", "value": "https://x.vault.azure.net/"},
            {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        ],
        volumeMounts=[{"name": "tmp", "mountPath": "/tmp"}],
        resources={"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "64Mi"}},
        livenessProbe={"httpGet": {"path": "/healthz", "port": "http"}, "successThreshold": 1},
        readinessProbe={"tcpSocket": {"port": 8080}, "successThreshold": 3},
        startupProbe={"exec": {"command": ["true"]}, "failureThreshold": 30},
    )
    side = container("side", restartPolicy="Always", readinessProbe={"grpc": {"port": 9000}})
    volumes = [{"name": "tmp", "emptyDir": {}}]
    kubernetes.create(
        POD,
        pod(
            containers=[whole],
            initContainers=[side],
            volumes=volumes,
            restartPolicy="Never",
            dnsPolicy="Default",
        ),
    )


@each(
    "change, problem",
    [
        ({"image": ""}, "image: Required value"),
        ({"image": " x"}, 'image: Invalid value: " x": must not have leading or trailing whitespace'),
        (
            {"imagePullPolicy": "Often"},
            'imagePullPolicy: Unsupported value: "Often": supported values: "Always", '
            '"IfNotPresent", "Never"',
        ),
        ({"ports": [{"containerPort": 0}]}, "ports[0].containerPort: Required value"),
        ({"ports": [{"containerPort": 65536}]}, f"ports[0].containerPort: Invalid value: 65536: {RANGE}"),
        (
            {"ports": [{"containerPort": 1, "protocol": "ICMP"}]},
            'ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
        ),
        (
            {"ports": [{"containerPort": 1, "name": "http"}, {"containerPort": 2, "name": "http"}]},
            'ports[1].name: Duplicate value: "http"',
        ),
        (
            {"ports": [{"containerPort": 1, "name": "a" * 16}]},
            f'ports[0].name: Invalid value: "{"a" * 16}": must be no more than 15 characters',
        ),
        (
            {"ports": [{"containerPort": 1, "name": "80"}]},
            'ports[0].name: Invalid value: "80": must contain at least one letter (a-z)',
        ),
        (
            {"ports": [{"containerPort": 1, "name": "a--b"}]},
            'ports[0].name: Invalid value: "a--b": must not contain consecutive hyphens',
        ),
        (
            {"ports": [{"containerPort": 1, "name": "a-"}]},
            'ports[0].name: Invalid value: "a-": must not begin or end with a hyphen',
        ),
        (
            {"ports": [{"containerPort": 1, "name": "aB"}]},
            'ports[0].name: Invalid value: "aB": must contain only alpha-numeric characters (a-z, 0-9), '
            "and hyphens (-)",
        ),
        ({"env": [{"name": ""}]}, "env[0].name: Required value"),
        (
            {"env": [{"name": "A=B"}]},
            'env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of '
            "printable ASCII characters "
            "other than '='",
        ),
        (
            {"env": [{"name": "A", "value": "b", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]},
            'env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
        ),
        ({"volumeMounts": [{"name": "data", "mountPath": "/a"}]}, 'volumeMounts[0].name: Not found: "data"'),
        (
            {"resources": {"requests": {"cpu": 2}, "limits": {"cpu": "1500m"}}},
            'resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1500m',
        ),
        (
            {"resources": {"requests": {"memory": "-1Mi"}}},
            'resources.requests[memory]: Invalid value: "-1Mi": must be greater than or equal to 0',
        ),
        ({"livenessProbe": {}}, "livenessProbe: Required value: must specify a handler type"),
        (
            {"readinessProbe": {"exec": {"command": ["a"]}, "tcpSocket": {"port": 1}}},
            "readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type",
        ),
        ({"startupProbe": {"exec": {}}}, "startupProbe.exec.command: Required value"),
        (
            {"livenessProbe": {"httpGet": {"port": 0}}},
            f"livenessProbe.httpGet.port: Invalid value: 0: {RANGE}",
        ),
        (
            {"livenessProbe": {"httpGet": {"port": 1, "scheme": "FTP"}}},
            'livenessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
        ),
        (
            {"livenessProbe": {"tcpSocket": {"port": "no_name"}}},
            'livenessProbe.tcpSocket.port: Invalid value: "no_name": '
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        ),
        (
            {"livenessProbe": {"tcpSocket": {"port": 1}, "successThreshold": 2}},
            "livenessProbe.successThreshold: Invalid value: 2: must be 1",
        ),
        (
            {"readinessProbe": {"tcpSocket": {"port": 1}, "periodSeconds": -5}},
            "readinessProbe.periodSeconds: Invalid value: -5: must be greater than or equal to 0",
        ),
    ],
)
def test_what_a_container_may_not_be(change: dict[str, Any], problem: str) -> None:
    assert in_container(**change) == [problem]


def test_a_mount_path_is_used_once() -> None:
    mounts = [{"name": "tmp", "mountPath": "/a"}, {"name": "tmp", "mountPath": "/a"}]
    reasons = problems(volumes=[{"name": "tmp", "emptyDir": {}}], containers=[container(volumeMounts=mounts)])
    assert reasons == ['spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique']


@pytest.mark.parametrize(("minor", "fine"), [(31, False), (32, True)])
def test_names_of_variables_are_free_from_1_32_on(minor: int, fine: bool) -> None:
    reasons = in_container(minor, env=[{"name": "1st name"}])
    strict = (
        'env[0].name: Invalid value: "1st name": a valid environment variable name must consist of '
        "alphabetic characters, digits, '_', "
        "'-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or "
        "'MyEnvName1', regex used for "
        "validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')"
    )
    assert reasons == ([] if fine else [strict])


@pytest.mark.parametrize(("name", "why"), [("..", "must not be '..'"), ("..a", "must not start with '..'")])
def test_names_of_variables_were_no_folders_before(name: str, why: str) -> None:
    assert in_container(31, env=[{"name": name}]) == [f'env[0].name: Invalid value: "{name}": {why}']


def test_only_an_init_container_that_stays_has_probes() -> None:
    probe = {"tcpSocket": {"port": 1}}
    text = (
        "spec.initContainers[0].startupProbe: Forbidden: may not be set for init containers without "
        "restartPolicy=Always"
    )
    assert problems(initContainers=[container("init", startupProbe=probe)]) == [text]
    assert problems(initContainers=[container("init", startupProbe=probe, restartPolicy="Always")]) == []


def test_the_api_server_says_all_of_it(kubernetes: Kubernetes) -> None:
    wrong = container("A", volumeMounts=[{"name": "data", "mountPath": "/a"}])
    with pytest.raises(ProviderError) as refused:
        kubernetes.create(POD, pod(containers=[wrong]))
    assert str(refused.value).endswith(
        f'Pod "app" is invalid: [spec.containers[0].name: Invalid value: "A": {LABEL}, '
        'spec.containers[0].volumeMounts[0].name: Not found: "data"]'
    )


@pytest.mark.parametrize(
    "change",
    [
        {"name": Secret("Canary")},
        {"image": Secret(" canary")},
        {"imagePullPolicy": Secret("canary")},
        {"env": [{"name": Secret("canary=")}]},
        {"volumeMounts": [{"name": Secret("canary"), "mountPath": "/a"}]},
        {"ports": [{"containerPort": Secret(99471100)}]},
        {"resources": {"requests": {"cpu": Secret("47110")}, "limits": {"cpu": Secret("47119")}}},
        {"resources": {"requests": {"cpu": Secret("47110")}, "limits": {"cpu": Secret("4711")}}},
        {"resources": {"requests": {"cpu": Secret("-4711")}}},
    ],
)
def test_a_secret_value_is_in_no_message(change: dict[str, Any]) -> None:
    reasons = in_container(**change)
    fits = change.get("resources", {}).get("limits", {}).get("cpu") == Secret("47119")
    assert bool(reasons) is not fits
    assert not [reason for reason in reasons if "canary" in reason.lower() or "4711" in reason]
