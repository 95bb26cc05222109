"""Updates: changes that replace an object, changes that a pod refuses, and rollouts that wait for a user."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.diff import Path
from rehearsal.simulators.init_failed import InitFailedError
from rehearsal.simulators.kubernetes.apiserver.validation.pods.update import UPDATABLE, pod_update_failures
from rehearsal.simulators.wire import UNKNOWN, Secret
from tests.each import each
from tests.support.acting import Azure, Kubernetes, Resource, manifest
from tests.support.manifests import POD, TOKENS, container, owner, pod

PROBE = {"tcpSocket": {"port": 1}}
FIXED = (
    "spec: Forbidden: pod updates may not change fields other than "
    "`spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
NO_OTHER_NUMBER = "pod updates may not add or remove containers"
ONE: Path = ("spec", "containers", 0)
TOLERATED = {"key": "a", "operator": "Exists", "effect": "NoExecute"}


def change(
    kubernetes: Kubernetes, old: dict[str, Any], new: dict[str, Any]
) -> tuple[set[Path], frozenset[Path]]:
    difference = kubernetes.diff(POD, Resource("default/app", pod(**old), {}), pod(**new))
    return set(difference.changes), difference.replaces


def with_one(**more: Any) -> dict[str, Any]:
    return {"containers": [container(**more)]}


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ({}, with_one(image="registry.example/app:2"), (*ONE, "image")),
        (
            with_one(env=[{"name": "A", "value": "1"}]),
            with_one(env=[{"name": "A", "value": "2"}]),
            (*ONE, "env", 0, "value"),
        ),
        (with_one(livenessProbe=PROBE), {}, (*ONE, "livenessProbe")),
        ({}, {"terminationGracePeriodSeconds": 1}, ("spec", "terminationGracePeriodSeconds")),
        ({}, {"securityContext": {"runAsUser": 1}}, ("spec", "securityContext")),
        # Each of these adds an image.
        ({}, {"containers": [container(), container("two")]}, ("spec", "containers", 1)),
        ({}, {"initContainers": [container("one")]}, ("spec", "initContainers")),
        # A whole list is removed.
        ({"initContainers": [container("one")]}, {}, ("spec", "initContainers")),
        ({}, {"containers": UNKNOWN}, ("spec", "containers")),
    ],
)
def test_a_listed_change_replaces_a_pod(
    kubernetes: Kubernetes, old: dict[str, Any], new: dict[str, Any], path: Path
) -> None:
    assert change(kubernetes, old, new) == ({path}, {path})


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ({}, with_one(startupProbe=PROBE), (*ONE, "startupProbe")),
        ({}, with_one(envFrom=[{"secretRef": {"name": "a"}}]), (*ONE, "envFrom")),
        ({}, {"containers": [container("other")]}, (*ONE, "name")),
        ({}, {"topologySpreadConstraints": []}, ("spec", "topologySpreadConstraints")),
        ({}, {"activeDeadlineSeconds": 1}, ("spec", "activeDeadlineSeconds")),
        ({}, {"tolerations": [TOLERATED]}, ("spec", "tolerations")),
        ({"containers": [container(), container("two")]}, {}, ("spec", "containers", 1)),
    ],
)
def test_any_other_change_updates_a_pod(
    kubernetes: Kubernetes, old: dict[str, Any], new: dict[str, Any], path: Path
) -> None:
    assert change(kubernetes, old, new) == ({path}, frozenset())


def test_only_the_built_in_kind_is_meant(kubernetes: Kubernetes) -> None:
    def replaces(api_version: str) -> frozenset[Path]:
        old, new = (
            manifest(api_version, "Service", "app", "default", spec={"clusterIP": ip})
            for ip in ("None", "198.51.100.1")
        )
        return kubernetes.diff(f"{api_version}:Service", Resource("default/app", old, {}), new).replaces

    assert replaces("v1") == {("spec", "clusterIP")}
    assert replaces("example.org/v1") == frozenset()


@each(
    "old, new, problems",
    [
        ({}, with_one(startupProbe=PROBE), [FIXED]),
        (with_one(startupProbe=PROBE), {}, [FIXED]),
        ({}, with_one(envFrom=[{"secretRef": {"name": "a"}}]), [FIXED]),
        ({}, {"containers": [container("other")]}, [FIXED]),
        ({}, {"topologySpreadConstraints": [{"maxSkew": 1}]}, [FIXED]),
        ({}, {"terminationGracePeriodSeconds": 1}, [FIXED]),
        ({"terminationGracePeriodSeconds": -1}, {"terminationGracePeriodSeconds": 2}, [FIXED]),
        (
            {},
            {"containers": [container(), container("two")]},
            [f"spec.containers: Forbidden: {NO_OTHER_NUMBER}"],
        ),
        (
            {"containers": [container(), container("two")]},
            {},
            [f"spec.containers: Forbidden: {NO_OTHER_NUMBER}"],
        ),
        ({"initContainers": [container("one")]}, {}, [f"spec.initContainers: Forbidden: {NO_OTHER_NUMBER}"]),
        (
            {"activeDeadlineSeconds": 10},
            {"activeDeadlineSeconds": 20},
            ["spec.activeDeadlineSeconds: Invalid value: 20: must be less than or equal to previous value"],
        ),
        (
            {"activeDeadlineSeconds": 10},
            with_one(startupProbe=PROBE),
            [
                "spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer "
                "to nil value",
                FIXED,
            ],
        ),
        (
            {},
            {"activeDeadlineSeconds": 2**31},
            [
                "spec.activeDeadlineSeconds: Invalid value: 2147483648: must be between 0 and 2147483647, "
                "inclusive"
            ],
        ),
        (
            {"tolerations": [TOLERATED]},
            {"tolerations": [{**TOLERATED, "key": "b"}]},
            [
                "spec.tolerations: Forbidden: existing toleration can not be modified except its "
                "tolerationSeconds"
            ],
        ),
        (
            {"schedulingGates": [{"name": "a"}]},
            {"schedulingGates": [{"name": "a"}, {"name": "b"}]},
            [
                "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new "
                "scheduling gate 'b'"
            ],
        ),
    ],
)
def test_what_an_update_may_not_change_in_a_pod(
    old: dict[str, Any], new: dict[str, Any], problems: list[str]
) -> None:
    difference = pod_update_failures(pod(**new)["spec"], pod(**old)["spec"])
    assert [failure.reason for failure in difference] == problems


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, with_one(image="registry.example/app:2")),
        (
            {"initContainers": [container("one")]},
            {"initContainers": [container("one", image="registry.example/app:2")]},
        ),
        ({}, {"activeDeadlineSeconds": 10}),
        ({"activeDeadlineSeconds": 10}, {"activeDeadlineSeconds": 5}),
        (
            {"tolerations": [TOLERATED]},
            {"tolerations": [{**TOLERATED, "key": "b"}, {**TOLERATED, "tolerationSeconds": 9}]},
        ),
        ({"schedulingGates": [{"name": "a"}]}, {}),
        ({"terminationGracePeriodSeconds": -1}, {"terminationGracePeriodSeconds": 1}),
        # Empty and missing are the same.
        ({}, {"topologySpreadConstraints": [], **with_one(envFrom=[])}),
    ],
)
def test_what_an_update_may_change_in_a_pod(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert list(pod_update_failures(pod(**new)["spec"], pod(**old)["spec"])) == []


def test_a_refused_update_leaves_the_pod(azure: Azure, kubernetes: Kubernetes) -> None:
    secret = {"name": "A", "value": Secret("canary")}
    made = kubernetes.create(POD, pod(**with_one(env=[secret])))
    desired = pod(**with_one(env=[secret], startupProbe=PROBE))
    with pytest.raises(InitFailedError) as failed:
        kubernetes.update(POD, made, desired)
    expected = (
        'the Kubernetes API server reported that "default/app" failed to fully initialize or become live: '
        'Pod "app" is invalid: '
    )
    assert failed.value.message == expected + FIXED
    assert UPDATABLE in FIXED
    (objects,) = azure.world.kubernetes.values()
    assert "startupProbe" not in objects["core/Pod/default/app"]["spec"]["containers"][0]


def test_a_secret_that_stays_is_no_change_of_a_pod(kubernetes: Kubernetes) -> None:
    def desired(value: Any, image: str) -> dict[str, Any]:
        return pod(**with_one(env=[{"name": "A", "value": value}], image=image))

    made = kubernetes.create(POD, desired(Secret("canary"), "registry.example/app:1"))
    made = kubernetes.update(POD, made, desired(Secret("canary"), "registry.example/app:2"))
    kubernetes.update(POD, made, desired("canary", "registry.example/app:3"))
    with pytest.raises(InitFailedError) as failed:
        kubernetes.update(POD, made, desired(Secret("canary bird"), "registry.example/app:4"))
    assert failed.value.message.endswith(FIXED)
    assert "canary" not in str(failed.value)


def on_delete(kind: str, image: str = "registry.example/app:1", **more: Any) -> dict[str, Any]:
    return owner(kind, pods=with_one(image=image), **{"updateStrategy": {"type": "OnDelete"}, **more})


SECOND = "registry.example/app:2"
WAITS = (
    'the Kubernetes API server reported that "demo/app" failed to fully initialize or become live: timed '
    "out waiting for the condition"
)


def test_an_update_of_a_daemon_set_waits_until_somebody_deletes_its_pods(
    azure: Azure, kubernetes: Kubernetes
) -> None:
    kubernetes.namespace()
    token = TOKENS["DaemonSet"]
    made = kubernetes.create(token, on_delete("DaemonSet"))
    kubernetes.update(token, made, on_delete("DaemonSet", minReadySeconds=1))
    with pytest.raises(InitFailedError) as failed:
        kubernetes.update(token, made, on_delete("DaemonSet", SECOND))
    assert (failed.value.message, failed.value.reasons) == (WAITS, [])
    kept = Resource(failed.value.id, on_delete("DaemonSet", SECOND), failed.value.outputs)
    with pytest.raises(InitFailedError, match=r"^Resource 'app' was created but failed to initialize$"):
        kubernetes.read(token, kept)
    with pytest.raises(InitFailedError, match="timed out waiting for the condition"):
        kubernetes.update(token, kept, on_delete("DaemonSet", SECOND, minReadySeconds=1))
    (objects,) = azure.world.kubernetes.values()
    del objects["apps/ControllerRevision/demo/app.daemonset"]
    assert kubernetes.read(token, kept) is not None
    kubernetes.update(token, kept, on_delete("DaemonSet", SECOND, minReadySeconds=2))


@pytest.mark.parametrize(
    "mended",
    [on_delete("DaemonSet"), on_delete("DaemonSet", SECOND, updateStrategy={"type": "RollingUpdate"})],
)
def test_the_old_template_or_a_rolling_update_ends_the_waiting(
    azure: Azure, kubernetes: Kubernetes, mended: dict[str, Any]
) -> None:
    kubernetes.namespace()
    token = TOKENS["DaemonSet"]
    made = kubernetes.create(token, on_delete("DaemonSet"))
    with pytest.raises(InitFailedError):
        kubernetes.update(token, made, on_delete("DaemonSet", SECOND))
    done = kubernetes.update(token, made, mended)
    assert kubernetes.read(token, done) is not None
    kubernetes.delete(token, done)
    (objects,) = azure.world.kubernetes.values()
    assert not [key for key in objects if "ControllerRevision" in key]


def test_a_rolling_update_of_a_daemon_set_is_ready(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    rolling: dict[str, Any] = {"updateStrategy": {"type": "RollingUpdate"}}
    made = kubernetes.create(TOKENS["DaemonSet"], on_delete("DaemonSet", **rolling))
    kubernetes.update(TOKENS["DaemonSet"], made, on_delete("DaemonSet", SECOND, **rolling))


def test_nobody_waits_for_deletion_who_is_told_not_to(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    first, second = on_delete("DaemonSet"), on_delete("DaemonSet", SECOND)
    for desired in (first, second):
        desired["metadata"]["annotations"] = {"pulumi.com/skipAwait": "true"}
    made = kubernetes.create(TOKENS["DaemonSet"], first)
    assert (
        kubernetes.read(TOKENS["DaemonSet"], kubernetes.update(TOKENS["DaemonSet"], made, second)) is not None
    )


def test_a_stateful_set_does_not_wait_for_deletion(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    made = kubernetes.create(TOKENS["StatefulSet"], on_delete("StatefulSet"))
    made = kubernetes.update(TOKENS["StatefulSet"], made, on_delete("StatefulSet", SECOND))
    # No pod is made, so none is refused.
    refused = owner("StatefulSet", pods={"serviceAccountName": "nobody"}, updateStrategy={"type": "OnDelete"})
    made = kubernetes.update(TOKENS["StatefulSet"], made, refused)
    assert kubernetes.read(TOKENS["StatefulSet"], made) is not None
    with pytest.raises(InitFailedError, match='serviceaccount "nobody" not found'):
        kubernetes.update(
            TOKENS["StatefulSet"], made, owner("StatefulSet", pods={"serviceAccountName": "nobody"})
        )
