"""Dapr in the simulated Kubernetes: its kinds, its injector, and what keeps a sidecar from running."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.kubernetes.provider.await_ import InitFailedError
from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, Resource, manifest
from tests.support.manifests import DEPLOYMENT, POD, RESTRICTED, TOKENS, container, pod
from tests.support.mounting import RELEASE
from tests.support.sidecars import COMPONENT, CONFIGURATION, ENABLED, IDENTIFIED, Scene, app, component

UNFIT = "failed to create typed patch object (demo/vault; dapr.io/v1alpha1, Kind=Component): "
DENIED = 'admission webhook "sidecar-injector.dapr.io" denied the request: '
LOG = "; the last line of its log: "


@pytest.fixture
def scene(azure: Azure) -> Scene:
    return Scene(azure)


def reasons(scene: Scene, wanted: dict[str, Any] | None = None, token: str = DEPLOYMENT) -> list[str]:
    with pytest.raises(InitFailedError) as failed:
        scene.kubernetes.create(token, wanted or app())
    return failed.value.reasons


def last_line(scene: Scene, wanted: dict[str, Any] | None = None) -> str:
    """Of the sidecar's log."""
    said = reasons(scene, wanted)[-1]
    assert said.startswith("BackOff: Back-off restarting failed container daprd in pod app-")
    return said.split(LOG, 1)[1]


# Its kinds


def test_components_are_unknown_without_dapr(azure: Azure) -> None:
    with pytest.raises(
        ProviderError, match=r'no matches for kind "Component" in version "dapr\.io/v1alpha1"'
    ):
        Scene(azure, installed=False).component()


def test_a_component_may_have_scopes_at_its_top(scene: Scene) -> None:
    scene.component(scopes=["shop"])
    made = scene.objects()["dapr.io/Component/demo/vault"]
    assert made["scopes"] == ["shop"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"spec": {"scopes": ["shop"]}}, UNFIT + ".spec.scopes: field not declared in schema"),
        ({"scopes": "shop"}, UNFIT + ".scopes: expected list, got &{shop}"),
        ({"spec": {"type": None}}, 'Component.dapr.io "vault" is invalid: spec.type: Required value'),
        ({"spec": {"metadata": None}}, 'Component.dapr.io "vault" is invalid: spec.metadata: Required value'),
        (
            {"spec": {"metadata": [{"value": "x"}]}},
            'Component.dapr.io "vault" is invalid: spec.metadata[0].name: Required value',
        ),
        ({"auth": {}}, 'Component.dapr.io "vault" is invalid: auth.secretStore: Required value'),
        ({"spec": {"ignoreErrors": "yes"}}, UNFIT + ".spec.ignoreErrors: expected boolean, got &{yes}"),
    ],
)
def test_a_component_is_what_its_definition_says(scene: Scene, change: dict[str, Any], says: str) -> None:
    wanted = component()
    for name, value in change.items():
        wanted[name] = {**wanted[name], **value} if name == "spec" else value
    with pytest.raises(ProviderError) as refused:
        scene.kubernetes.create(COMPONENT, wanted)
    assert str(refused.value).endswith(says)


def test_a_configuration_is_what_its_definition_says(scene: Scene) -> None:
    def wanted(scope: dict[str, Any]) -> dict[str, Any]:
        return manifest(
            "dapr.io/v1alpha1", "Configuration", "shop", "demo", spec={"secrets": {"scopes": [scope]}}
        )

    with pytest.raises(ProviderError, match=r"spec\.secrets\.scopes\[0\]\.storeName: Required value"):
        scene.kubernetes.create(CONFIGURATION, wanted({"defaultAccess": "deny"}))
    with pytest.raises(
        ProviderError, match=r"\.spec\.secrets\.scopes\[0\]\.allowed: field not declared in schema"
    ):
        scene.kubernetes.create(CONFIGURATION, wanted({"storeName": "vault", "allowed": ["db"]}))


def test_the_chart_s_definitions_and_their_objects_outlast_it(azure: Azure) -> None:
    scene = Scene(azure, installed=False)
    release = scene.release()
    scene.component()
    scene.kubernetes.delete(RELEASE, release)
    assert "dapr.io/Component/demo/vault" in scene.objects()
    scene.component("other")


def test_a_second_release_of_the_chart_is_refused(scene: Scene) -> None:
    with pytest.raises(ProviderError, match='must equal "other": current value is "dapr"'):
        scene.release(name="other")
    with pytest.raises(
        ProviderError, match='ClusterRole "dapr-injector" in namespace "" exists and cannot be imported'
    ) as refused:
        scene.release(namespace="elsewhere")
    assert (
        'key "meta.helm.sh/release-namespace" must equal "elsewhere": current value is "dapr-system"'
        in str(refused.value)
    )


