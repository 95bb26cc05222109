"""NetworkPolicies in a namespace with default deny: the traffic that each technique needs."""

from typing import Any

import pytest

from aks_secrets_testing.builds import Build, build
from components.workloads import WORKLOADS, Pod, Technique, VaultObject
from components.workloads.network_policy import Egress
from components.workloads.pod import Service
from tests.support import samples

SERVED = Pod(image="registry.example/shop:1", port=8080, service=Service(port=80, target_port=8080))


def _built(technique: Technique, **args: Any) -> Build:
    secrets = [] if WORKLOADS[technique].spec.writes_values else [VaultObject(name="db-password")]
    merged: dict[str, Any] = {"isolated": True} | args
    return build(lambda: samples.workload(bundle=WORKLOADS[technique], secrets=secrets, **merged))


def _policy(built: Build) -> Any:
    return built.single("NetworkPolicy").plain()["spec"]


def _asks(technique: Technique) -> list[str]:
    def named(rule: dict[str, Any]) -> str:
        (peer,) = rule["to"]
        if "ipBlock" in peer:
            return peer["ipBlock"]["cidr"]
        return peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]

    return [named(rule) for rule in _policy(_built(technique)).get("egress") or []]


@pytest.mark.parametrize(
    ("technique", "asks"),
    [
        (Technique.SDK, ["kube-system", "0.0.0.0/0"]),
        (Technique.DAPR, ["kube-system", "0.0.0.0/0", "dapr-system"]),
        (Technique.CSI, []),
        (Technique.ESO, []),
        (Technique.KUBERNETES_SECRET, []),
    ],
)
def test_egress_is_limited_to_what_the_technique_reaches(technique: Technique, asks: list[str]) -> None:
    """With driver or operator the pod itself reaches no endpoint, not even DNS."""
    assert _asks(technique) == asks


@pytest.mark.parametrize("technique", Technique)
def test_a_technique_whose_pods_reach_its_operator_knows_where_that_is(technique: Technique) -> None:
    spec = WORKLOADS[technique].spec
    assert spec.operator_namespace or Egress.OPERATOR not in spec.egress


def test_the_operators_namespace_is_that_of_the_settings() -> None:
    rule = _policy(_built(Technique.DAPR, operator_namespace="control-plane"))["egress"][2]
    (peer,) = rule["to"]
    assert peer == {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "control-plane"}}}


def test_azure_is_any_address_by_https_except_the_metadata_service() -> None:
    rule = _policy(_built(Technique.SDK))["egress"][1]
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}]
    assert rule["to"] == [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}}]


def test_dns_is_limited_to_the_clusters_servers() -> None:
    rule = _policy(_built(Technique.SDK))["egress"][0]
    assert {port["protocol"] for port in rule["ports"]} == {"UDP", "TCP"}
    assert {port["port"] for port in rule["ports"]} == {53}
    assert rule["to"][0]["podSelector"] == {"matchLabels": {"k8s-app": "kube-dns"}}


def test_ingress_is_limited_to_the_services_port() -> None:
    assert _policy(_built(Technique.CSI, pod=SERVED))["ingress"] == [
        {"ports": [{"protocol": "TCP", "port": 8080}]}
    ]
    assert not _policy(_built(Technique.CSI)).get("ingress")


def test_the_policy_selects_the_workloads_own_pods() -> None:
    spec = _policy(_built(Technique.CSI))
    assert spec["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "shop"}}
    assert sorted(spec["policyTypes"]) == ["Egress", "Ingress"]


def test_a_namespace_without_default_deny_needs_no_policy() -> None:
    assert _built(Technique.SDK, isolated=False).of_type("NetworkPolicy") == []
