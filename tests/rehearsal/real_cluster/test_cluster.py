"""A cluster of the rehearsal behind a real API server, without the engine: what reaches the real server, and
what comes back.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.real_cluster.client import Client
from rehearsal.real_cluster.clusters import RealClusters
from rehearsal.simulators.faults.clients import ApiServerClient, WrongAnswerError
from rehearsal.simulators.faults.day import Faults
from rehearsal.simulators.faults.document import Operation, read
from rehearsal.simulators.kubernetes.api.errors import NoMatchError
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import POD, SECRET, SERVICE_ACCOUNT
from rehearsal.simulators.kubernetes.provider.await_ import InitFailedError
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.wire import Secret
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import SECRETS_USER, Azure, Kubernetes, manifest
from tests.support.manifests import DEPLOYMENT, ESO_RELEASE, RELEASE, TOKENS, owner, pod
from tests.support.mounting import ADDON, VAULT

pytestmark = pytest.mark.engine

ACCOUNT = "core/v1:ServiceAccount"


class Scene:
    """A world with one cluster, its real server and the provider's side of it."""

    def __init__(self, folder: Path, contexts: ExitStack) -> None:
        self.azure = Azure(folder)
        self.azure.group()
        routing = {"webAppRouting": {"enabled": True}}
        self.aks = self.azure.cluster(addonProfiles=ADDON, ingressProfile=routing).outputs
        self.contexts = contexts
        self.connect()
        self.kubernetes = Kubernetes(self.azure, kubeconfig_of(self.azure))

    def connect(self) -> None:
        """As a new operation does: with a new server."""
        self.clusters = RealClusters(self.azure.world, self.contexts)
        self.azure.world.open_cluster = self.clusters.open

    @property
    def client(self) -> Client:
        return [*self.clusters.servers.values()][-1].client()

    def phases(self, namespace: str) -> list[str]:
        return [pod["status"]["phase"] for pod in self.client.all_of(POD, namespace)]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with ExitStack() as contexts:
        yield Scene(tmp_path_factory.mktemp("world"), contexts)


def live(scene: Scene, kind: str, namespace: str, name: str = "app") -> dict[str, Any]:
    object_ = scene.client.get(GroupVersionKind("apps", "v1", kind), namespace, name)
    assert object_ is not None
    return object_


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_real_controllers_make_the_pods_and_a_rollout_replaces_them(scene: Scene, kind: str) -> None:
    namespace = kind.lower()
    scene.kubernetes.namespace(namespace)
    spec: dict[str, Any] = {"serviceName": "app"} if kind == "StatefulSet" else {}
    made = scene.kubernetes.create(TOKENS[kind], owner(kind, namespace=namespace, **spec))
    first = [pod["metadata"]["uid"] for pod in scene.client.all_of(POD, namespace)]
    assert scene.phases(namespace) == ["Running"]
    changed = owner(kind, namespace=namespace, pods={"priority": 0, "dnsPolicy": "Default"}, **spec)
    scene.kubernetes.update(TOKENS[kind], made, changed)
    second = [pod["metadata"]["uid"] for pod in scene.client.all_of(POD, namespace)]
    assert scene.phases(namespace) == ["Running"]
    assert first != second
    status = live(scene, kind, namespace)["status"]
    assert status["observedGeneration"] == 2


def test_a_job_completes(scene: Scene) -> None:
    scene.kubernetes.namespace("batch")
    scene.kubernetes.create(TOKENS["Job"], owner("Job", namespace="batch"))
    assert scene.phases("batch") == ["Succeeded"]


def test_pods_that_pod_security_refuses_are_a_failed_create(scene: Scene) -> None:
    level = {"pod-security.kubernetes.io/enforce": "restricted"}
    hard = manifest("v1", "Namespace", "hard")
    hard["metadata"]["labels"] = level
    scene.kubernetes.create("core/v1:Namespace", hard)
    with pytest.raises(InitFailedError) as refused:
        scene.kubernetes.create(DEPLOYMENT, owner("Deployment", namespace="hard"))
    reason = refused.value.reasons[-1]
    assert reason.startswith('FailedCreate: Error creating: pods "app-')
    assert 'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false' in reason
    assert scene.phases("hard") == []


def test_a_refusal_is_the_servers_own_and_leaves_nothing(scene: Scene) -> None:
    wrong = owner("Deployment", "wrong", "default", replicas=-1)
    with pytest.raises(
        ProviderError, match=r"spec\.replicas: Invalid value: -1: must be greater than or equal"
    ):
        scene.kubernetes.create(DEPLOYMENT, wrong)
    assert scene.client.get(GroupVersionKind("apps", "v1", "Deployment"), "default", "wrong") is None


