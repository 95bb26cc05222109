"""Simulated Kubernetes: one test a rule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.simulators.kubernetes.kinds import chart_name
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.wire import UNKNOWN, Secret
from tests.rehearsal.acting import Azure, CheckFailedError, Kubernetes, cluster, manifest
from tests.rehearsal.conftest import kubeconfig_of

SERVICE_ACCOUNT = "core/v1:ServiceAccount"
NAMESPACE = "core/v1:Namespace"
SECRET = "core/v1:Secret"
STORE = "external-secrets.io/v1:SecretStore"
RELEASE = "helm.sh/v3:Release"
ESO: dict[str, Any] = {"chart": "external-secrets", "name": "eso", "namespace": "eso", "createNamespace": True}


def store(**more: Any) -> dict[str, Any]:
    return manifest("external-secrets.io/v1", "SecretStore", "vault", "demo", spec={}, **more)


def test_an_object_is_known_by_namespace_and_name(kubernetes: Kubernetes) -> None:
    assert kubernetes.namespace().id == "demo"
    assert kubernetes.service_account().id == "demo/app"


def test_an_existing_object_is_refused_in_the_providers_words(kubernetes: Kubernetes) -> None:
    with pytest.raises(
        ProviderError, match=r'was not successfully created .*: namespaces "default" already exists\n\nThe resource already exists'
    ):
        kubernetes.namespace("default")


def test_a_namespaced_object_needs_its_namespace(kubernetes: Kubernetes) -> None:
    with pytest.raises(ProviderError, match=r'namespaces "demo" not found'):
        kubernetes.service_account()


def test_every_namespace_has_a_default_service_account(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    for namespace in ("default", "kube-system", "demo"):
        with pytest.raises(ProviderError, match='serviceaccounts "default" already exists'):
            kubernetes.service_account("default", namespace)


def test_a_custom_resource_needs_its_definition(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    with pytest.raises(
        ProviderError, match=r'CRDs have been created: no matches for kind "SecretStore" in version "external-secrets.io/v1"'
    ):
        kubernetes.create(STORE, store())


def test_a_chart_installs_its_definitions(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    kubernetes.create(RELEASE, ESO)
    kubernetes.create(STORE, store())


def test_a_chart_serves_only_its_versions(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    kubernetes.create(RELEASE, ESO)
    old = manifest("external-secrets.io/v1beta1", "SecretStore", "vault", "demo", spec={})
    with pytest.raises(ProviderError, match="v1beta1"):
        kubernetes.create("external-secrets.io/v1beta1:SecretStore", old)


def test_a_definition_object_serves_its_kind(kubernetes: Kubernetes) -> None:
    names = {"kind": "Widget", "plural": "widgets"}
    spec = {"group": "x.io", "names": names, "scope": "Cluster", "versions": [{"name": "v1", "served": True, "storage": True}]}
    definition = manifest("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.x.io", spec=spec)
    kubernetes.create("apiextensions.k8s.io/v1:CustomResourceDefinition", definition)
    made = kubernetes.create("x.io/v1:Widget", manifest("x.io/v1", "Widget", "one"))
    assert made.id == "one"


def test_the_key_vault_add_on_serves_secret_provider_classes(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    wanted = manifest("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass", "app", "demo", spec={})
    with pytest.raises(ProviderError, match="no matches for kind"):
        kubernetes.create("secrets-store.csi.x-k8s.io/v1:SecretProviderClass", wanted)
    found = next(azure.world.of_type("azure-native:containerservice:ManagedCluster"))
    found.properties["addonProfiles"] = {"azureKeyvaultSecretsProvider": {"enabled": True}}
    kubernetes.create("secrets-store.csi.x-k8s.io/v1:SecretProviderClass", wanted)


def test_a_chart_needs_its_namespace_or_makes_it(kubernetes: Kubernetes) -> None:
    with pytest.raises(ProviderError, match='namespaces "eso" not found'):
        kubernetes.create(RELEASE, {**ESO, "createNamespace": False})
    kubernetes.create(RELEASE, ESO)


def test_a_release_name_is_used_once(kubernetes: Kubernetes) -> None:
    kubernetes.create(RELEASE, ESO)
    with pytest.raises(ProviderError, match="cannot re-use a name that is still in use"):
        kubernetes.create(RELEASE, ESO)


def test_values_of_a_chart_are_not_in_the_world(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.create(RELEASE, {**ESO, "values": {"password": "canary"}})
    azure.world.save()
    assert "canary" not in (azure.world.folder / "cloud.json").read_text()


def test_a_misspelled_property_is_an_error(kubernetes: Kubernetes) -> None:
    wrong = manifest("v1", "ServiceAccount", "app", "demo", automountServiceAccountTokens=False)
    with pytest.raises(CheckFailedError, match="did you mean 'automountServiceAccountToken'"):
        kubernetes.create(SERVICE_ACCOUNT, wrong)


def test_a_custom_resource_has_free_properties(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    kubernetes.create(RELEASE, ESO)
    kubernetes.create(STORE, store(anything={"goes": 1}))


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
        ProviderError, match=r"configured Kubernetes cluster is unreachable: unable to load schema .* lookup gone.example: no such host"
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


def test_deleting_a_namespace_deletes_its_objects(azure: Azure, kubernetes: Kubernetes) -> None:
    made = kubernetes.namespace()
    app = kubernetes.service_account()
    kubernetes.delete(NAMESPACE, made)
    assert kubernetes.read(SERVICE_ACCOUNT, app) is None


def test_a_built_in_namespace_cannot_be_deleted(kubernetes: Kubernetes) -> None:
    made = kubernetes.namespace()
    made.id = "kube-system"
    made.inputs["metadata"]["name"] = "kube-system"
    with pytest.raises(ProviderError, match="may not be deleted"):
        kubernetes.delete(NAMESPACE, made)


def test_an_absent_name_is_the_logical_one_and_eight_hex(kubernetes: Kubernetes) -> None:
    made = kubernetes.create(NAMESPACE, {"apiVersion": "v1", "kind": "Namespace"}, name="team")
    assert made.id == "team-01020304"
    assert made.inputs["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}
    again = kubernetes.check(NAMESPACE, {"apiVersion": "v1", "kind": "Namespace"}, name="team", olds=made.inputs)
    assert again["metadata"]["name"] == "team-01020304"


def test_a_namespaced_object_without_namespace_is_in_default(kubernetes: Kubernetes) -> None:
    assert kubernetes.create(SERVICE_ACCOUNT, manifest("v1", "ServiceAccount", "app")).id == "default/app"


def test_another_name_or_namespace_replaces(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    made = kubernetes.service_account()
    change = kubernetes.diff(SERVICE_ACCOUNT, made, manifest("v1", "ServiceAccount", "app", "other"))
    assert change.replaces == {("metadata", "namespace")}
    assert not change.delete_first


def test_data_of_a_secret_replaces_it_in_place(kubernetes: Kubernetes) -> None:
    made = kubernetes.create(SECRET, manifest("v1", "Secret", "app", "default", stringData={"a": Secret("b")}))
    change = kubernetes.diff(SECRET, made, manifest("v1", "Secret", "app", "default", stringData={"a": Secret("c")}))
    assert change.replaces == {("stringData", "a")}
    assert change.delete_first


def test_data_of_a_secret_is_not_in_the_world(azure: Azure, kubernetes: Kubernetes) -> None:
    for value in (Secret("canary"), "canary"):
        name = "a" if isinstance(value, str) else "b"
        kubernetes.create(SECRET, manifest("v1", "Secret", name, "default", stringData={"a": value}))
    azure.world.save()
    assert "canary" not in (azure.world.folder / "cloud.json").read_text()


def test_refreshing_a_secret_changes_nothing(kubernetes: Kubernetes) -> None:
    made = kubernetes.create(SECRET, manifest("v1", "Secret", "app", "default", stringData={"a": Secret("b")}))
    again = kubernetes.read(SECRET, made)
    assert again is not None
    assert (again.inputs, again.outputs) == (made.inputs, made.outputs)


def test_a_patch_needs_its_object_and_leaves_it(azure: Azure, kubernetes: Kubernetes) -> None:
    patch = manifest("v1", "Namespace", "demo")
    patch["metadata"]["labels"] = {"a": "b"}
    with pytest.raises(ProviderError, match='namespaces "demo" not found'):
        kubernetes.create("core/v1:NamespacePatch", patch)
    made = kubernetes.namespace()
    patched = kubernetes.create("core/v1:NamespacePatch", patch)
    kubernetes.delete("core/v1:NamespacePatch", patched)
    assert kubernetes.read(NAMESPACE, made) is not None


def test_a_load_balancer_gets_an_address(kubernetes: Kubernetes) -> None:
    spec = {"type": "LoadBalancer", "ports": [{"port": 80}]}
    made = kubernetes.create("core/v1:Service", manifest("v1", "Service", "web", "default", spec=spec))
    assert made.outputs["status"]["loadBalancer"]["ingress"][0]["ip"].startswith("203.0.113.")


def test_the_cluster_identifier_alone_decides_on_a_replacement(kubernetes: Kubernetes) -> None:
    def change(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
        call = kubernetes._call("Provider", "k8s", old_inputs=old, inputs=new)
        return {str(path[0]) for path in kubernetes.provider.diff_config(call).replaces}

    one, other = (kubeconfig_to(server) for server in ("https://a", "https://b"))
    assert change({"kubeconfig": one}, {"kubeconfig": other}) == {"kubeconfig"}
    assert change({"kubeconfig": one}, {"kubeconfig": UNKNOWN}) == {"kubeconfig"}
    assert change({"kubeconfig": one, "clusterIdentifier": "x"}, {"kubeconfig": other, "clusterIdentifier": "x"}) == set()
    assert change({"kubeconfig": one, "clusterIdentifier": "x"}, {"kubeconfig": UNKNOWN, "clusterIdentifier": "x"}) == set()
    assert change({"kubeconfig": one, "clusterIdentifier": "x"}, {"kubeconfig": one, "clusterIdentifier": "y"}) == {"clusterIdentifier"}


def test_a_chart_is_known_by_its_last_name() -> None:
    assert chart_name("oci://example.org/charts/dapr") == "dapr"
