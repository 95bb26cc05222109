"""Simulated Kubernetes: one test a rule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.simulators.kubernetes.api.kinds import chart_name
from rehearsal.simulators.kubernetes.apiserver.validation.names import name_failures
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.wire import UNKNOWN, Secret
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import Azure, CheckFailedError, Kubernetes, cluster, manifest

SERVICE_ACCOUNT = "core/v1:ServiceAccount"
NAMESPACE = "core/v1:Namespace"
SECRET = "core/v1:Secret"
STORE = "external-secrets.io/v1:SecretStore"
UNCHECKED = "external-secrets.io/v1alpha1:PushSecret"
RELEASE = "helm.sh/v3:Release"
ESO: dict[str, Any] = {
    "chart": "external-secrets",
    "name": "eso",
    "namespace": "eso",
    "createNamespace": True,
}


def store(**more: Any) -> dict[str, Any]:
    spec = {"provider": {"azurekv": {"vaultUrl": "https://x.vault.azure.net"}}}
    return manifest("external-secrets.io/v1", "SecretStore", "vault", "demo", spec=spec, **more)


def unchecked(name: str = "vault", namespace: str = "demo", **more: Any) -> dict[str, Any]:
    """Of a kind that has no definition here."""
    return manifest("external-secrets.io/v1alpha1", "PushSecret", name, namespace, **more)


def test_an_object_is_known_by_namespace_and_name(kubernetes: Kubernetes) -> None:
    assert kubernetes.namespace().id == "demo"
    assert kubernetes.service_account().id == "demo/app"


def test_an_existing_object_is_refused_in_the_providers_words(kubernetes: Kubernetes) -> None:
    with pytest.raises(
        ProviderError,
        match=r'was not successfully created .*: namespaces "default" already exists\n\nThe resource '
        r"already exists",
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
        ProviderError,
        match=r'CRDs have been created: no matches for kind "SecretStore" in version '
        r'"external-secrets.io/v1"',
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
    spec = {
        "group": "x.io",
        "names": names,
        "scope": "Cluster",
        "versions": [{"name": "v1", "served": True, "storage": True}],
    }
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
    kubernetes.create(UNCHECKED, unchecked(anything={"goes": 1}))


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
    again = kubernetes.check(
        NAMESPACE, {"apiVersion": "v1", "kind": "Namespace"}, name="team", olds=made.inputs
    )
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
    made = kubernetes.create(
        SECRET, manifest("v1", "Secret", "app", "default", stringData={"a": Secret("b")})
    )
    change = kubernetes.diff(
        SECRET, made, manifest("v1", "Secret", "app", "default", stringData={"a": Secret("c")})
    )
    assert change.replaces == {("stringData", "a")}
    assert change.delete_first


def test_data_of_a_secret_is_not_in_the_world(azure: Azure, kubernetes: Kubernetes) -> None:
    for value in (Secret("canary"), "canary"):
        name = "a" if isinstance(value, str) else "b"
        kubernetes.create(SECRET, manifest("v1", "Secret", name, "default", stringData={"a": value}))
    azure.world.save()
    assert "canary" not in (azure.world.folder / "cloud.json").read_text()


def test_refreshing_a_secret_changes_nothing(kubernetes: Kubernetes) -> None:
    made = kubernetes.create(
        SECRET, manifest("v1", "Secret", "app", "default", stringData={"a": Secret("b")})
    )
    again = kubernetes.read(SECRET, made)
    assert again is not None
    assert (again.inputs, again.outputs) == (made.inputs, made.outputs)


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
    assert (
        change({"kubeconfig": one, "clusterIdentifier": "x"}, {"kubeconfig": other, "clusterIdentifier": "x"})
        == set()
    )
    assert (
        change(
            {"kubeconfig": one, "clusterIdentifier": "x"}, {"kubeconfig": UNKNOWN, "clusterIdentifier": "x"}
        )
        == set()
    )
    assert change(
        {"kubeconfig": one, "clusterIdentifier": "x"}, {"kubeconfig": one, "clusterIdentifier": "y"}
    ) == {"clusterIdentifier"}


def test_a_chart_is_known_by_its_last_name() -> None:
    assert chart_name("oci://example.org/charts/dapr") == "dapr"


def in_the_world(azure: Azure, key: str) -> dict[str, Any]:
    """The object as it is stored, for changing it behind the provider's back."""
    (objects,) = azure.world.kubernetes.values()
    return objects[key]


