"""Reloader: new pods when a Secret or a mounted object changes."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.kubernetes.operators.reloader import LAST_RELOADED
from rehearsal.simulators.wire import Secret
from tests.support.acting import Azure, manifest
from tests.support.manifests import DEPLOYMENT, POD, TOKENS, owner
from tests.support.mounting import ENV, SYNCED, MountScene, install_reloader, last_reloaded, mounting, pods

BY_SECRET = {"secret.reloader.stakater.com/reload": "other,db-synced"}
BY_CLASS = {"secretproviderclass.reloader.stakater.com/reload": "app"}


@pytest.fixture
def scene(azure: Azure) -> MountScene:
    scene = MountScene(azure)
    scene.grant()
    return scene


def annotated(annotations: dict[str, str], *env: Any) -> dict[str, Any]:
    desired = mounting(*env)
    desired["metadata"]["annotations"] = annotations
    return desired


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
@pytest.mark.parametrize("annotations", [BY_SECRET, BY_CLASS, {"reloader.stakater.com/auto": "true"}])
def test_reloader_makes_new_pods(scene: MountScene, kind: str, annotations: dict[str, str]) -> None:
    install_reloader(scene)
    scene.class_of(synced=[SYNCED])
    desired = owner(kind, pods=pods(ENV))
    desired["metadata"]["annotations"] = annotations
    made = scene.kubernetes.create(TOKENS[kind], desired)
    assert "annotations" not in scene.the("Pod")["metadata"]
    assert last_reloaded(scene, kind) is None
    scene.rotate()
    annotation = last_reloaded(scene, kind)
    assert annotation is not None
    assert ('"name": "app"' if annotations is BY_CLASS else '"containerRefs": ["app"]') in annotation
    assert scene.the("Pod")["metadata"]["annotations"] == {LAST_RELOADED: annotation}
    assert not scene.kubernetes.diff(TOKENS[kind], made, desired).changes
    refreshed = scene.kubernetes.read(TOKENS[kind], made)
    assert refreshed is not None
    assert refreshed.inputs == made.inputs
    scene.poll()
    assert last_reloaded(scene, kind) == annotation


@pytest.mark.parametrize(
    ("annotations", "values"),
    [
        ({}, {}),
        ({"secret.reloader.stakater.com/reload": "db"}, {}),
        (BY_SECRET, {"namespaces": ["elsewhere"]}),
        (BY_SECRET, {"reloadStrategy": "default"}),
        (BY_CLASS, {"enableCSIIntegration": False}),
    ],
    ids=["not asked", "another name", "another namespace", "another strategy", "without the driver"],
)
def test_reloader_leaves_others_alone(
    scene: MountScene, annotations: dict[str, str], values: dict[str, Any]
) -> None:
    install_reloader(scene, **values)
    scene.class_of(synced=[SYNCED])
    scene.kubernetes.create(DEPLOYMENT, annotated(annotations, ENV))
    before = scene.the("Pod")
    scene.rotate()
    assert last_reloaded(scene) is None
    assert scene.the("Pod") == before


def test_an_update_by_somebody_else_keeps_what_reloader_set(scene: MountScene) -> None:
    install_reloader(scene)
    scene.class_of(synced=[SYNCED])
    made = scene.kubernetes.create(DEPLOYMENT, annotated(BY_SECRET, ENV))
    scene.rotate()
    annotation, pod = last_reloaded(scene), scene.the("Pod")
    desired = annotated(BY_SECRET, ENV)
    desired["metadata"]["labels"] = {"a": "b"}
    scene.kubernetes.update(DEPLOYMENT, made, desired)
    assert last_reloaded(scene) == annotation
    assert scene.the("Pod") == pod


def test_a_secret_that_the_program_changes_is_a_change_too(scene: MountScene) -> None:
    install_reloader(scene)
    made = scene.kubernetes.create(
        "core/v1:Secret", manifest("v1", "Secret", "db-synced", "demo", stringData={"password": Secret("a")})
    )
    desired = owner("Deployment", pods={"containers": [{"name": "app", "image": "x", "env": [ENV]}]})
    desired["metadata"]["annotations"] = BY_SECRET
    scene.kubernetes.create(DEPLOYMENT, desired)
    scene.kubernetes.update(
        "core/v1:Secret",
        made,
        manifest("v1", "Secret", "db-synced", "demo", stringData={"password": Secret("a")}),
    )
    assert last_reloaded(scene) is None
    scene.kubernetes.update(
        "core/v1:Secret",
        made,
        manifest("v1", "Secret", "db-synced", "demo", stringData={"password": Secret("b")}),
    )
    assert last_reloaded(scene) is not None


def test_pods_of_one_class_make_one_rollout(scene: MountScene) -> None:
    install_reloader(scene)
    scene.class_of()
    scene.kubernetes.create(POD, manifest("v1", "Pod", "single", "demo", spec=pods()))
    scene.kubernetes.create(DEPLOYMENT, annotated(BY_CLASS))
    before = scene.the("Deployment")["metadata"]["generation"]
    scene.rotate()
    assert scene.the("Deployment")["metadata"]["generation"] == before + 1
