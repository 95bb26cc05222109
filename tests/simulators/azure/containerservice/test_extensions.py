"""Simulated cluster extensions, mainly Microsoft.Dapr, and their objects in the cluster."""

from __future__ import annotations

import pytest

from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.seed import SeedError, apply_seed
from tests.support.acting import Azure, CheckFailedError
from tests.support.manifests import DEPLOYMENT, RESTRICTED, container
from tests.support.sidecars import EXTENSION, DaprScene, app, component, extension

OPERATION = (
    'Code="ExtensionOperationFailed" Message="The extension operation failed with the following error:  '
)


@pytest.fixture
def scene(azure: Azure) -> DaprScene:
    return DaprScene(azure, installed=False)


def test_the_outputs_of_an_extension(scene: DaprScene) -> None:
    made = scene.azure.create(EXTENSION, extension(autoUpgradeMinorVersion=False, version="1.13.6"))
    assert made.id.endswith(
        "/managedClusters/aks-one/providers/Microsoft.KubernetesConfiguration/extensions/dapr"
    )
    assert made.outputs["provisioningState"] == "Succeeded"
    assert (made.outputs["currentVersion"], made.outputs["releaseTrain"]) == ("1.13.6", "stable")
    assert made.outputs["scope"] == {"cluster": {"releaseNamespace": "dapr-system"}}


def test_without_a_version_it_upgrades_itself(scene: DaprScene) -> None:
    made = scene.azure.create(EXTENSION, extension())
    assert made.outputs["autoUpgradeMinorVersion"] is True
    assert made.outputs["currentVersion"]


def test_a_version_has_no_effect_with_automatic_upgrades(scene: DaprScene) -> None:
    made = scene.azure.create(EXTENSION, extension(autoUpgradeMinorVersion=True, version="1.11.2"))
    assert made.outputs["currentVersion"] != "1.11.2"


def test_a_version_has_three_numbers(scene: DaprScene) -> None:
    with pytest.raises(ArmError) as refused:
        scene.azure.create(EXTENSION, extension(autoUpgradeMinorVersion=False, version="1.14"))
    assert f'{OPERATION}Failed to resolve the extension version from the given values."' in str(refused.value)


def test_a_cluster_has_one_extension_of_a_type(scene: DaprScene) -> None:
    scene.azure.create(EXTENSION, extension())
    with pytest.raises(ArmError, match="installed on this cluster already, by the extension 'dapr'"):
        scene.azure.create(EXTENSION, extension(extensionName="other", extensionType="microsoft.dapr"))
    scene.azure.create(EXTENSION, extension(extensionName="flux", extensionType="microsoft.flux"))


def test_its_type_is_immutable(scene: DaprScene) -> None:
    made = scene.azure.create(EXTENSION, extension())
    scene.azure.update(EXTENSION, made, extension(extensionType="microsoft.dapr"))
    with pytest.raises(ArmError, match="'extensionType' of an extension cannot be changed"):
        scene.azure.update(EXTENSION, made, extension(extensionType="microsoft.flux"))


def test_a_wrong_setting_fails_the_installation(scene: DaprScene) -> None:
    with pytest.raises(ArmError) as refused:
        scene.azure.create(EXTENSION, extension(configurationSettings={"global.ha": "false"}))
    assert f"{OPERATION}Error: {{failed to install chart" in str(refused.value)
    assert "at <.Values.global.ha.enabled>: can't evaluate field enabled in type interface {}]}" in str(
        refused.value
    )


@pytest.mark.parametrize("name", ["global.ha.enabled", "dapr_placement.volumeclaims.storageClassName"])
def test_some_settings_need_another_extension(scene: DaprScene, name: str) -> None:
    made = scene.azure.create(EXTENSION, extension())
    with pytest.raises(ArmError, match=rf"spec: Forbidden: updates to statefulset spec.*\(setting {name}\)"):
        scene.azure.update(EXTENSION, made, extension(configurationSettings={name: "false"}))
    scene.azure.delete(EXTENSION, made)
    scene.azure.create(EXTENSION, extension(configurationSettings={name: "false"}))


