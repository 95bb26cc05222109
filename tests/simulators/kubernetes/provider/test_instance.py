"""Provider instances: the cluster of a kubeconfig, and clusters that are not reached."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.wire import UNKNOWN
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import Azure, Kubernetes, cluster
from tests.support.manifests import ESO_RELEASE, RELEASE

NAMESPACE = "core/v1:Namespace"


def kubeconfig_to(server: str) -> str:
    return json.dumps(
        {
            "current-context": "a",
            "contexts": [{"name": "a", "context": {"cluster": "a"}}],
            "clusters": [{"name": "a", "cluster": {"server": server}}],
        }
    )


def test_a_kubeconfig_of_no_cluster_is_unreachable(azure: Azure) -> None:
    lost = Kubernetes(azure, kubeconfig_to("https://gone.example:443"))
    with pytest.raises(
        ProviderError,
        match=r"configured Kubernetes cluster is unreachable: unable to load schema .* lookup "
        r"gone.example: no such host",
    ):
        lost.namespace()


def test_no_kubeconfig_is_unreachable(azure: Azure) -> None:
    with pytest.raises(ProviderError, match="unreachable: unable to load Kubernetes client configuration"):
        Kubernetes(azure, "").namespace()


def test_a_broken_kubeconfig_is_unreachable(azure: Azure) -> None:
    with pytest.raises(ProviderError, match="unreachable: failed to parse kubeconfig data"):
        Kubernetes(azure, "just words").namespace()


def test_a_deleted_cluster_is_unreachable_for_reads_and_deletes(azure: Azure, kubernetes: Kubernetes) -> None:
    made = kubernetes.namespace()
    azure.world.remove(next(azure.world.of_type("azure-native:containerservice:ManagedCluster")).id)
    for operation in (kubernetes.read, kubernetes.delete):
        with pytest.raises(ProviderError, match=r"unreachable.*PULUMI_K8S_DELETE_UNREACHABLE"):
            operation(NAMESPACE, made)


def test_two_providers_speak_to_their_own_clusters(azure: Azure, kubernetes: Kubernetes) -> None:
    azure.create("containerservice:ManagedCluster", cluster(resourceName="aks-two", dnsPrefix="two"))
    provider = kubernetes.provider
    provider.configure("two", {"kubernetes:config:kubeconfig": kubeconfig_of(azure, "aks-two")})
    kubernetes.namespace()
    kubernetes.connection = "two"
    kubernetes.namespace()
    assert sum("core/Namespace//demo" in objects for objects in azure.world.kubernetes.values()) == 2


def test_the_cluster_identifier_alone_decides_on_a_replacement(kubernetes: Kubernetes) -> None:
    def change(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
        call = kubernetes._call("Provider", "k8s", old_inputs=old, inputs=new)
        return {str(path[0]) for path in kubernetes.provider.diff_config(call).replaces}

    first, other = (kubeconfig_to(server) for server in ("https://a", "https://b"))
    assert change({"kubeconfig": first}, {"kubeconfig": other}) == {"kubeconfig"}
    assert change({"kubeconfig": first}, {"kubeconfig": UNKNOWN}) == {"kubeconfig"}
    assert (
        change(
            {"kubeconfig": first, "clusterIdentifier": "x"}, {"kubeconfig": other, "clusterIdentifier": "x"}
        )
        == set()
    )
    assert (
        change(
            {"kubeconfig": first, "clusterIdentifier": "x"}, {"kubeconfig": UNKNOWN, "clusterIdentifier": "x"}
        )
        == set()
    )
    assert change(
        {"kubeconfig": first, "clusterIdentifier": "x"}, {"kubeconfig": first, "clusterIdentifier": "y"}
    ) == {"clusterIdentifier"}


@pytest.mark.parametrize("by", ["variable", "setting"])
def test_what_is_unreachable_is_forgotten_on_request(
    azure: Azure, kubeconfig: str, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    settings = {"deleteUnreachable": "true"} if by == "setting" else {}
    monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true" if by == "variable" else "false")
    kubernetes = Kubernetes(azure, kubeconfig, **settings)
    made, release = kubernetes.namespace(), kubernetes.create(RELEASE, ESO_RELEASE)
    azure.world.remove(next(azure.world.of_type("azure-native:containerservice:ManagedCluster")).id)
    assert kubernetes.read(NAMESPACE, made) is None
    assert kubernetes.read(RELEASE, release) is None
    kubernetes.delete(NAMESPACE, made)
    with pytest.raises(
        ProviderError,
        match=r"can't delete Helm Release with unreachable cluster. Reason: \"unable to load schema",
    ):
        kubernetes.delete(RELEASE, release)


def test_the_setting_comes_before_the_variable(
    azure: Azure, kubeconfig: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
    kubernetes = Kubernetes(azure, kubeconfig, deleteUnreachable="false")
    made = kubernetes.namespace()
    azure.world.remove(next(azure.world.of_type("azure-native:containerservice:ManagedCluster")).id)
    with pytest.raises(ProviderError, match="PULUMI_K8S_DELETE_UNREACHABLE"):
        kubernetes.delete(NAMESPACE, made)
