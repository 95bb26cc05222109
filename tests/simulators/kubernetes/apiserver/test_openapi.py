"""Declared types of built-in kinds: unknown fields, wrong types, missing fields, versions."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.apiserver.openapi import declared, minor_of
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.wire import Secret
from tests.support.acting import Azure, Kubernetes, manifest
from tests.support.manifests import CONFIG_MAP, DEPLOYMENT, deployment, misfits, pod

NEWEST = "1.37.0"


def test_a_whole_deployment_fits() -> None:
    findings = declared(NEWEST).check(GroupVersionKind.of(deployment()), deployment())
    assert (findings.misfits, findings.undecodable, findings.missing) == ([], [], [])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"contaners": []}, ".spec.contaners: field not declared in schema"),
        ({"hostNetwork": "yes"}, ".spec.hostNetwork: expected boolean, got &{yes}"),
        (
            {"activeDeadlineSeconds": "60"},
            ".spec.activeDeadlineSeconds: expected numeric (int or float), got string",
        ),
        (
            {"activeDeadlineSeconds": True},
            ".spec.activeDeadlineSeconds: expected numeric (int or float), got bool",
        ),
        ({"nodeName": 8}, ".spec.nodeName: expected string, got &value.valueUnstructured{Value:8}"),
        (
            {"nodeSelector": {"a": True}},
            ".spec.nodeSelector.a: expected string, got &value.valueUnstructured{Value:true}",
        ),
        ({"nodeSelector": "a"}, ".spec.nodeSelector: expected map, got &{a}"),
        ({"volumes": {"b": "c", "a": 1}}, ".spec.volumes: expected list, got &{map[a:1 b:c]}"),
        (
            {"nodeName": ["a"]},
            '.spec.nodeName: expected string, got &value.valueUnstructured{Value:[]interface {}{"a"}}',
        ),
        ({"overhead": {"cpu": [1]}}, ".spec.overhead.cpu: expected any scalar, got &{[1]}"),
        (
            {"volumes": [{"name": "a", "emptyDir": {}}] * 2},
            '.spec.volumes: duplicate entries for key [name="a"]',
        ),
    ],
)
def test_what_does_not_fit_is_said_as_server_side_apply_says_it(change: dict[str, Any], problem: str) -> None:
    assert misfits(pod(**change)) == [problem]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"env": [{"name": "A", "value": 8080}]},
            '.env[name="A"].value: expected string, got &value.valueUnstructured{Value:8080}',
        ),
        ({"env": [{"name": "A"}, {"name": "A"}]}, '.env: duplicate entries for key [name="A"]'),
        (
            {"ports": [{"containerPort": 80}, {"containerPort": 80, "protocol": "TCP", "name": "again"}]},
            '.ports: duplicate entries for key [containerPort=80,protocol="TCP"]',
        ),
        ({"imagePullPolice": "Always"}, ".imagePullPolice: field not declared in schema"),
    ],
)
def test_an_item_of_a_list_is_known_by_its_keys(change: dict[str, Any], problem: str) -> None:
    container = {"name": "app", "image": "x", **change}
    assert misfits(pod(containers=[container])) == [f'.spec.containers[name="app"]{problem}']


def test_a_set_holds_each_value_once() -> None:
    twice = pod()
    twice["metadata"]["finalizers"] = ["x.io/a", "x.io/b", "x.io/a"]
    assert misfits(twice) == ['.metadata.finalizers: duplicate entries for key [="x.io/a"]']


def test_one_port_number_serves_two_protocols() -> None:
    ports = [{"containerPort": 53}, {"containerPort": 53, "protocol": "UDP"}]
    assert misfits(pod(containers=[{"name": "app", "image": "x", "ports": ports}])) == []


def test_the_api_server_says_all_that_does_not_fit(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    wrong = deployment(selektor={}, replicas="2")
    with pytest.raises(ProviderError) as refused:
        kubernetes.provider.create(kubernetes._call(DEPLOYMENT, "app", inputs=wrong))
    assert str(refused.value).endswith(
        "was not successfully created by the Kubernetes API server: failed to create typed patch object "
        "(demo/app; apps/v1, Kind=Deployment): errors:\n"
        "  .spec.selektor: field not declared in schema\n"
        "  .spec.replicas: expected numeric (int or float), got string"
    )


def test_a_refused_object_is_not_stored(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    with pytest.raises(ProviderError, match="field not declared in schema"):
        kubernetes.provider.create(kubernetes._call(DEPLOYMENT, "app", inputs=deployment(selektor={})))
    (objects,) = azure.world.kubernetes.values()
    assert "apps/Deployment/demo/app" not in objects


def test_a_broken_number_is_no_integer_and_one_out_of_range_wraps() -> None:
    def findings(**spec: Any) -> Any:
        return declared(NEWEST).check(GroupVersionKind.of(pod()), pod(**spec))

    assert findings(activeDeadlineSeconds=1.5).undecodable == ["cannot convert float64 to int64"]
    assert findings(priority=2**31).wrapped == {"spec.priority": -(2**31)}
    assert not findings(priority=2**31).undecodable
    assert not findings(priority=2**31 - 1).wrapped


@pytest.mark.parametrize("amount", ["64Mib", "1 Gi", "", "1,5", "0x10"])
def test_an_amount_has_its_syntax(kubernetes: Kubernetes, amount: str) -> None:
    container = {"name": "app", "image": "x", "resources": {"requests": {"memory": amount}}}
    expected = (
        "unable to convert unstructured object to /v1, Kind=Pod: quantities must match the regular expression"
    )
    with pytest.raises(ProviderError, match=expected):
        kubernetes.create("core/v1:Pod", pod(containers=[container]))


@pytest.mark.parametrize("amount", ["64Mi", "100m", "1.5", ".5", "2", "1e3", "12E2", "+1k", "5E", "m", " 1"])
def test_amounts_that_are_fine(kubernetes: Kubernetes, amount: str) -> None:
    kubernetes.create(
        "core/v1:Pod",
        pod(containers=[{"name": "app", "image": "x", "resources": {"requests": {"memory": amount}}}]),
    )


def test_what_is_absent_is_required(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    without = deployment()
    del without["spec"]["selector"]
    mismatch = r'spec\.template\.metadata\.labels: Invalid value: \{"app":"app"\}: `selector` does'
    with pytest.raises(
        ProviderError,
        match=rf'Deployment\.apps "app" is invalid: \[spec\.selector: Required value, {mismatch}',
    ):
        kubernetes.provider.create(kubernetes._call(DEPLOYMENT, "app", inputs=without))
    findings = declared(NEWEST).check(
        GroupVersionKind.of(pod()),
        pod(containers=[{"image": "x", "name": "a", "ports": [{"protocol": "UDP"}]}]),
    )
    assert [failure.reason for failure in findings.missing] == [
        "spec.containers[0].ports[0].containerPort: Required value"
    ]


@pytest.mark.parametrize("place", ["replicas", "paused", "template", "strategy"])
def test_a_secret_value_is_in_no_message(place: str) -> None:
    wrong: dict[str, Any] = {
        "replicas": "canary",
        "paused": "canary",
        "template": "canary",
        "strategy": ["canary"],
    }
    object_ = deployment(**{place: Secret(wrong[place])})
    problems_found = misfits(object_)
    assert len(problems_found) == 1
    assert "canary" not in problems_found[0]


def test_a_secret_key_and_a_secret_number_are_in_no_message() -> None:
    container = {"name": "app", "image": "x", "env": [{"name": Secret("canary"), "value": Secret(4711)}] * 2}
    problems_found = misfits(pod(containers=[container]))
    assert problems_found == [
        '.spec.containers[name="app"].env[name=[secret]].value: expected string, got '
        "&value.valueUnstructured{Value:[secret]}",
        '.spec.containers[name="app"].env: duplicate entries for key [name=[secret]]',
        '.spec.containers[name="app"].env[name=[secret]].value: expected string, got '
        "&value.valueUnstructured{Value:[secret]}",
    ]


def test_free_json_is_whatever_it_is() -> None:
    schema = {"openAPIV3Schema": {"type": "object", "default": {"a": [1, "b"]}}}
    versions = [{"name": "v1", "served": True, "storage": True, "schema": schema}]
    spec = {
        "group": "x.io",
        "names": {"kind": "Widget", "plural": "widgets"},
        "scope": "Cluster",
        "versions": versions,
    }
    assert (
        misfits(manifest("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.x.io", spec=spec))
        == []
    )


def test_a_sealed_value_may_have_been_of_any_type(kubernetes: Kubernetes) -> None:
    kubernetes.create(CONFIG_MAP, manifest("v1", "ConfigMap", "app", "default", data=Secret({"a": "b"})))
    patch = manifest("v1", "ConfigMap", "app", "default")
    patch["metadata"]["labels"] = {"a": "b"}
    patched = kubernetes.create(CONFIG_MAP + "Patch", patch)
    assert patched.outputs["metadata"]["labels"] == {"a": "b"}


def test_the_version_of_the_cluster_decides(azure: Azure, kubernetes: Kubernetes) -> None:
    # hostnameOverride came with 1.34: https://github.com/kubernetes/enhancements/issues/4762
    (cluster,) = azure.world.of_type("azure-native:containerservice:ManagedCluster")
    kubernetes.create("core/v1:Pod", pod(hostnameOverride="a"))
    cluster.properties["currentKubernetesVersion"] = "1.33.5"
    with pytest.raises(
        ProviderError,
        match=r"\(default/other; /v1, Kind=Pod\): \.spec\.hostnameOverride: field not declared in schema",
    ):
        kubernetes.create("core/v1:Pod", pod("other", hostnameOverride="a"))


def test_a_version_that_is_no_longer_served_matches_nothing(azure: Azure, kubernetes: Kubernetes) -> None:
    # https://kubernetes.io/docs/reference/using-api/deprecation-guide/#flowcontrol-resources-v132
    old = manifest(
        "flowcontrol.apiserver.k8s.io/v1beta3",
        "FlowSchema",
        "a",
        spec={"priorityLevelConfiguration": {"name": "a"}},
    )
    (cluster,) = azure.world.of_type("azure-native:containerservice:ManagedCluster")
    cluster.properties["currentKubernetesVersion"] = "1.31.1"
    kubernetes.create("flowcontrol.apiserver.k8s.io/v1beta3:FlowSchema", old)
    cluster.properties["currentKubernetesVersion"] = "1.32.1"
    with pytest.raises(
        ProviderError,
        match=r'no matches for kind "FlowSchema" in version "flowcontrol\.apiserver\.k8s\.io/v1beta3"',
    ):
        kubernetes.create(
            "flowcontrol.apiserver.k8s.io/v1beta3:FlowSchema", {**old, "metadata": {"name": "b"}}
        )


def test_versions_are_read_as_aks_writes_them() -> None:
    assert [minor_of(version) for version in ("1.33", "1.33.5", "", "latest")] == [33, 33, None, None]
    assert [declared(version).minor for version in ("1.33.5", "1.20.0", "1.99.0", "")] == [33, 25, 37, 37]


def test_a_check_is_fast() -> None:
    check, object_, kind = declared(NEWEST).check, deployment(), GroupVersionKind.of(deployment())
    check(kind, object_)
    # Processor time, and the best of several: other processes take both cores and caches.
    best = min(_seconds(lambda: check(kind, object_)) for _ in range(20))
    assert best < 0.005


def _seconds(action: Callable[[], object]) -> float:
    started = time.thread_time()
    action()
    return time.thread_time() - started
