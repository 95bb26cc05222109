"""Composition all-in-one: the operators that techniques need."""

import pytest

from tests.stacks.composing import DB, DRIVER, compose, runs, workload


def test_one_line_names_the_technique_of_all() -> None:
    workload = {key: value for key, value in runs(secrets=[DB]).items() if key != "technique"}
    for technique, made in (("csi", "SecretProviderClass"), ("kubernetes-secret", "Secret")):
        built = compose({"technique": technique, "workloads": [workload], **DRIVER})
        assert [resource.name for resource in built.of_type(made) if resource.name.startswith("web")]


def test_the_addon_is_on_where_it_is_asked_for() -> None:
    profile = compose(DRIVER).single("ManagedCluster").inputs["addonProfiles"]["azureKeyvaultSecretsProvider"]
    assert profile == {
        "enabled": True,
        "config": {"enableSecretRotation": "true", "rotationPollInterval": "2m"},
    }
    charts = compose({"operators": {"csi_driver": {"install": "helm"}}})
    assert (
        charts.single("ManagedCluster").inputs["addonProfiles"]["azureKeyvaultSecretsProvider"]["enabled"]
        is False
    )
    assert charts.single("Release").name == "csi-driver-release"
    existing = compose({"operators": {"csi_driver": {"install": "existing"}}})
    assert existing.of_type("Release") == []
    assert (
        existing.single("ManagedCluster").inputs["addonProfiles"]["azureKeyvaultSecretsProvider"]["enabled"]
        is False
    )


@pytest.mark.parametrize(("install", "kind"), [("addon", "ManagedCluster"), ("helm", "Release")])
def test_classes_come_after_what_serves_them(install: str, kind: str) -> None:
    built = compose(
        {
            "workloads": [runs(technique="csi", secrets=[DB])],
            "operators": {"csi_driver": {"install": install}},
        }
    )
    assert built.single(kind).urn in built.single("SecretProviderClass").dependencies


def test_reloader_watches_where_something_reloads() -> None:
    workloads = [runs(technique="csi", secrets=[DB], reload=True), workload("argo")]
    built = compose(
        {"workloads": workloads, "operators": {"csi_driver": {"install": "helm"}, "reloader": {}}}
    )
    release = built.single("Release", "reloader-release")
    assert release.inputs["values"]["reloader"]["namespaces"] == ["web"]
    assert {
        built.single("Release", "csi-driver-release").urn,
        built.single("Namespace", "namespace-web").urn,
    } <= set(release.dependencies)


def test_reloader_of_a_platform_watches_where_it_is_told_to() -> None:
    operators = {"csi_driver": {}, "reloader": {"namespaces": ["shop"]}}
    listed = [{"name": "shop"}, {"name": "billing"}]
    built = compose(
        {"composition": "platform", "workloads": None, "operators": operators, "namespaces": listed}
    )
    values = built.single("Release", "reloader-release").inputs["values"]["reloader"]
    assert (values["namespaces"], values["enableCSIIntegration"]) == (["shop"], True)
    assert built.outputs["platform"]["operators"]["reloader"]["watched"] == ["shop"]
