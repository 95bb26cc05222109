"""A secret store that several applications load, and Components that take their secrets from it."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.kubernetes.operators.dapr import sidecar
from tests.support.acting import Azure, manifest
from tests.support.mounting import VAULT
from tests.support.sidecars import COMPONENT, DaprScene

PUBSUB = "pubsub"


def pubsub(secret: str, key: str | None = None, store: str = "vault") -> dict[str, Any]:
    """A Component whose password is in a secret store."""
    reference = {"name": secret, **({"key": key} if key else {})}
    metadata = [
        {"name": "redisHost", "value": "redis:6379"},
        {"name": "redisPassword", "secretKeyRef": reference},
    ]
    spec = {"type": "pubsub.redis", "version": "v1", "metadata": metadata}
    made = manifest("dapr.io/v1alpha1", "Component", PUBSUB, "demo", spec=spec)
    return {**made, "auth": {"secretStore": store}}


def _settings(scene: DaprScene) -> dict[str, Any] | None:
    known = sidecar.known(scene.cluster, scene.pod())
    assert known is not None
    return known["components"].get(PUBSUB, {}).get("properties")


@pytest.mark.parametrize(("key", "answered"), [(None, True), ("db", True), ("password", False)])
def test_a_component_takes_its_secret_from_the_store(
    scene: DaprScene, key: str | None, answered: bool
) -> None:
    """Whatever the scopes allow the application. An Azure Key Vault answers with the secret's name as key."""
    scene.component(scopes=["shop", "till"])
    scene.configuration({"storeName": "vault", "defaultAccess": "deny"})
    scene.kubernetes.create(COMPONENT, pubsub("db", key), name=PUBSUB)
    scene.deploy({"dapr.io/config": "shop"})
    settings = _settings(scene)
    assert settings is not None
    assert settings["redishost"] == "redis:6379"
    assert ("redispassword" in settings) is answered
    assert scene.read().status == 403


def test_a_component_does_not_get_what_the_identity_of_the_pod_may_not_read(azure: Azure) -> None:
    """The sidecar starts nevertheless: it logs `Error getting secret`."""
    scene = DaprScene(azure, role=False)
    scene.grant(f"{VAULT}/secrets/api")
    scene.component(scopes=["shop", "till"])
    scene.kubernetes.create(COMPONENT, pubsub("db"), name=PUBSUB)
    scene.deploy()
    assert _settings(scene) == {"redishost": "redis:6379"}
    assert scene.read("api").status == 200


def test_a_component_waits_for_a_store_that_its_sidecar_does_not_load(scene: DaprScene) -> None:
    scene.component(scopes=["till"])
    scene.kubernetes.create(COMPONENT, pubsub("db"), name=PUBSUB)
    scene.deploy()
    assert _settings(scene) is None
    assert scene.read().status == 401