def test_other_settings_change_in_place(scene: DaprScene) -> None:
    made = scene.azure.create(EXTENSION, extension())
    again = {"dapr_operator.replicaCount": "3", "global.ha.enabled": "true"}
    scene.azure.update(EXTENSION, made, extension(configurationSettings=again))


def test_a_setting_is_a_text(scene: DaprScene) -> None:
    with pytest.raises(CheckFailedError, match="configurationSettings"):
        scene.azure.create(EXTENSION, extension(configurationSettings={"global.ha.enabled": False}))


def test_it_creates_its_namespace_and_its_kinds(scene: DaprScene) -> None:
    scene.azure.create(EXTENSION, extension(scope={"cluster": {"releaseNamespace": "dapr-custom"}}))
    scene.component()
    assert "core/Namespace//dapr-custom" in scene.objects()
    assert "core/ServiceAccount/dapr-custom/default" in scene.objects()


def test_its_kinds_outlast_it(scene: DaprScene) -> None:
    made = scene.azure.create(EXTENSION, extension())
    scene.azure.delete(EXTENSION, made)
    scene.component()
    scene.deploy()
    assert [item["name"] for item in scene.pod()["spec"]["containers"]] == ["app"]


def test_its_settings_are_values_of_the_chart(scene: DaprScene) -> None:
    scene.azure.create(
        EXTENSION,
        extension(configurationSettings={"dapr_sidecar_injector.sidecarDropALLCapabilities": "true"}),
    )
    secure = {
        "containers": [container(securityContext=RESTRICTED)],
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
    }
    scene.kubernetes.create(DEPLOYMENT, app(**secure))
    assert scene.sidecar()["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_its_sidecars_do_not_reload_components(scene: DaprScene) -> None:
    scene.azure.create(EXTENSION, extension(autoUpgradeMinorVersion=False, version="1.14.4-msft.10"))
    scene.deploy()
    scene.component()
    assert scene.read().status == 401


def test_it_does_not_install_over_a_release_of_the_chart(scene: DaprScene) -> None:
    scene.release(name="own")
    with pytest.raises(ArmError, match='must equal "dapr": current value is "own"'):
        scene.azure.create(EXTENSION, extension())
    takes_over = {"existingDaprReleaseName": "own", "existingDaprReleaseNamespace": "dapr-system"}
    scene.azure.create(EXTENSION, extension(configurationSettings=takes_over))


def test_no_release_of_the_chart_installs_over_it(scene: DaprScene) -> None:
    scene.azure.create(EXTENSION, extension())
    with pytest.raises(ProviderError, match='must equal "own": current value is "dapr"'):
        scene.release(name="own")
    with pytest.raises(ProviderError, match="cannot re-use a name that is still in use"):
        scene.release()


def test_its_provider_has_to_be_registered(scene: DaprScene) -> None:
    apply_seed(scene.azure.world, {"unregistered": ["Microsoft.KubernetesConfiguration"]})
    scene.azure.new_operation()
    with pytest.raises(ArmError) as refused:
        scene.azure.create(EXTENSION, extension())
    assert str(refused.value) == (
        'Status=409 Code="MissingSubscriptionRegistration" Message="The subscription is not registered to '
        "use namespace "
        "'Microsoft.KubernetesConfiguration'. See https://aka.ms/rps-not-found for how to register "
        'subscriptions."'
    )
    scene.azure.identity("id-two")


def test_a_seed_names_known_providers(azure: Azure) -> None:
    with pytest.raises(
        SeedError, match=r"unknown resource provider 'Microsoft\.Kubernetes'; choose Microsoft\.Authorization"
    ):
        apply_seed(azure.world, {"unregistered": ["Microsoft.Kubernetes"]})
    with pytest.raises(
        SeedError, match=r"unregistered\[0\]: should be the name of a resource provider, but it is a mapping"
    ):
        apply_seed(azure.world, {"unregistered": [{"namespace": "Microsoft.KeyVault"}]})


def test_a_seed_can_use_its_kinds(scene: DaprScene) -> None:
    scene.azure.create(EXTENSION, extension())
    apply_seed(scene.azure.world, {"kubernetes": [{"cluster": scene.cluster.id, "objects": [component()]}]})
    assert "dapr.io/Component/demo/vault" in scene.objects()
