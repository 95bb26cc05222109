"""The sidecar injector."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.init_failed import InitFailedError
from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, manifest
from tests.support.manifests import DEPLOYMENT, POD, RESTRICTED, TOKENS, container, pod
from tests.support.sidecars import (
    ENABLED,
    IDENTIFIED,
    DaprScene,
    app,
    reasons,
)

DENIED = 'admission webhook "sidecar-injector.dapr.io" denied the request: '


def test_a_pod_that_asks_for_it_gets_a_sidecar(scene: DaprScene) -> None:
    scene.deploy(
        {
            "dapr.io/sidecar-cpu-request": "100m",
            "dapr.io/sidecar-memory-limit": "64Mi",
            "dapr.io/log-level": "warn",
        }
    )
    made = scene.sidecar()
    assert made["args"] == ["/daprd", "--app-id", "shop", "--log-level", "warn"]
    assert made["resources"] == {"requests": {"cpu": "100m"}, "limits": {"memory": "64Mi"}}
    assert made["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "runAsNonRoot": True,
        "readOnlyRootFilesystem": True,
    }
    assert scene.pod()["metadata"]["labels"]["dapr.io/app-id"] == "shop"


@pytest.mark.parametrize("asks", [None, "false", "yes", "1"])
def test_no_other_pod_gets_one(scene: DaprScene, asks: str | None) -> None:
    scene.deploy({"dapr.io/enabled": asks})
    assert [container["name"] for container in scene.pod()["spec"]["containers"]] == ["app"]


def test_a_pod_made_without_an_injector_has_none_and_keeps_none(azure: Azure) -> None:
    scene = DaprScene(azure, installed=False)
    made = scene.deploy()
    scene.release()
    scene.kubernetes.update(DEPLOYMENT, made, app(spec={"replicas": 2}))
    assert [container["name"] for container in scene.pod()["spec"]["containers"]] == ["app"]
    assert scene.read().status == 0


def test_the_injector_can_be_switched_off(azure: Azure) -> None:
    scene = DaprScene(azure, installed=False)
    scene.release(dapr_sidecar_injector={"enabled": False})
    scene.deploy()
    assert len(scene.pod()["spec"]["containers"]) == 1


def test_a_sidecar_that_is_there_stays(scene: DaprScene) -> None:
    with pytest.raises(InitFailedError):  # another container of that name, without arguments
        scene.deploy(containers=[container(), container("daprd")])
    assert len(scene.pod()["spec"]["containers"]) == 2


@pytest.mark.parametrize(
    ("app_id", "says"),
    [
        (
            "Shop",
            "invalid app id (input: 'Shop', service: 'Shop-dapr'): a lowercase RFC 1123 label must "
            "consist of",
        ),
        (
            "shop.eu",
            "invalid app id (input: 'shop.eu', service: 'shop.eu-dapr'): a lowercase RFC 1123 label must "
            "consist of",
        ),
        (
            "a" * 59,
            f"invalid app id (input: '{'a' * 59}', service: '{'a' * 59}-dapr'): must be no more than 63 "
            "characters",
        ),
    ],
)
def test_the_injector_refuses_some_app_ids(scene: DaprScene, app_id: str, says: str) -> None:
    assert (
        f"FailedCreate: Error creating: {DENIED}{says}"
        in reasons(scene, app(annotations={"dapr.io/app-id": app_id}))[-1]
    )


def test_the_longest_app_id_has_58_characters(scene: DaprScene) -> None:
    scene.deploy({"dapr.io/app-id": "a" * 58})


@pytest.mark.parametrize("kind", ["Deployment", "DaemonSet", "Job"])
def test_the_app_id_has_to_be_given_where_names_are_generated(scene: DaprScene, kind: str) -> None:
    failure = reasons(scene, app(kind, annotations={"dapr.io/app-id": None}), TOKENS[kind])
    assert (
        failure[-1]
        == f"FailedCreate: Error creating: {DENIED}value for the dapr.io/app-id annotation is empty"
    )


def test_a_stateful_set_s_pod_is_its_own_app_id(scene: DaprScene) -> None:
    scene.kubernetes.create(TOKENS["StatefulSet"], app("StatefulSet", annotations={"dapr.io/app-id": None}))
    assert scene.pod()["metadata"]["labels"]["dapr.io/app-id"] == "app-0"


def test_amounts_that_do_not_parse_are_passed_over(scene: DaprScene) -> None:
    scene.deploy({"dapr.io/sidecar-cpu-request": "much", "dapr.io/sidecar-memory-limit": "64Mi"})
    assert "resources" not in scene.sidecar()


def test_the_api_server_judges_the_pod_with_its_sidecar(scene: DaprScene) -> None:
    failure = reasons(
        scene, app(annotations={"dapr.io/sidecar-cpu-request": "2", "dapr.io/sidecar-cpu-limit": "1"})
    )
    assert (
        'spec.containers[1].resources.requests: Invalid value: "2": must be less than or equal to cpu '
        "limit of 1" in failure[-1]
    )


def restricted(scene: DaprScene) -> None:
    made = manifest("v1", "Namespace", "tight")
    made["metadata"]["labels"] = {"pod-security.kubernetes.io/enforce": "restricted"}
    scene.kubernetes.create("core/v1:Namespace", made)
    scene.kubernetes.service_account("app", "tight")


def tight(**annotations: str) -> dict[str, Any]:
    made = app(
        annotations=annotations,
        containers=[container(securityContext=RESTRICTED)],
        securityContext={"seccompProfile": {"type": "RuntimeDefault"}},
    )
    made["metadata"]["namespace"] = "tight"
    return made


def test_pod_security_judges_the_sidecar_too(scene: DaprScene) -> None:
    restricted(scene)
    failure = reasons(scene, tight())[-1]
    assert failure.startswith("FailedCreate: Error creating: pods ")
    assert failure.endswith(
        'is forbidden: violates PodSecurity "restricted:latest": unrestricted capabilities (container '
        '"daprd" must set '
        'securityContext.capabilities.drop=["ALL"])'
    )


@pytest.mark.parametrize("value", [True, "true"])
def test_one_value_of_the_chart_makes_the_sidecar_fit_there(azure: Azure, value: bool | str) -> None:
    scene = DaprScene(azure, installed=False)
    scene.release(dapr_sidecar_injector={"sidecarDropALLCapabilities": value})
    restricted(scene)
    scene.kubernetes.create(DEPLOYMENT, tight())


def test_the_sidecar_can_bring_its_own_seccomp_profile(azure: Azure) -> None:
    scene = DaprScene(azure, installed=False)
    scene.release(dapr_sidecar_injector={"sidecarDropALLCapabilities": True})
    restricted(scene)
    desired = tight()
    del desired["spec"]["template"]["spec"]["securityContext"]
    assert 'container "daprd" must set securityContext.seccompProfile.type' in reasons(scene, desired)[
        -1
    ].replace("pod or ", "")
    desired["spec"]["template"]["metadata"]["annotations"]["dapr.io/sidecar-seccomp-profile-type"] = (
        "RuntimeDefault"
    )
    desired["metadata"]["name"] = "other"
    scene.kubernetes.create(DEPLOYMENT, desired)


def by_hand(name: str = "app") -> dict[str, Any]:
    made = pod(name, "demo", serviceAccountName="app")
    made["metadata"] |= {"annotations": dict(ENABLED), "labels": dict(IDENTIFIED)}
    return made


def test_a_pod_made_by_hand_gets_a_sidecar_from_a_master(scene: DaprScene) -> None:
    scene.component()
    made = scene.kubernetes.create(POD, by_hand())
    assert scene.sidecar()["name"] == "daprd"
    assert scene.read().status == 200
    changed = by_hand()
    changed["spec"]["containers"][0]["image"] = "registry.example/app:2"
    scene.kubernetes.update(POD, made, changed)
    assert scene.sidecar()["name"] == "daprd"
    again = scene.kubernetes.read(POD, made)
    assert again is not None
    assert len(again.inputs["spec"]["containers"]) == 1


def test_a_pod_made_by_hand_gets_none_from_somebody_of_entra(azure: Azure) -> None:
    scene = DaprScene(azure, aadProfile={"managed": True})
    scene.kubernetes.create(POD, by_hand())
    assert len(scene.pod()["spec"]["containers"]) == 1


def test_a_pod_by_hand_is_refused_with_a_wrong_app_id(scene: DaprScene) -> None:
    desired = by_hand()
    desired["metadata"]["annotations"]["dapr.io/app-id"] = "Shop"
    with pytest.raises(ProviderError, match="denied the request: invalid app id"):
        scene.kubernetes.create(POD, desired)


def test_workload_identity_reaches_the_sidecar(scene: DaprScene) -> None:
    scene.deploy()
    variables = {container["name"]: container["value"] for container in scene.sidecar()["env"]}
    assert variables["AZURE_CLIENT_ID"] == scene.identity["clientId"]
    assert set(variables) == {
        "AZURE_CLIENT_ID",
        "AZURE_TENANT_ID",
        "AZURE_FEDERATED_TOKEN_FILE",
        "AZURE_AUTHORITY_HOST",
    }