# Its injector


def test_a_pod_that_asks_for_it_gets_a_sidecar(scene: Scene) -> None:
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
def test_no_other_pod_gets_one(scene: Scene, asks: str | None) -> None:
    scene.deploy({"dapr.io/enabled": asks})
    assert [one["name"] for one in scene.pod()["spec"]["containers"]] == ["app"]


def test_a_pod_made_without_an_injector_has_none_and_keeps_none(azure: Azure) -> None:
    scene = Scene(azure, installed=False)
    made = scene.deploy()
    scene.release()
    scene.kubernetes.update(DEPLOYMENT, made, app(spec={"replicas": 2}))
    assert [one["name"] for one in scene.pod()["spec"]["containers"]] == ["app"]
    assert scene.read().status == 0


def test_the_injector_can_be_switched_off(azure: Azure) -> None:
    scene = Scene(azure, installed=False)
    scene.release(dapr_sidecar_injector={"enabled": False})
    scene.deploy()
    assert len(scene.pod()["spec"]["containers"]) == 1


def test_a_sidecar_that_is_there_stays(scene: Scene) -> None:
    with pytest.raises(InitFailedError):  # it has no arguments: it is somebody else's
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
def test_the_injector_refuses_some_app_ids(scene: Scene, app_id: str, says: str) -> None:
    assert (
        f"FailedCreate: Error creating: {DENIED}{says}"
        in reasons(scene, app(annotations={"dapr.io/app-id": app_id}))[-1]
    )


def test_the_longest_app_id_has_58_characters(scene: Scene) -> None:
    scene.deploy({"dapr.io/app-id": "a" * 58})


@pytest.mark.parametrize("kind", ["Deployment", "DaemonSet", "Job"])
def test_the_app_id_has_to_be_given_where_names_are_generated(scene: Scene, kind: str) -> None:
    said = reasons(scene, app(kind, annotations={"dapr.io/app-id": None}), TOKENS[kind])
    assert (
        said[-1] == f"FailedCreate: Error creating: {DENIED}value for the dapr.io/app-id annotation is empty"
    )


def test_a_stateful_set_s_pod_is_its_own_app_id(scene: Scene) -> None:
    scene.kubernetes.create(TOKENS["StatefulSet"], app("StatefulSet", annotations={"dapr.io/app-id": None}))
    assert scene.pod()["metadata"]["labels"]["dapr.io/app-id"] == "app-0"


def test_amounts_that_do_not_parse_are_passed_over(scene: Scene) -> None:
    scene.deploy({"dapr.io/sidecar-cpu-request": "much", "dapr.io/sidecar-memory-limit": "64Mi"})
    assert "resources" not in scene.sidecar()


def test_the_api_server_judges_the_pod_with_its_sidecar(scene: Scene) -> None:
    said = reasons(
        scene, app(annotations={"dapr.io/sidecar-cpu-request": "2", "dapr.io/sidecar-cpu-limit": "1"})
    )
    assert (
        'spec.containers[1].resources.requests: Invalid value: "2": must be less than or equal to cpu '
        "limit of 1" in said[-1]
    )


def restricted(scene: Scene) -> None:
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


def test_pod_security_judges_the_sidecar_too(scene: Scene) -> None:
    restricted(scene)
    said = reasons(scene, tight())[-1]
    assert said.startswith("FailedCreate: Error creating: pods ")
    assert said.endswith(
        'is forbidden: violates PodSecurity "restricted:latest": unrestricted capabilities (container '
        '"daprd" must set '
        'securityContext.capabilities.drop=["ALL"])'
    )


@pytest.mark.parametrize("value", [True, "true"])
def test_one_value_of_the_chart_makes_the_sidecar_fit_there(azure: Azure, value: bool | str) -> None:
    scene = Scene(azure, installed=False)
    scene.release(dapr_sidecar_injector={"sidecarDropALLCapabilities": value})
    restricted(scene)
    scene.kubernetes.create(DEPLOYMENT, tight())


def test_the_sidecar_can_bring_its_own_seccomp_profile(azure: Azure) -> None:
    scene = Scene(azure, installed=False)
    scene.release(dapr_sidecar_injector={"sidecarDropALLCapabilities": True})
    restricted(scene)
    wanted = tight()
    del wanted["spec"]["template"]["spec"]["securityContext"]
    assert 'container "daprd" must set securityContext.seccompProfile.type' in reasons(scene, wanted)[
        -1
    ].replace("pod or ", "")
    wanted["spec"]["template"]["metadata"]["annotations"]["dapr.io/sidecar-seccomp-profile-type"] = (
        "RuntimeDefault"
    )
    wanted["metadata"]["name"] = "other"
    scene.kubernetes.create(DEPLOYMENT, wanted)


