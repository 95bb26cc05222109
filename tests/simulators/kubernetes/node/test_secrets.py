"""Secrets that variables and volumes of a pod need."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.init_failed import InitFailedError
from rehearsal.simulators.wire import Secret
from tests.support.acting import Azure, manifest
from tests.support.manifests import DEPLOYMENT, owner
from tests.support.mounting import MountScene, config_error


@pytest.fixture
def scene(azure: Azure) -> MountScene:
    scene = MountScene(azure)
    scene.grant()
    return scene


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ({"name": "own", "key": "b"}, "Failed: Error: couldn't find key b in Secret demo/own"),
        ({"name": "none", "key": "a"}, 'Failed: Error: secret "none" not found'),
        ({"name": "own", "key": "a"}, None),
        ({"name": "none", "key": "a", "optional": True}, None),
    ],
)
def test_a_variable_needs_its_secret_and_key(
    scene: MountScene, reference: dict[str, Any], says: str | None
) -> None:
    scene.kubernetes.create(
        "core/v1:Secret", manifest("v1", "Secret", "own", "demo", stringData=Secret({"a": "canary"}))
    )
    desired = owner(
        "Deployment",
        pods={
            "containers": [
                {
                    "name": "app",
                    "image": "x",
                    "env": [{"name": "A", "valueFrom": {"secretKeyRef": reference}}],
                }
            ]
        },
    )
    if says is None:
        scene.kubernetes.create(DEPLOYMENT, desired)
    else:
        assert config_error(scene, desired) == says


@pytest.mark.parametrize("projected", [True, False])
def test_a_volume_needs_its_secret_and_key(scene: MountScene, projected: bool) -> None:
    def desired(name: str, key: str) -> dict[str, Any]:
        items = [{"key": key, "path": "a"}]
        source = (
            {"projected": {"sources": [{"secret": {"name": name, "items": items}}]}}
            if projected
            else {"secret": {"secretName": name, "items": items}}
        )
        return owner("Deployment", pods={"volumes": [{"name": "v", **source}]})

    scene.kubernetes.create(
        "core/v1:Secret", manifest("v1", "Secret", "own", "demo", stringData={"a": "canary"})
    )
    for name, key, says in (
        ("none", "a", 'secret "none" not found'),
        ("own", "b", "references non-existent secret key: b"),
    ):
        with pytest.raises(InitFailedError) as error:
            scene.kubernetes.create(
                DEPLOYMENT, {**desired(name, key), "metadata": {"name": f"{name}-{key}", "namespace": "demo"}}
            )
        assert error.value.reasons[-1] == f'FailedMount: MountVolume.SetUp failed for volume "v" : {says}'
    scene.kubernetes.create(DEPLOYMENT, desired("own", "a"))
