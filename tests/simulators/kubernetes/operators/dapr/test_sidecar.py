"""The sidecar: what it reads when it starts, and why it does not start."""

from __future__ import annotations

import pytest

from rehearsal.simulators.init_failed import InitFailedError
from tests.support.acting import Azure, Resource
from tests.support.manifests import DEPLOYMENT, TOKENS
from tests.support.sidecars import (
    COMPONENT,
    LOG,
    DaprScene,
    app,
    component,
    last_line,
    reasons,
)


def test_a_secret_of_the_sidecar_s_variables_has_to_be_there(scene: DaprScene) -> None:
    assert (
        reasons(scene, app(annotations={"dapr.io/api-token-secret": "token"}))[-1]
        == 'Failed: Error: secret "token" not found'
    )


def test_a_dead_sidecar_is_named_with_the_last_line_of_its_log(scene: DaprScene) -> None:
    failure = reasons(scene, app(annotations={"dapr.io/config": "shop"}))
    uid = scene.pod()["metadata"]["uid"]
    name = scene.pod()["metadata"]["name"]
    crash = f"[CrashLoopBackOff] back-off 5m0s restarting failed container=daprd pod={name}_demo({uid})"
    assert failure[-2] == f"[Pod demo/{name}]: containers with unready status: [daprd]{crash}"
    assert failure[-1].split(LOG)[1] == (
        "Fatal error from runtime: error loading configuration: rpc error: code = Unknown desc = error "
        "getting configuration demo/shop: "
        'Configuration.dapr.io "shop" not found'
    )


def test_the_next_update_finds_what_was_missing(scene: DaprScene) -> None:
    desired = app(annotations={"dapr.io/config": "shop"})
    with pytest.raises(InitFailedError) as failed:
        scene.kubernetes.create(DEPLOYMENT, desired)
    assert scene.read().status == 0
    scene.configuration()
    there = Resource(failed.value.id, scene.kubernetes.check(DEPLOYMENT, desired), failed.value.outputs)
    scene.kubernetes.update(DEPLOYMENT, there, desired)
    assert scene.read("db", "kubernetes").status == 500


@pytest.mark.parametrize(
    ("scopes", "says"),
    [
        (
            ({"storeName": "vault"}, {"storeName": "vault"}),
            "vault storeName is repeated in secrets configuration",
        ),
        (
            ({"storeName": "vault", "defaultAccess": "none"},),
            "defaultAccess none can be either allow or deny",
        ),
    ],
)
def test_scopes_that_contradict_themselves_end_it(
    scene: DaprScene, scopes: tuple[dict[str, str], ...], says: str
) -> None:
    scene.configuration(*scopes)
    assert last_line(scene, app(annotations={"dapr.io/config": "shop"})).endswith(
        f"error loading configuration: {says}"
    )


def test_an_unknown_log_level_ends_it(scene: DaprScene) -> None:
    assert (
        last_line(scene, app(annotations={"dapr.io/log-level": "verbose"}))
        == "invalid value for --log-level: verbose"
    )


FAILED = (
    "Fatal error from runtime: process component vault error: [INIT_COMPONENT_FAILURE]: initialization "
    "error occurred for vault ("
)
KEY_VAULT = "secretstores.azure.keyvault/v1): "


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({"azureEnvironment": "AzureGermanCloud"}, "invalid Azure cloud: AzureGermanCloud"),
        ({"azureAuthMethods": "wi, magic"}, "invalid Azure auth method: magic"),
        ({"azureAuthMethods": "None"}, "all Azure auth methods have been disabled with auth method 'None'"),
    ],
)
def test_a_component_that_does_not_start_ends_it(
    scene: DaprScene, metadata: dict[str, str], says: str
) -> None:
    scene.component(**metadata)
    again = f"[INIT_COMPONENT_FAILURE]: initialization error occurred for vault ({KEY_VAULT}"
    assert last_line(scene) == f"{FAILED}{KEY_VAULT}{again}{says}"


NO_CLIENT = (
    "no suitable token provider for Azure AD; errors: no client ID specified. Check pod configuration or "
    "set ClientID in the options"
)


def test_workload_identity_alone_needs_the_pod_s_label(scene: DaprScene) -> None:
    scene.component()
    assert last_line(scene, app(labels={"app": "app"})).endswith(NO_CLIENT)


