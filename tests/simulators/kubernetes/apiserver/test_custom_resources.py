"""Custom resources and the schemas of their definitions."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.wire import Secret
from tests.support.acting import Azure, Kubernetes, manifest
from tests.support.mounting import CLASS, MountScene, provider_class

WIDGET = "example.com/v1:Widget"
UNFIT = (
    "failed to create typed patch object (demo/app; secrets-store.csi.x-k8s.io/v1, "
    "Kind=SecretProviderClass): "
)


@pytest.fixture
def scene(azure: Azure) -> MountScene:
    return MountScene(azure)


@pytest.mark.parametrize(
    ("parameters", "more", "says"),
    [
        (
            {"usePodIdentity": False},
            {},
            ".spec.parameters.usePodIdentity: expected string, got &value.valueUnstructured{Value:false}",
        ),
        ({}, {"secretObject": []}, ".spec.secretObject: field not declared in schema"),
        (
            {},
            {"secretObjects": {"secretName": "db"}},
            ".spec.secretObjects: expected list, got &{map[secretName:db]}",
        ),
        (
            {},
            {"secretObjects": [{"data": [{"objectname": "db"}]}]},
            ".spec.secretObjects[0].data[0].objectname: field not declared in schema",
        ),
    ],
    ids=["a boolean", "an unknown field", "no list", "an unknown field, deep"],
)
def test_a_class_is_what_its_definition_says(
    scene: MountScene, parameters: dict[str, Any], more: dict[str, Any], says: str
) -> None:
    with pytest.raises(ProviderError) as refused:
        scene.kubernetes.create(CLASS, provider_class({**scene.parameters(), **parameters}, **more))
    assert str(refused.value).endswith(UNFIT + says)
    made = scene.kubernetes.create(CLASS, provider_class(scene.parameters()))
    with pytest.raises(ProviderError) as refused:
        scene.kubernetes.update(CLASS, made, provider_class({**scene.parameters(), **parameters}, **more))
    assert says in str(refused.value)


def test_a_value_that_is_secret_is_in_no_message(scene: MountScene) -> None:
    with pytest.raises(
        ProviderError, match=r"expected string, got &value.valueUnstructured{Value:\[secret\]}"
    ):
        scene.kubernetes.create(CLASS, provider_class({**scene.parameters(), "x": Secret(4711)}))


def test_the_old_version_of_a_class_is_checked_too(scene: MountScene) -> None:
    desired = provider_class({"a": 1})
    desired["apiVersion"] = "secrets-store.csi.x-k8s.io/v1alpha1"
    with pytest.raises(ProviderError, match=r"\.spec\.parameters\.a: expected string"):
        scene.kubernetes.create("secrets-store.csi.x-k8s.io/v1alpha1:SecretProviderClass", desired)


SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["spec"],
    "properties": {
        "spec": {
            "type": "object",
            "required": ["size"],
            "properties": {
                "size": {"type": "string", "enum": ["small", "large"]},
                "name": {"type": "string", "pattern": "^[a-z]+$", "minLength": 2},
                "any": {
                    "type": "object",
                    "x-kubernetes-preserve-unknown-fields": True,
                    "properties": {"a": {"type": "string"}},
                },
            },
        }
    },
}


def define(azure: Azure) -> None:
    """A definition that exists before the program runs."""
    names = {"kind": "Widget", "plural": "widgets"}
    versions = [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": SCHEMA}}]
    spec = {"group": "example.com", "names": names, "scope": "Namespaced", "versions": versions}
    (id_,) = azure.world.kubernetes
    made = manifest("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.example.com", spec=spec)
    SimulatedCluster(azure.world, id_).create(made)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (None, "spec: Required value"),
        ({}, "spec.size: Required value"),
        ({"size": "huge"}, 'spec.size: Unsupported value: "huge": supported values: "small", "large"'),
        (
            {"size": "small", "name": "A1"},
            "spec.name: Invalid value: \"A1\": spec.name in body should match '^[a-z]+$'",
        ),
        (
            {"size": "small", "name": "a"},
            'spec.name: Invalid value: "a": spec.name in body should be at least 2 chars long',
        ),
    ],
    ids=["required", "required, deep", "enum", "pattern", "length"],
)
def test_a_definition_in_the_cluster_counts(
    azure: Azure, kubernetes: Kubernetes, spec: dict[str, Any] | None, says: str
) -> None:
    kubernetes.namespace()
    define(azure)
    fields = {} if spec is None else {"spec": spec}
    with pytest.raises(ProviderError) as refused:
        kubernetes.create(WIDGET, manifest("example.com/v1", "Widget", "app", "default", **fields))
    assert str(refused.value).endswith(f'Widget.example.com "app" is invalid: {says}')
    fine = {"size": "large", "name": "ab", "any": {"a": "b", "c": 1}}
    kubernetes.create(WIDGET, manifest("example.com/v1", "Widget", "app", "default", spec=fine))
