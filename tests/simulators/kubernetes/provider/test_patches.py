"""Patch resources: what they create and change, and the fields that go when they are deleted."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.secret_hashes import HASH_PREFIX
from rehearsal.simulators.wire import Secret
from tests.support.acting import Azure, Kubernetes, manifest
from tests.support.manifests import DEPLOYMENT, container, deployment

NAMESPACE = "core/v1:Namespace"
SECRET = "core/v1:Secret"
SERVICE_ACCOUNT = "core/v1:ServiceAccount"


def stored(azure: Azure, key: str) -> dict[str, Any]:
    (objects,) = azure.world.kubernetes.values()
    return objects[key]


def annotated(
    api_version: str, kind: str, name: str, namespace: str | None = None, **annotations: str
) -> dict[str, Any]:
    desired = manifest(api_version, kind, name, namespace)
    desired["metadata"]["annotations"] = annotations
    return desired


def test_a_patch_makes_what_is_not_there(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    patch = annotated("v1", "ServiceAccount", "app", "demo", a="b")
    made = kubernetes.create(SERVICE_ACCOUNT + "Patch", patch)
    assert made.id == "demo/app"
    live = stored(azure, "core/ServiceAccount/demo/app")
    assert live.keys() == {"apiVersion", "kind", "metadata"}
    assert live["metadata"]["annotations"] == {"a": "b"}


def test_a_patch_makes_no_namespace(kubernetes: Kubernetes) -> None:
    with pytest.raises(ProviderError, match=r'by the Kubernetes API server: namespaces "demo" not found$'):
        kubernetes.create(SERVICE_ACCOUNT + "Patch", annotated("v1", "ServiceAccount", "app", "demo", a="b"))


def test_a_patch_that_makes_an_object_has_to_say_all_of_it(kubernetes: Kubernetes) -> None:
    # pulumi-kubernetes#2177
    kubernetes.namespace()
    expected = r'Deployment\.apps "app" is invalid: \[spec\.selector: Required value, '
    with pytest.raises(ProviderError, match=expected):
        kubernetes.create(
            DEPLOYMENT + "Patch", manifest("apps/v1", "Deployment", "app", "demo", spec={"replicas": 2})
        )


def test_a_patch_leaves_the_rest_of_its_object(azure: Azure, kubernetes: Kubernetes) -> None:
    desired = manifest("v1", "Secret", "app", "default", stringData={"a": Secret("b")})
    made = kubernetes.create(SECRET, desired)
    patched = kubernetes.create(SECRET + "Patch", annotated("v1", "Secret", "app", "default", a="b"))
    assert stored(azure, "core/Secret/default/app")["metadata"]["annotations"] == {"a": "b"}
    kubernetes.delete(SECRET + "Patch", patched)
    assert "annotations" not in stored(azure, "core/Secret/default/app")["metadata"]
    same = kubernetes.read(SECRET, made)
    assert same is not None
    assert same.inputs == made.inputs


def test_a_deleted_patch_takes_its_fields_and_leaves_the_object(azure: Azure, kubernetes: Kubernetes) -> None:
    made = kubernetes.create(NAMESPACE, annotated("v1", "Namespace", "demo", a="b"))
    patched = kubernetes.create(NAMESPACE + "Patch", annotated("v1", "Namespace", "demo", c="d"))
    assert stored(azure, "core/Namespace//demo")["metadata"]["annotations"] == {"a": "b", "c": "d"}
    kubernetes.delete(NAMESPACE + "Patch", patched)
    assert stored(azure, "core/Namespace//demo")["metadata"]["annotations"] == {"a": "b"}
    assert kubernetes.read(NAMESPACE, made) is not None


def test_what_a_patch_has_made_outlives_it(azure: Azure, kubernetes: Kubernetes) -> None:
    patched = kubernetes.create(NAMESPACE + "Patch", annotated("v1", "Namespace", "demo", a="b"))
    kubernetes.delete(NAMESPACE + "Patch", patched)
    assert stored(azure, "core/Namespace//demo")["metadata"].keys() == {
        "name",
        "uid",
        "resourceVersion",
        "generation",
    }


def test_a_patch_of_a_required_field_cannot_be_deleted(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    patched = kubernetes.create(DEPLOYMENT + "Patch", deployment())
    with pytest.raises(ProviderError) as refused:
        kubernetes.delete(DEPLOYMENT + "Patch", patched)
    assert str(refused.value) == (
        "this Patch resource is currently managing a required field, so it can't be deleted directly. "
        "Either set the "
        "`retainOnDelete` resource option, or transfer ownership of the field before deleting: spec.selector"
    )
    assert stored(azure, "apps/Deployment/demo/app")["spec"]["selector"] == {"matchLabels": {"app": "app"}}


def test_lists_of_a_patch_stay(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    kubernetes.create(DEPLOYMENT, deployment(replicas=1))
    spec = {"replicas": 2, "template": {"spec": {"containers": [container()]}}}
    patched = kubernetes.create(
        DEPLOYMENT + "Patch", manifest("apps/v1", "Deployment", "app", "demo", spec=spec)
    )
    kubernetes.delete(DEPLOYMENT + "Patch", patched)
    live = stored(azure, "apps/Deployment/demo/app")["spec"]
    assert "replicas" not in live
    assert live["template"]["spec"]["containers"] == [container()]


def test_of_hidden_data_a_patch_takes_its_keys_along(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.create(SECRET, manifest("v1", "Secret", "app", "default", stringData={"a": Secret("kept")}))
    patched = kubernetes.create(
        SECRET + "Patch", manifest("v1", "Secret", "app", "default", stringData={"b": Secret("canary")})
    )
    assert set(stored(azure, "core/Secret/default/app")["stringData"]) == {"a", "b"}
    kubernetes.delete(SECRET + "Patch", patched)
    (value,) = stored(azure, "core/Secret/default/app")["stringData"].items()
    assert value[0] == "a"
    assert value[1].startswith(HASH_PREFIX)


def test_deleting_the_patch_of_a_vanished_object_makes_it_again(azure: Azure, kubernetes: Kubernetes) -> None:
    namespace = kubernetes.namespace()
    patched = kubernetes.create(
        SERVICE_ACCOUNT + "Patch", annotated("v1", "ServiceAccount", "app", "demo", a="b")
    )
    (objects,) = azure.world.kubernetes.values()
    del objects["core/ServiceAccount/demo/app"]
    kubernetes.delete(SERVICE_ACCOUNT + "Patch", patched)
    assert "annotations" not in stored(azure, "core/ServiceAccount/demo/app")["metadata"]
    kubernetes.delete(NAMESPACE, namespace)
    with pytest.raises(ProviderError, match=r'^namespaces "demo" not found$'):
        kubernetes.delete(SERVICE_ACCOUNT + "Patch", patched)