def test_it_needs_the_account_s_annotation(scene: DaprScene) -> None:
    scene.component()
    assert last_line(scene, app(serviceAccountName="default")).endswith(NO_CLIENT)


def test_it_needs_the_webhook(azure: Azure) -> None:
    scene = DaprScene(azure, securityProfile={})
    scene.component()
    assert last_line(scene).endswith(NO_CLIENT)


def test_it_needs_the_sidecar_not_to_be_skipped(scene: DaprScene) -> None:
    scene.component()
    assert last_line(
        scene, app(annotations={"azure.workload.identity/skip-containers": "other;daprd"})
    ).endswith(NO_CLIENT)


def test_errors_of_a_component_can_be_ignored(scene: DaprScene) -> None:
    desired = component(azureEnvironment="mars")
    desired["spec"]["ignoreErrors"] = True
    scene.kubernetes.create(COMPONENT, desired)
    scene.deploy()
    assert scene.read().code == "ERR_SECRET_STORE_NOT_FOUND"


def test_a_component_of_other_apps_harms_nobody(scene: DaprScene) -> None:
    scene.component(azureEnvironment="mars", scopes=["other"])
    scene.deploy()


def test_a_component_of_another_namespace_harms_nobody(scene: DaprScene) -> None:
    desired = component(azureEnvironment="mars")
    desired["metadata"]["namespace"] = "default"
    scene.kubernetes.create(COMPONENT, desired)
    scene.deploy()


@pytest.mark.parametrize(
    ("type_", "says"),
    [
        ("secretstores.azure.keyvaults", "couldn't find secret store secretstores.azure.keyvaults/v1"),
        ("vaults.azure", "incorrect type vaults.azure"),
    ],
)
def test_an_unknown_type_ends_it(scene: DaprScene, type_: str, says: str) -> None:
    scene.component(type_=type_)
    assert last_line(scene).endswith(says)


def test_no_component_may_have_the_built_in_store_s_name(scene: DaprScene) -> None:
    scene.component("kubernetes")
    assert last_line(scene).endswith("component kubernetes already exists")


def test_a_secret_that_a_component_names_has_to_be_there(scene: DaprScene) -> None:
    desired = component()
    desired["spec"]["metadata"].append(
        {"name": "azureClientSecret", "secretKeyRef": {"name": "sp", "key": "secret"}}
    )
    scene.kubernetes.create(COMPONENT, desired)
    assert last_line(scene) == (
        'Fatal error from runtime: failed to load components: rpc error: code = Unknown desc = Secret "sp" '
        "not found"
    )


def test_without_a_token_of_its_account_it_has_to_do_without_the_built_in_store(scene: DaprScene) -> None:
    assert last_line(scene, app(automountServiceAccountToken=False)).endswith(
        "stat /home/nonroot/.kube/config: no such file or directory"
    )
    scene.component()
    desired = app(
        automountServiceAccountToken=False, annotations={"dapr.io/disable-builtin-k8s-secret-store": "true"}
    )
    desired["metadata"]["name"] = "other"
    scene.kubernetes.create(DEPLOYMENT, desired)
    assert scene.read().status == 200


def test_the_account_can_withhold_the_token_too(scene: DaprScene) -> None:
    scene.account("bare", automountServiceAccountToken=False)
    assert "stat /home/nonroot/.kube/config" in last_line(scene, app(serviceAccountName="bare"))


def test_a_job_with_a_sidecar_never_completes(scene: DaprScene) -> None:
    scene.component()
    failure = reasons(scene, app("Job"), TOKENS["Job"])
    assert failure[-2].endswith("]: containers with unready status: [app]")
    assert failure[-1].startswith(
        "NotCompleted: the container daprd keeps running after the others have ended, so that the Job "
        "never completes"
    )
    assert scene.read().status == 200


@pytest.mark.parametrize("by", ["annotation", "value"])
def test_a_job_with_a_native_sidecar_completes(azure: Azure, by: str) -> None:
    scene = DaprScene(azure, installed=False)
    scene.release(dapr_sidecar_injector={"nativeSidecar": by == "value"})
    native = {"dapr.io/enable-native-sidecar": "true"} if by == "annotation" else {}
    scene.kubernetes.create(TOKENS["Job"], app("Job", annotations=native))
    assert scene.pod()["status"] == {"phase": "Succeeded"}
    assert scene.read().status == 0