def by_hand(name: str = "app") -> dict[str, Any]:
    made = pod(name, "demo", serviceAccountName="app")
    made["metadata"] |= {"annotations": dict(ENABLED), "labels": dict(IDENTIFIED)}
    return made


def test_a_pod_made_by_hand_gets_a_sidecar_from_a_master(scene: Scene) -> None:
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
    scene = Scene(azure, aadProfile={"managed": True})
    scene.kubernetes.create(POD, by_hand())
    assert len(scene.pod()["spec"]["containers"]) == 1


def test_a_pod_by_hand_is_refused_with_a_wrong_app_id(scene: Scene) -> None:
    wanted = by_hand()
    wanted["metadata"]["annotations"]["dapr.io/app-id"] = "Shop"
    with pytest.raises(ProviderError, match="denied the request: invalid app id"):
        scene.kubernetes.create(POD, wanted)


def test_workload_identity_reaches_the_sidecar(scene: Scene) -> None:
    scene.deploy()
    given = {one["name"]: one["value"] for one in scene.sidecar()["env"]}
    assert given["AZURE_CLIENT_ID"] == scene.identity["clientId"]
    assert set(given) == {
        "AZURE_CLIENT_ID",
        "AZURE_TENANT_ID",
        "AZURE_FEDERATED_TOKEN_FILE",
        "AZURE_AUTHORITY_HOST",
    }


def test_a_secret_of_the_sidecar_s_variables_has_to_be_there(scene: Scene) -> None:
    assert (
        reasons(scene, app(annotations={"dapr.io/api-token-secret": "token"}))[-1]
        == 'Failed: Error: secret "token" not found'
    )


# What keeps a sidecar from running


def test_a_dead_sidecar_is_named_with_the_last_line_of_its_log(scene: Scene) -> None:
    said = reasons(scene, app(annotations={"dapr.io/config": "shop"}))
    uid = scene.pod()["metadata"]["uid"]
    name = scene.pod()["metadata"]["name"]
    crash = f"[CrashLoopBackOff] back-off 5m0s restarting failed container=daprd pod={name}_demo({uid})"
    assert said[-2] == f"[Pod demo/{name}]: containers with unready status: [daprd]{crash}"
    assert said[-1].split(LOG)[1] == (
        "Fatal error from runtime: error loading configuration: rpc error: code = Unknown desc = error "
        "getting configuration demo/shop: "
        'Configuration.dapr.io "shop" not found'
    )


def test_the_next_update_finds_what_was_missing(scene: Scene) -> None:
    wanted = app(annotations={"dapr.io/config": "shop"})
    with pytest.raises(InitFailedError) as failed:
        scene.kubernetes.create(DEPLOYMENT, wanted)
    assert scene.read().status == 0
    scene.configuration()
    there = Resource(failed.value.id, scene.kubernetes.check(DEPLOYMENT, wanted), failed.value.outputs)
    scene.kubernetes.update(DEPLOYMENT, there, wanted)
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
    scene: Scene, scopes: tuple[dict[str, str], ...], says: str
) -> None:
    scene.configuration(*scopes)
    assert last_line(scene, app(annotations={"dapr.io/config": "shop"})).endswith(
        f"error loading configuration: {says}"
    )


def test_an_unknown_log_level_ends_it(scene: Scene) -> None:
    assert (
        last_line(scene, app(annotations={"dapr.io/log-level": "verbose"}))
        == "invalid value for --log-level: verbose"
    )


FAILED = "Fatal error from runtime: process component vault error: [INIT_COMPONENT_FAILURE]: initialization error occurred for vault ("
KEY_VAULT = "secretstores.azure.keyvault/v1): "


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({"azureEnvironment": "AzureGermanCloud"}, "invalid Azure cloud: AzureGermanCloud"),
        ({"azureAuthMethods": "wi, magic"}, "invalid Azure auth method: magic"),
        ({"azureAuthMethods": "None"}, "all Azure auth methods have been disabled with auth method 'None'"),
    ],
)
def test_a_component_that_does_not_start_ends_it(scene: Scene, metadata: dict[str, str], says: str) -> None:
    scene.component(**metadata)
    again = f"[INIT_COMPONENT_FAILURE]: initialization error occurred for vault ({KEY_VAULT}"
    assert last_line(scene) == f"{FAILED}{KEY_VAULT}{again}{says}"


