"""Owners of pods: events about refused pods, and updates."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.init_failed import InitFailedError
from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, Kubernetes, Resource
from tests.support.manifests import DEPLOYMENT, POD, TOKENS, container, labelled, owner, pod

NAMESPACE = "core/v1:Namespace"
NO_ACCOUNT = 'error looking up service account demo/reader: serviceaccount "reader" not found'
PRIVILEGED: dict[str, Any] = {"containers": [container(securityContext={"privileged": True})]}
IS_PRIVILEGED = (
    'violates PodSecurity "baseline:latest": privileged (container "app" must not set '
    "securityContext.privileged=true)"
)


def event_in(azure: Azure, name: str) -> dict[str, Any] | None:
    (objects,) = azure.world.kubernetes.values()
    return objects.get(f"core/Event/demo/{name}")


def events(kind: str, why: str) -> str:
    """Beginning of the event about an owner, up to the generated name of the pod."""
    return {
        "StatefulSet": f'create Pod app-0 in StatefulSet app failed error: pods "app-0" is forbidden: {why}'
    }.get(kind, why)


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "Job"])
def test_an_owner_of_refused_pods_is_stored_and_never_ready(
    azure: Azure, kubernetes: Kubernetes, kind: str
) -> None:
    kubernetes.create(NAMESPACE, labelled(enforce="baseline"))
    with pytest.raises(InitFailedError) as failed:
        kubernetes.create(TOKENS[kind], owner(kind, pods=PRIVILEGED))
    error = (
        "timed out waiting for the condition"
        if kind == "DaemonSet"
        else "'app' timed out waiting to be Ready"
    )
    assert failed.value.message.endswith(
        "was successfully created, but the Kubernetes API server reported that it failed to fully "
        "initialize or become live: " + error
    )
    assert failed.value.reasons[-1].startswith("FailedCreate: ")
    assert failed.value.reasons[-1].endswith(events(kind, IS_PRIVILEGED))
    (objects,) = azure.world.kubernetes.values()
    group = "batch" if kind == "Job" else "apps"
    assert (
        objects[f"{group}/{kind}/demo/app"]["spec"]["template"]["spec"]
        == failed.value.outputs["spec"]["template"]["spec"]
    )


def test_a_deployment_fails_in_the_words_of_the_provider(kubernetes: Kubernetes) -> None:
    kubernetes.create(NAMESPACE, labelled(enforce="baseline"))
    with pytest.raises(InitFailedError) as failed:
        kubernetes.create(DEPLOYMENT, owner("Deployment", pods=PRIVILEGED))
    available, progress, live, event = failed.value.reasons
    assert available == "[MinimumReplicasUnavailable] Deployment does not have minimum availability."
    assert progress.startswith('[ProgressDeadlineExceeded] ReplicaSet "app-')
    assert progress.endswith('" has timed out progressing.')
    assert live == "Minimum number of live Pods was not attained"
    assert event.startswith('FailedCreate: Error creating: pods "app-')
    assert str(failed.value).count("\n") == 4


@pytest.mark.parametrize(
    ("kind", "spec", "pods"),
    [
        *(
            ("CronJob", {}, PRIVILEGED),
            ("Deployment", {"replicas": 0}, PRIVILEGED),
            ("StatefulSet", {"replicas": 0}, PRIVILEGED),
        ),
        *(("Job", {"parallelism": 0}, PRIVILEGED), ("Deployment", {}, {})),
    ],
)
def test_an_owner_that_makes_no_refused_pod_is_ready(
    azure: Azure, kubernetes: Kubernetes, kind: str, spec: dict[str, Any], pods: dict[str, Any]
) -> None:
    kubernetes.create(NAMESPACE, labelled(enforce="baseline"))
    kubernetes.create(TOKENS[kind], owner(kind, pods=pods, **spec))
    assert event_in(azure, f"app.{kind.lower()}") is None


def test_nobody_waits_who_is_told_not_to(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.create(NAMESPACE, labelled(enforce="baseline"))
    desired = owner("Deployment", pods=PRIVILEGED)
    desired["metadata"]["annotations"] = {"pulumi.com/skipAwait": "true"}
    made = kubernetes.create(DEPLOYMENT, desired)
    event = event_in(azure, "app.deployment")
    assert event is not None
    assert (event["reason"], event["type"], event["involvedObject"]["name"]) == (
        "FailedCreate",
        "Warning",
        "app",
    )
    kubernetes.delete(DEPLOYMENT, made)
    assert event_in(azure, "app.deployment") is None


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("DaemonSet", f'Error creating: pods "app-" is forbidden: {NO_ACCOUNT}'),
        (
            "StatefulSet",
            f'create Pod app-0 in StatefulSet app failed error: pods "app-0" is forbidden: {NO_ACCOUNT}',
        ),
    ],
)
def test_pods_without_their_account_never_come(kubernetes: Kubernetes, kind: str, event: str) -> None:
    kubernetes.namespace()
    with pytest.raises(InitFailedError) as failed:
        kubernetes.create(TOKENS[kind], owner(kind, pods={"serviceAccountName": "reader"}))
    assert failed.value.reasons[-1] == f"FailedCreate: {event}"
    kubernetes.service_account("reader")
    kubernetes.create(TOKENS[kind], owner(kind, "other", pods={"serviceAccountName": "reader"}))


def test_pods_of_a_stateful_set_mount_its_claims(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    mounts = [{"name": "data", "mountPath": "/data"}]
    pods = {"containers": [container(volumeMounts=mounts)]}
    claims = [
        {
            "metadata": {"name": "data"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        }
    ]
    kubernetes.create(TOKENS["StatefulSet"], owner("StatefulSet", pods=pods, volumeClaimTemplates=claims))
    missing = r'spec\.template\.spec\.containers\[0\]\.volumeMounts\[0\]\.name: Not found: "data"$'
    with pytest.raises(ProviderError, match=missing):
        kubernetes.create(TOKENS["StatefulSet"], owner("StatefulSet", "other", pods=pods))


def test_before_1_34_such_pods_are_refused_one_by_one(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    (cluster,) = azure.world.of_type("azure-native:containerservice:ManagedCluster")
    cluster.properties["currentKubernetesVersion"] = "1.33.5"
    pods = {"containers": [container(volumeMounts=[{"name": "data", "mountPath": "/data"}])]}
    with pytest.raises(InitFailedError) as failed:
        kubernetes.create(TOKENS["StatefulSet"], owner("StatefulSet", "other", pods=pods))
    assert failed.value.reasons == [
        "0 out of 1 replicas succeeded readiness checks",
        'FailedCreate: create Pod other-0 in StatefulSet other failed error: Pod "other-0" is invalid: '
        'spec.containers[0].volumeMounts[0].name: Not found: "data"',
    ]


def test_an_update_to_refused_pods_fails_and_is_mended(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.create(NAMESPACE, labelled(enforce="baseline"))
    made = kubernetes.create(DEPLOYMENT, owner("Deployment"))
    with pytest.raises(InitFailedError) as failed:
        kubernetes.update(DEPLOYMENT, made, owner("Deployment", pods=PRIVILEGED))
    assert failed.value.message == (
        'the Kubernetes API server reported that "demo/app" failed to fully initialize or become live: '
        "'app' timed out waiting to be Ready"
    )
    assert (
        failed.value.reasons[1] == "Minimum number of Pods to consider the application live was not attained"
    )
    kept = Resource(failed.value.id, owner("Deployment", pods=PRIVILEGED), failed.value.outputs)
    with pytest.raises(InitFailedError, match="'app' was created but failed to initialize"):
        kubernetes.read(DEPLOYMENT, kept)
    with pytest.raises(InitFailedError, match="Minimum number of live Pods was not attained"):
        kubernetes.update(DEPLOYMENT, kept, owner("Deployment", pods=PRIVILEGED))
    mended = kubernetes.update(DEPLOYMENT, kept, owner("Deployment"))
    assert kubernetes.read(DEPLOYMENT, mended) is not None
    assert event_in(azure, "app.deployment") is None


def test_pods_that_run_stay(kubernetes: Kubernetes) -> None:
    made = kubernetes.create(NAMESPACE, labelled())
    running = kubernetes.create(DEPLOYMENT, owner("Deployment", pods=PRIVILEGED, replicas=1))
    single = kubernetes.create(POD, pod("single", "demo", **PRIVILEGED))
    kubernetes.update(NAMESPACE, made, labelled(enforce="restricted"))
    kubernetes.update(DEPLOYMENT, running, owner("Deployment", pods=PRIVILEGED, replicas=2))
    renamed = pod("single", "demo", **PRIVILEGED)
    renamed["metadata"]["labels"] = {"a": "b"}
    kubernetes.update(POD, single, renamed)
