"""Requests to the simulated API server: one test a rule."""

from __future__ import annotations

import pytest

from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.wire import Secret
from tests.support.acting import Azure, Kubernetes, manifest
from tests.support.manifests import ESO_RELEASE, RELEASE

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


@pytest.mark.parametrize("field", ["data", "stringData"])
def test_the_time_of_the_last_write_of_a_secret_is_known(
    field: str, azure: Azure, kubernetes: Kubernetes
) -> None:
    made = kubernetes.create(SECRET, manifest("v1", "Secret", "a", "default", **{field: {"a": "YQ=="}}))
    (written,) = [event for event in azure.world.times if event.endswith("#data")]
    del azure.world.times[written]
    labelled = manifest("v1", "Secret", "a", "default", **{field: {"a": "YQ=="}})
    labelled["metadata"]["labels"] = {"a": "b"}
    made = kubernetes.update(SECRET, made, labelled)
    assert written not in azure.world.times, "its values stay"
    kubernetes.update(SECRET, made, manifest("v1", "Secret", "a", "default", **{field: {"a": "Yg=="}}))
    assert written in azure.world.times


def test_a_load_balancer_gets_an_address(kubernetes: Kubernetes) -> None:
    spec = {"type": "LoadBalancer", "ports": [{"port": 80}]}
    made = kubernetes.create("core/v1:Service", manifest("v1", "Service", "web", "default", spec=spec))
    assert made.outputs["status"]["loadBalancer"]["ingress"][0]["ip"].startswith("203.0.113.")


METADATA = {
    "nothing": None,
    "a list": [],
    "a text": "app",
    "a number": 5,
    "a name that is a list": {"name": ["app"], "namespace": "default"},
    "a namespace that is a number": {"name": "app", "namespace": 5},
    "labels that are a list": {"name": "app", "namespace": "default", "labels": []},
    "a label that is a number": {"name": "app", "namespace": "default", "labels": {"a": 1}},
    "an annotation that is a list": {"name": "app", "namespace": "default", "annotations": {"a": []}},
    "a label with a blank": {"name": "app", "namespace": "default", "labels": {"a": "b c"}},
    "a field that does not exist": {"name": "app", "namespace": "default", "lables": {}},
    "finalizers that are a map": {"name": "app", "namespace": "default", "finalizers": {}},
}


@pytest.mark.parametrize("wrong", METADATA.values(), ids=METADATA)
@pytest.mark.parametrize(
    ("api_version", "kind"),
    [("external-secrets.io/v1", "ExternalSecret"), ("v1", "ConfigMap"), ("apps/v1", "Deployment")],
)
def test_metadata_of_every_kind_is_checked_and_nothing_breaks(
    azure: Azure, kubernetes: Kubernetes, api_version: str, kind: str, wrong: object
) -> None:
    kubernetes.create(RELEASE, ESO_RELEASE)
    (cluster_id,) = azure.world.kubernetes
    cluster = SimulatedCluster(azure.world, cluster_id)
    made = {"apiVersion": api_version, "kind": kind, "metadata": wrong}
    with pytest.raises(ApiError) as refused:
        cluster.create(made)
    assert refused.value.code in (400, 422, 500)
    with pytest.raises(ApiError):
        cluster.replace(made)
    kubernetes.service_account("later", "default")