NO_CLIENT = "no suitable token provider for Azure AD; errors: no client ID specified. Check pod configuration or set ClientID in the options"


def test_workload_identity_alone_needs_the_pod_s_label(scene: Scene) -> None:
    scene.component()
    assert last_line(scene, app(labels={"app": "app"})).endswith(NO_CLIENT)


def test_it_needs_the_account_s_annotation(scene: Scene) -> None:
    scene.component()
    assert last_line(scene, app(serviceAccountName="default")).endswith(NO_CLIENT)


def test_it_needs_the_webhook(azure: Azure) -> None:
    scene = Scene(azure, securityProfile={})
    scene.component()
    assert last_line(scene).endswith(NO_CLIENT)


def test_it_needs_the_sidecar_not_to_be_skipped(scene: Scene) -> None:
    scene.component()
    assert last_line(
        scene, app(annotations={"azure.workload.identity/skip-containers": "other;daprd"})
    ).endswith(NO_CLIENT)


def test_errors_of_a_component_can_be_ignored(scene: Scene) -> None:
    wanted = component(azureEnvironment="mars")
    wanted["spec"]["ignoreErrors"] = True
    scene.kubernetes.create(COMPONENT, wanted)
    scene.deploy()
    assert scene.read().code == "ERR_SECRET_STORE_NOT_FOUND"


def test_a_component_of_other_apps_harms_nobody(scene: Scene) -> None:
    scene.component(azureEnvironment="mars", scopes=["other"])
    scene.deploy()


def test_a_component_of_another_namespace_harms_nobody(scene: Scene) -> None:
    wanted = component(azureEnvironment="mars")
    wanted["metadata"]["namespace"] = "default"
    scene.kubernetes.create(COMPONENT, wanted)
    scene.deploy()


@pytest.mark.parametrize(
    ("type_", "says"),
    [
        ("secretstores.azure.keyvaults", "couldn't find secret store secretstores.azure.keyvaults/v1"),
        ("vaults.azure", "incorrect type vaults.azure"),
    ],
)
def test_an_unknown_type_ends_it(scene: Scene, type_: str, says: str) -> None:
    scene.component(type_=type_)
    assert last_line(scene).endswith(says)


def test_no_component_may_have_the_built_in_store_s_name(scene: Scene) -> None:
    scene.component("kubernetes")
    assert last_line(scene).endswith("component kubernetes already exists")


def test_a_secret_that_a_component_names_has_to_be_there(scene: Scene) -> None:
    wanted = component()
    wanted["spec"]["metadata"].append(
        {"name": "azureClientSecret", "secretKeyRef": {"name": "sp", "key": "secret"}}
    )
    scene.kubernetes.create(COMPONENT, wanted)
    assert last_line(scene) == (
        'Fatal error from runtime: failed to load components: rpc error: code = Unknown desc = Secret "sp" not found'
    )


def test_without_a_token_of_its_account_it_has_to_do_without_the_built_in_store(scene: Scene) -> None:
    assert last_line(scene, app(automountServiceAccountToken=False)).endswith(
        "stat /home/nonroot/.kube/config: no such file or directory"
    )
    scene.component()
    wanted = app(
        automountServiceAccountToken=False, annotations={"dapr.io/disable-builtin-k8s-secret-store": "true"}
    )
    wanted["metadata"]["name"] = "other"
    scene.kubernetes.create(DEPLOYMENT, wanted)
    assert scene.read().status == 200


def test_the_account_can_withhold_the_token_too(scene: Scene) -> None:
    scene.account("bare", automountServiceAccountToken=False)
    assert "stat /home/nonroot/.kube/config" in last_line(scene, app(serviceAccountName="bare"))


def test_a_job_with_a_sidecar_never_completes(scene: Scene) -> None:
    scene.component()
    said = reasons(scene, app("Job"), TOKENS["Job"])
    assert said[-2].endswith("]: containers with unready status: [app]")
    assert said[-1].startswith(
        "NotCompleted: the container daprd keeps running after the others have ended, so that the Job never completes"
    )
    assert scene.read().status == 200


@pytest.mark.parametrize("by", ["annotation", "value"])
def test_a_job_with_a_native_sidecar_completes(azure: Azure, by: str) -> None:
    scene = Scene(azure, installed=False)
    scene.release(dapr_sidecar_injector={"nativeSidecar": by == "value"})
    native = {"dapr.io/enable-native-sidecar": "true"} if by == "annotation" else {}
    scene.kubernetes.create(TOKENS["Job"], app("Job", annotations=native))
    assert scene.pod()["status"] == {"phase": "Succeeded"}
    assert scene.read().status == 0