ANNOTATED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "namespace": (NAMESPACE, "core/Namespace//app", manifest("v1", "Namespace", "app")),
    "service account": (
        SERVICE_ACCOUNT,
        "core/ServiceAccount/default/app",
        manifest("v1", "ServiceAccount", "app", "default"),
    ),
    "secret": (
        SECRET,
        "core/Secret/default/app",
        manifest("v1", "Secret", "app", "default", stringData={"a": Secret("b")}),
    ),
    "config map": (
        "core/v1:ConfigMap",
        "core/ConfigMap/default/app",
        manifest("v1", "ConfigMap", "app", "default", data={"a": "b"}),
    ),
    "service": (
        "core/v1:Service",
        "core/Service/default/app",
        manifest("v1", "Service", "app", "default", spec={"type": "LoadBalancer", "ports": [{"port": 80}]}),
    ),
    "deployment": (
        "apps/v1:Deployment",
        "apps/Deployment/default/app",
        manifest(
            "apps/v1",
            "Deployment",
            "app",
            "default",
            spec={
                "selector": {"matchLabels": {"app": "app"}},
                "template": {
                    "metadata": {"labels": {"app": "app"}},
                    "spec": {"containers": [{"name": "app", "image": "x"}]},
                },
            },
        ),
    ),
    "role": (
        "rbac.authorization.k8s.io/v1:Role",
        "rbac.authorization.k8s.io/Role/default/app",
        manifest(
            "rbac.authorization.k8s.io/v1",
            "Role",
            "app",
            "default",
            rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
        ),
    ),
    "custom resource": (
        STORE,
        "external-secrets.io/SecretStore/default/app",
        manifest(
            "external-secrets.io/v1",
            "SecretStore",
            "app",
            "default",
            spec={"provider": {"azurekv": {"vaultUrl": "https://x"}}},
        ),
    ),
}


@pytest.mark.parametrize("kind", sorted(ANNOTATED))
def test_a_changed_annotation_is_seen_by_refresh_and_written_back(
    azure: Azure, kubernetes: Kubernetes, kind: str
) -> None:
    token, key, wanted = ANNOTATED[kind]
    wanted = {**wanted, "metadata": {**wanted["metadata"], "annotations": {"note": "ours"}}}
    kubernetes.create(RELEASE, ESO)
    made = kubernetes.create(token, wanted)
    same = kubernetes.read(token, made)
    assert same is not None
    assert (same.inputs, same.outputs) == (made.inputs, made.outputs)
    azure.new_operation()
    kubernetes.provider.world = azure.world  # type: ignore[attr-defined]  # Kubernetes makes a KubernetesProvider
    metadata = in_the_world(azure, key)["metadata"]
    metadata["annotations"] = {"note": "theirs", "added": "by a controller"}
    drifted = kubernetes.read(token, made)
    assert drifted is not None
    assert drifted.inputs == {
        **made.inputs,
        "metadata": {**made.inputs["metadata"], "annotations": {"note": "theirs"}},
    }
    change = kubernetes.diff(token, drifted, wanted)
    assert (change.changes, change.replaces) == ({("metadata", "annotations", "note"): "update"}, frozenset())
    mended = kubernetes.update(token, drifted, wanted)
    assert in_the_world(azure, key)["metadata"]["annotations"] == {"note": "ours"}
    again = kubernetes.read(token, mended)
    assert again is not None
    assert again.inputs == made.inputs
    kubernetes.delete(token, mended)
    assert kubernetes.read(token, mended) is None


def test_changed_data_of_a_secret_is_seen_and_stays_secret(azure: Azure, kubernetes: Kubernetes) -> None:
    wanted = manifest("v1", "Secret", "app", "default", stringData={"a": Secret("b")})
    made = kubernetes.create(SECRET, wanted)
    in_the_world(azure, "core/Secret/default/app")["stringData"] = {"a": "theirs"}
    drifted = kubernetes.read(SECRET, made)
    assert drifted is not None
    assert drifted.inputs["stringData"] == {"a": Secret("theirs")}
    assert kubernetes.diff(SECRET, drifted, wanted).replaces == {("stringData", "a")}