def test_pods_that_do_not_start_wait_in_the_real_cluster(scene: Scene) -> None:
    scene.kubernetes.namespace("waiting")
    variable = {"name": "DB", "valueFrom": {"secretKeyRef": {"name": "nowhere", "key": "db"}}}
    pods = {"containers": [{"name": "app", "image": "app:1", "env": [variable]}]}
    with pytest.raises(ProviderError):
        scene.kubernetes.create(DEPLOYMENT, owner("Deployment", namespace="waiting", pods=pods))
    [pod] = scene.client.all_of(POD, "waiting")
    assert pod["status"]["phase"] == "Pending"
    state = pod["status"]["containerStatuses"][0]["state"]["waiting"]
    assert state["message"] == 'Error: secret "nowhere" not found'


def test_definitions_of_an_operator_are_the_upstream_ones(scene: Scene) -> None:
    store = GroupVersionKind("external-secrets.io", "v1", "SecretStore")
    with pytest.raises(NoMatchError):
        scene.client.all_of(store, "default")
    scene.kubernetes.create(RELEASE, ESO_RELEASE)
    wrong = manifest("external-secrets.io/v1", "SecretStore", "app", "default", spec={"providers": {}})
    with pytest.raises(ProviderError, match=r"\.spec\.providers: field not declared in schema"):
        scene.kubernetes.create("external-secrets.io/v1:SecretStore", wrong)


def test_another_operation_finds_what_there_was_but_no_value_of_a_secret(scene: Scene) -> None:
    secret = manifest("v1", "Secret", "db", "default", stringData={"password": Secret("hunter2")})
    scene.kubernetes.create("core/v1:Secret", secret)
    before = scene.client.get(SECRET, "default", "db")
    assert before is not None
    assert base64.b64decode(before["data"]["password"]) == b"hunter2"
    scene.kubernetes.create(TOKENS["Pod"], pod("alone"))
    scene.kubernetes.namespace("kept")
    scene.kubernetes.create(DEPLOYMENT, owner("Deployment", namespace="kept"))
    scene.kubernetes.create(TOKENS["Job"], owner("Job", "once", "kept"))
    scene.connect()
    scene.kubernetes.service_account("late", "default")
    assert [made["metadata"]["name"] for made in scene.client.all_of(POD, "default")] == ["alone"]
    after = scene.client.get(SECRET, "default", "db")
    assert after is not None
    assert after["data"].keys() == {"password"}
    assert "hunter2" not in yaml.safe_dump(after)
    assert live(scene, "Deployment", "kept")["metadata"]["uid"]
    assert scene.client.get(GroupVersionKind("batch", "v1", "Job"), "kept", "once")


def test_a_bad_day_comes_before_the_real_server_which_keeps_what_was_lost(scene: Scene) -> None:
    """A create in `up --cluster real --faults`; `resume` takes such an object into the state."""
    type_ = {"type": f"kubernetes:{ACCOUNT}"}
    calls = [{**type_, "answer": "throttled", "times": 2}, {**type_, "call": 2, "answer": "lost"}]
    faults = Faults(scene.azure.world, read({"calls": calls}))

    def create(name: str) -> None:
        request = partial(scene.kubernetes.service_account, name, "day")
        faults.sent(ApiServerClient(), type_["type"], name, Operation.CREATE, request)

    scene.kubernetes.namespace("day")
    create("throttled")
    with pytest.raises(WrongAnswerError, match="connection reset by peer"):
        create("lost")
    scene.connect()
    with pytest.raises(ProviderError, match='serviceaccounts "lost" already exists'):
        create("lost")
    for name in ("throttled", "lost"):
        assert scene.client.get(SERVICE_ACCOUNT, "day", name), "the next operation's server has it"


def test_the_certificate_of_an_ingress_is_made_beside_the_real_server(scene: Scene) -> None:
    """The real server takes the Ingress; the application routing add-on and its objects are simulated."""
    scene.kubernetes.namespace("routed")
    scene.azure.vault(enableRbacAuthorization=True)
    scene.azure.assignment(
        scope=f"{VAULT}/secrets/web-tls",
        roleDefinitionId=SECRETS_USER,
        principalId=scene.aks["ingressProfile"]["webAppRouting"]["identity"]["objectId"],
        principalType="ServicePrincipal",
        roleAssignmentName="11111111-2222-4333-8444-555555555555",
    )
    made = manifest("networking.k8s.io/v1", "Ingress", "web", "routed")
    uri = "https://kv-one.vault.azure.net/certificates/web-tls"
    made["metadata"]["annotations"] = {"kubernetes.azure.com/tls-cert-keyvault-uri": uri}
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rule = {
        "host": "a.example.com",
        "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]},
    }
    made["spec"] = {"ingressClassName": "webapprouting.kubernetes.azure.com", "rules": [rule]}
    ingress = scene.kubernetes.create("networking.k8s.io/v1:Ingress", made)
    (objects,) = scene.azure.world.kubernetes.values()

    def routed() -> set[str]:
        return {key.partition("/routed/")[0] for key in objects if key.endswith("/routed/keyvault-web")}

    assert {"apps/Deployment", "core/Secret"} < routed()
    assert scene.client.get(GroupVersionKind("networking.k8s.io", "v1", "Ingress"), "routed", "web")
    scene.kubernetes.delete("networking.k8s.io/v1:Ingress", ingress)
    assert routed() == set()
