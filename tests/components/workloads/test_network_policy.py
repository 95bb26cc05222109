"""A namespace that lets nobody through, and what each technique still needs."""

from typing import Any

import pytest

from components.workloads import WORKLOADS, Pod, Technique, VaultObject
from components.workloads.pod import Service
from tests.support import samples
from tests.support.harness import Build, build

SERVED = Pod(image="registry.example/shop:1", port=8080, service=Service(port=80, target_port=8080))


def _built(technique: Technique, **args: Any) -> Build:
    wanted = [] if WORKLOADS[technique].spec.writes_values else [VaultObject(name="db-password")]
    said: dict[str, Any] = {"isolated": True} | args
    return build(lambda: samples.workload(bundle=WORKLOADS[technique], secrets=wanted, **said))


def _policy(built: Build) -> Any:
    return built.one("NetworkPolicy").plain()["spec"]


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
def test_a_pod_reaches_what_its_technique_asks_and_nothing_else(
    technique: Technique, asks: list[str]
) -> None:
    """Of driver and operator the pod itself asks nobody, not even for a name."""
    assert _asks(technique) == asks


def test_azure_is_any_address_by_https_but_the_one_that_hands_out_the_nodes_identity() -> None:
    rule = _policy(_built(Technique.SDK))["egress"][1]
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}]
    assert rule["to"] == [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}}]


def test_names_are_asked_of_the_clusters_own_servers() -> None:
    rule = _policy(_built(Technique.SDK))["egress"][0]
    assert {port["protocol"] for port in rule["ports"]} == {"UDP", "TCP"}
    assert {port["port"] for port in rule["ports"]} == {53}
    assert rule["to"][0]["podSelector"] == {"matchLabels": {"k8s-app": "kube-dns"}}


def test_whoever_finds_the_service_may_come() -> None:
    assert _policy(_built(Technique.CSI, pod=SERVED))["ingress"] == [
        {"ports": [{"protocol": "TCP", "port": 8080}]}
    ]
    assert not _policy(_built(Technique.CSI)).get("ingress")


def test_it_is_about_the_workloads_own_pods() -> None:
    spec = _policy(_built(Technique.CSI))
    assert spec["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "shop"}}
    assert sorted(spec["policyTypes"]) == ["Egress", "Ingress"]


def test_where_nobody_is_kept_out_nobody_has_to_be_let_in() -> None:
    assert _built(Technique.SDK, isolated=False).of_type("NetworkPolicy") == []
