"""Requests to the simulated API server: one test a rule."""

from __future__ import annotations

import pytest

from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.wire import Secret
from tests.support.acting import Azure, Kubernetes, manifest

SERVICE_ACCOUNT = "core/v1:ServiceAccount"
NAMESPACE = "core/v1:Namespace"
SECRET = "core/v1:Secret"


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


def test_data_of_a_secret_is_not_in_the_world(azure: Azure, kubernetes: Kubernetes) -> None:
    for value in (Secret("canary"), "canary"):
        name = "a" if isinstance(value, str) else "b"
        kubernetes.create(SECRET, manifest("v1", "Secret", name, "default", stringData={"a": value}))
    azure.world.save()
    assert "canary" not in (azure.world.folder / "cloud.json").read_text()


def test_a_load_balancer_gets_an_address(kubernetes: Kubernetes) -> None:
    spec = {"type": "LoadBalancer", "ports": [{"port": 80}]}
    made = kubernetes.create("core/v1:Service", manifest("v1", "Service", "web", "default", spec=spec))
    assert made.outputs["status"]["loadBalancer"]["ingress"][0]["ip"].startswith("203.0.113.")
