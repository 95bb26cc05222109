"""Operators: charts with a pinned version, in a namespace that admits their pods."""

from typing import Any

import pytest

from aks_secrets_testing.builds import Build, build
from components.operators.csi_driver import CsiDriver, CsiDriverArgs
from components.operators.dapr import Dapr, DaprArgs
from components.operators.external_secrets import ExternalSecrets, ExternalSecretsArgs
from components.operators.reloader import Reloader, ReloaderArgs
from tests.support import samples


def _built(kind: Any, args: Any) -> Build:
    return build(lambda: samples.in_cluster(kind, args))


@pytest.mark.parametrize("kind", samples.CHARTS, ids=lambda kind: kind.__name__)
def test_a_release_is_pinned_named_and_rolled_back_on_failure(kind: Any) -> None:
    args = samples.operator_args(kind)
    built = _built(kind, args)
    release = built.single("Release").inputs
    assert (release["name"], release["version"], release["namespace"]) == (
        "operator",
        args.version,
        args.namespace,
    )
    assert (release["atomic"], release["cleanupOnFail"]) == (True, True)
    assert release["repositoryOpts"]["repo"].startswith("https://")
    assert built.single("Namespace").urn in built.single("Release").dependencies


def test_rotation_and_sync_are_enabled_in_the_chart() -> None:
    args = CsiDriverArgs(rotation=True, poll_interval="5m")
    assert _built(CsiDriver, args).single("Release").inputs["values"]["secrets-store-csi-driver"] == {
        "enableSecretRotation": True,
        "rotationPollInterval": "5m",
        "syncSecret": {"enabled": True},
    }


def test_the_drivers_namespace_is_privileged() -> None:
    labels = _built(CsiDriver, CsiDriverArgs()).single("Namespace").inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "privileged"


@pytest.mark.parametrize("mounted", [False, True])
def test_reloader_watches_the_workloads_namespaces_and_sets_annotations(mounted: bool) -> None:
    args = ReloaderArgs(namespaces=["orders", "shop"], mounted_objects=mounted)
    assert _built(Reloader, args).single("Release").inputs["values"]["reloader"] == {
        "reloadStrategy": "annotations",
        "watchGlobally": False,
        "namespaces": ["orders", "shop"],
        "enableCSIIntegration": mounted,
    }


def _values(args: ExternalSecretsArgs) -> Any:
    return _built(ExternalSecrets, args).single("Release").inputs["values"]


def test_the_operator_has_its_webhook_and_its_crds() -> None:
    values = _values(ExternalSecretsArgs())
    assert (values["installCRDs"], values["webhook"]["create"], values["certController"]["create"]) == (
        True,
        True,
        True,
    )
    assert (values["replicaCount"], values["leaderElect"], values["podDisruptionBudget"]) == (
        1,
        False,
        {"enabled": False},
    )


def test_several_replicas_elect_a_leader_and_survive_a_drain() -> None:
    amounts = {"requests": {"cpu": "10m"}}
    values = _values(ExternalSecretsArgs(replicas=2, resources=amounts))
    assert (values["replicaCount"], values["leaderElect"], values["podDisruptionBudget"]) == (
        2,
        True,
        {"enabled": True},
    )
    assert (values["webhook"]["replicaCount"], values["webhook"]["podDisruptionBudget"]) == (
        2,
        {"enabled": True},
    )
    assert (
        values["resources"]
        == values["webhook"]["resources"]
        == values["certController"]["resources"]
        == amounts
    )


def test_the_operator_may_not_act_as_every_service_account() -> None:
    built = _built(ExternalSecrets, ExternalSecretsArgs())
    values = built.single("Release").inputs["values"]
    assert values["rbac"] == {"serviceAccountTokenCreate": False, "servicebindings": {"create": False}}
    assert "scopedNamespace" not in values, "whom it serves may change; elsewhere its finalizers would stay"
    assert [
        kind for kind in ("ClusterStore", "ClusterExternalSecret", "PushSecret") if values[f"process{kind}"]
    ] == []


def test_a_scoped_operator_watches_one_namespace() -> None:
    values = _values(ExternalSecretsArgs(scoped_namespace="shop"))
    assert (values["scopedNamespace"], values["scopedRBAC"]) == ("shop", True)


def test_a_cluster_wide_operator_is_not_limited() -> None:
    values = _values(ExternalSecretsArgs(cluster_wide=True))
    assert values["crds"] == {"annotations": {"helm.sh/resource-policy": "keep"}}, (
        "others' objects outlive this release"
    )
    assert not {"rbac", "scopedNamespace", "processClusterStore"} & set(values)


def test_its_namespace_enforces_the_restricted_standard() -> None:
    labels = _built(ExternalSecrets, ExternalSecretsArgs()).single("Namespace").inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_sidecars_drop_their_capabilities() -> None:
    """Otherwise a namespace with the restricted standard refuses every pod with a sidecar."""
    values = (
        _built(Dapr, DaprArgs(high_availability=True, scheduler=False)).single("Release").inputs["values"]
    )
    assert values == {
        "global": {"ha": {"enabled": True}, "scheduler": {"enabled": False}},
        "dapr_placement": {"cluster": {"forceInMemoryLog": True}},
        "dapr_sidecar_injector": {"sidecarDropALLCapabilities": True},
    }


def test_the_extension_is_pinned_and_its_settings_are_strings() -> None:
    extension = build(lambda: samples.dapr_extension(settings={"dapr_operator.replicaCount": "2"})).single(
        "Extension"
    )
    inputs = extension.plain()
    assert (inputs["version"], inputs["autoUpgradeMinorVersion"], inputs["releaseTrain"]) == (
        "1.14.4-msft.10",
        False,
        "stable",
    )
    assert inputs["scope"] == {"cluster": {"releaseNamespace": "dapr-system"}}
    assert inputs["configurationSettings"] == {
        "global.ha.enabled": "false",
        "dapr_sidecar_injector.sidecarDropALLCapabilities": "true",
        "dapr_operator.replicaCount": "2",
    }
    assert (inputs["clusterRp"], inputs["clusterResourceName"]) == (
        "Microsoft.ContainerService",
        "managedClusters",
    )


def test_the_extension_has_a_long_timeout() -> None:
    extension = build(samples.dapr_extension).single("Extension")
    assert extension.timeouts == ("30m", "30m")