def test_a_list_keeps_the_marks_of_its_items(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.create(RELEASE, ESO)
    made = kubernetes.create(UNCHECKED, unchecked("a", "eso", spec={"x": [Secret("s"), {"y": 1}]}))
    same = kubernetes.read(UNCHECKED, made)
    assert same is not None
    assert same.inputs == made.inputs
    in_the_world(azure, "external-secrets.io/PushSecret/eso/a")["spec"]["x"][1]["y"] = 2
    drifted = kubernetes.read(UNCHECKED, made)
    assert drifted is not None
    assert drifted.inputs["spec"] == {"x": [Secret("s"), {"y": 2}]}


def test_a_changed_value_of_a_release_is_seen_and_written_back(azure: Azure, kubernetes: Kubernetes) -> None:
    wanted = {**ESO, "version": "2.9.0", "values": {"password": "canary", "replicas": 2, "hosts": ["a"]}}
    made = kubernetes.create(RELEASE, wanted)
    same = kubernetes.read(RELEASE, made)
    assert same == made
    assert not kubernetes.diff(RELEASE, made, wanted).changes
    spec = in_the_world(azure, "helm.sh/Release/eso/eso")["spec"]
    assert "canary" not in str(spec)
    spec["values"] |= {"replicas": 5, "theirs": True}
    spec["version"] = "2.8.0"
    drifted = kubernetes.read(RELEASE, made)
    assert drifted is not None
    assert drifted.outputs["values"] == {"password": "canary", "replicas": 5, "hosts": ["a"], "theirs": True}
    change = kubernetes.diff(RELEASE, drifted, wanted)
    assert change.changes == {("values", "replicas"): "update", ("version",): "update"}
    assert change.drifted == set(change.changes)
    mended = kubernetes.update(RELEASE, drifted, wanted)
    assert mended.outputs["values"] == wanted["values"]
    again = kubernetes.read(RELEASE, mended)
    assert again is not None
    assert again.outputs == mended.outputs


def test_a_release_that_vanished_is_gone(azure: Azure, kubernetes: Kubernetes) -> None:
    made = kubernetes.create(RELEASE, ESO)
    (objects,) = azure.world.kubernetes.values()
    del objects["helm.sh/Release/eso/eso"]
    assert kubernetes.read(RELEASE, made) is None


@pytest.mark.parametrize("by", ["variable", "setting"])
def test_what_is_unreachable_is_forgotten_on_request(
    azure: Azure, kubeconfig: str, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    settings = {"deleteUnreachable": "true"} if by == "setting" else {}
    monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true" if by == "variable" else "false")
    kubernetes = Kubernetes(azure, kubeconfig, **settings)
    made, release = kubernetes.namespace(), kubernetes.create(RELEASE, ESO)
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


@pytest.mark.parametrize(
    ("kind", "metadata", "problem"),
    [
        ("Namespace", {"name": "Team"}, 'metadata.name: Invalid value: "Team": a lowercase RFC 1123 label'),
        ("Namespace", {"name": "a.b"}, "a lowercase RFC 1123 label"),
        ("Namespace", {"name": "n" * 64}, "must be no more than 63 characters"),
        ("ServiceAccount", {"name": "a_b"}, "a lowercase RFC 1123 subdomain"),
        ("ServiceAccount", {"name": "a..b"}, "a lowercase RFC 1123 subdomain"),
        ("ServiceAccount", {"name": "a" * 254}, "must be no more than 253 characters"),
        ("CronJob", {"name": "a" * 53}, "must be no more than 52 characters"),
        ("Role", {"name": "a/b"}, "may not contain '/'"),
        ("ServiceAccount", {"name": "a", "namespace": "A"}, 'metadata.namespace: Invalid value: "A"'),
        ("ServiceAccount", {"name": "a", "labels": {"a": "v" * 64}}, "must be no more than 63 characters"),
        ("ServiceAccount", {"name": "a", "labels": {"a": "no spaces"}}, "a valid label must be"),
        ("ServiceAccount", {"name": "a", "labels": {"-a": "b"}}, "name part must consist of"),
        ("ServiceAccount", {"name": "a", "labels": {"k" * 64: "b"}}, "name part must be no more than 63"),
        ("ServiceAccount", {"name": "a", "labels": {"/a": "b"}}, "prefix part must be non-empty"),
        ("ServiceAccount", {"name": "a", "labels": {"A.io/a": "b"}}, "prefix part a lowercase"),
        ("ServiceAccount", {"name": "a", "annotations": {"x/y/z": "b"}}, "prefix part a lowercase"),
        (
            "ServiceAccount",
            {"name": "a", "annotations": {"a": "b" * 262_144}},
            "must have at most 262144 bytes",
        ),
    ],
)
def test_names_and_labels_have_their_syntax(kind: str, metadata: dict[str, Any], problem: str) -> None:
    found = [failure.reason for failure in name_failures({"kind": kind, "metadata": metadata})]
    assert any(problem in reason for reason in found), found


def test_names_and_labels_that_are_fine() -> None:
    marks = {
        "labels": {"app.kubernetes.io/name": "A_b.c-1", "empty": ""},
        "annotations": {"Example.com/Any": "thing at all"},
    }
    for kind, name in (
        ("Namespace", "1a"),
        ("ServiceAccount", "a.b-c"),
        ("ClusterRole", "system:Some_thing"),
        ("Job", "a" * 253),
    ):
        assert not list(name_failures({"kind": kind, "metadata": {"name": name, **marks}}))
    assert not list(
        name_failures({"kind": "Secret", "metadata": {"name": UNKNOWN, "labels": {"a": UNKNOWN}}})
    )
    assert not list(name_failures({"kind": "Secret", "metadata": UNKNOWN}))


def test_labels_of_a_pod_template_are_checked_too(kubernetes: Kubernetes) -> None:
    token, _, wanted = ANNOTATED["deployment"]
    template = {**wanted["spec"]["template"], "metadata": {"labels": {"app": "no spaces"}}}
    with pytest.raises(
        CheckFailedError, match=r"spec\.template\.metadata\.labels: Invalid value: \"no spaces\""
    ):
        kubernetes.create(token, {**wanted, "spec": {**wanted["spec"], "template": template}})
