"""Dapr in a cluster: its kinds, its chart and its extension."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, manifest
from tests.support.manifests import RELEASE
from tests.support.sidecars import (
    COMPONENT,
    CONFIGURATION,
    DaprScene,
    component,
)

UNFIT = "failed to create typed patch object (demo/vault; dapr.io/v1alpha1, Kind=Component): "


def test_components_are_unknown_without_dapr(azure: Azure) -> None:
    with pytest.raises(
        ProviderError, match=r'no matches for kind "Component" in version "dapr\.io/v1alpha1"'
    ):
        DaprScene(azure, installed=False).component()


def test_a_component_may_have_scopes_at_its_top(scene: DaprScene) -> None:
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
def test_a_component_is_what_its_definition_says(scene: DaprScene, change: dict[str, Any], says: str) -> None:
    desired = component()
    for name, value in change.items():
        desired[name] = {**desired[name], **value} if name == "spec" else value
    with pytest.raises(ProviderError) as refused:
        scene.kubernetes.create(COMPONENT, desired)
    assert str(refused.value).endswith(says)


def test_a_configuration_is_what_its_definition_says(scene: DaprScene) -> None:
    def desired(scope: dict[str, Any]) -> dict[str, Any]:
        return manifest(
            "dapr.io/v1alpha1", "Configuration", "shop", "demo", spec={"secrets": {"scopes": [scope]}}
        )

    with pytest.raises(ProviderError, match=r"spec\.secrets\.scopes\[0\]\.storeName: Required value"):
        scene.kubernetes.create(CONFIGURATION, desired({"defaultAccess": "deny"}))
    with pytest.raises(
        ProviderError, match=r"\.spec\.secrets\.scopes\[0\]\.allowed: field not declared in schema"
    ):
        scene.kubernetes.create(CONFIGURATION, desired({"storeName": "vault", "allowed": ["db"]}))


def test_the_chart_s_definitions_and_their_objects_outlast_it(azure: Azure) -> None:
    scene = DaprScene(azure, installed=False)
    release = scene.release()
    scene.component()
    scene.kubernetes.delete(RELEASE, release)
    assert "dapr.io/Component/demo/vault" in scene.objects()
    scene.component("other")


def test_a_second_release_of_the_chart_is_refused(scene: DaprScene) -> None:
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
