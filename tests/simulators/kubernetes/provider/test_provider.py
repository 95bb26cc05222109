"""Check, Diff and Read of Kubernetes objects."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.wire import Secret
from tests.support.acting import Azure, CheckFailedError, Kubernetes, manifest
from tests.support.manifests import ESO_RELEASE, RELEASE

SERVICE_ACCOUNT = "core/v1:ServiceAccount"
NAMESPACE = "core/v1:Namespace"
SECRET = "core/v1:Secret"
STORE = "external-secrets.io/v1:SecretStore"
UNCHECKED = "external-secrets.io/v1:ClusterExternalSecret"


def unchecked(name: str = "vault", **more: Any) -> dict[str, Any]:
    """An object of a kind whose definition has no file here."""
    return manifest("external-secrets.io/v1", "ClusterExternalSecret", name, **more)


def test_a_misspelled_property_is_lost_without_a_word(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    wrong = manifest("v1", "ServiceAccount", "app", "demo", automountServiceAccountTokens=False)
    made = kubernetes.create(SERVICE_ACCOUNT, wrong)
    assert made.inputs == manifest("v1", "ServiceAccount", "app", "demo")


def test_a_custom_resource_has_free_properties(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    kubernetes.create(RELEASE, ESO_RELEASE)
    kubernetes.create(UNCHECKED, unchecked(anything={"goes": 1}))


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


def test_refreshing_a_secret_changes_nothing(kubernetes: Kubernetes) -> None:
    made = kubernetes.create(
        SECRET, manifest("v1", "Secret", "app", "default", stringData={"a": Secret("b")})
    )
    again = kubernetes.read(SECRET, made)
    assert again is not None
    assert (again.inputs, again.outputs) == (made.inputs, made.outputs)


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
    token, key, desired = ANNOTATED[kind]
    desired = {**desired, "metadata": {**desired["metadata"], "annotations": {"note": "ours"}}}
    kubernetes.create(RELEASE, ESO_RELEASE)
    made = kubernetes.create(token, desired)
    same = kubernetes.read(token, made)
    assert same is not None
    assert (same.inputs, same.outputs) == (made.inputs, made.outputs)
    azure.new_operation()
    kubernetes.provider.world = azure.world  # type: ignore[attr-defined]  # Kubernetes makes a KubernetesProvider
    metadata = azure.live_object(key)["metadata"]
    metadata["annotations"] = {"note": "theirs", "added": "by a controller"}
    drifted = kubernetes.read(token, made)
    assert drifted is not None
    assert drifted.inputs == {
        **made.inputs,
        "metadata": {**made.inputs["metadata"], "annotations": {"note": "theirs"}},
    }
    change = kubernetes.diff(token, drifted, desired)
    assert (change.changes, change.replaces) == ({("metadata", "annotations", "note"): "update"}, frozenset())
    mended = kubernetes.update(token, drifted, desired)
    assert azure.live_object(key)["metadata"]["annotations"] == {"note": "ours"}
    again = kubernetes.read(token, mended)
    assert again is not None
    assert again.inputs == made.inputs
    kubernetes.delete(token, mended)
    assert kubernetes.read(token, mended) is None


def test_changed_data_of_a_secret_is_seen_and_stays_secret(azure: Azure, kubernetes: Kubernetes) -> None:
    desired = manifest("v1", "Secret", "app", "default", stringData={"a": Secret("b")})
    made = kubernetes.create(SECRET, desired)
    azure.live_object("core/Secret/default/app")["stringData"] = {"a": "theirs"}
    drifted = kubernetes.read(SECRET, made)
    assert drifted is not None
    assert drifted.inputs["stringData"] == {"a": Secret("theirs")}
    assert kubernetes.diff(SECRET, drifted, desired).replaces == {("stringData", "a")}


def test_a_list_keeps_the_marks_of_its_items(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.create(RELEASE, ESO_RELEASE)
    made = kubernetes.create(UNCHECKED, unchecked("a", spec={"x": [Secret("s"), {"y": 1}]}))
    same = kubernetes.read(UNCHECKED, made)
    assert same is not None
    assert same.inputs == made.inputs
    azure.live_object("external-secrets.io/ClusterExternalSecret//a")["spec"]["x"][1]["y"] = 2
    drifted = kubernetes.read(UNCHECKED, made)
    assert drifted is not None
    assert drifted.inputs["spec"] == {"x": [Secret("s"), {"y": 2}]}


def test_labels_of_a_pod_template_are_checked_too(kubernetes: Kubernetes) -> None:
    token, _, desired = ANNOTATED["deployment"]
    template = {**desired["spec"]["template"], "metadata": {"labels": {"app": "no spaces"}}}
    with pytest.raises(CheckFailedError, match=r"spec\.template\.labels: Invalid value: \"no spaces\""):
        kubernetes.create(token, {**desired, "spec": {**desired["spec"], "template": template}})
