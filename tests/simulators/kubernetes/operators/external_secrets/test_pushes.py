"""PushSecrets: from a Kubernetes Secret or a generator into a vault."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.wire import Secret
from tests.support.acting import SECRETS_USER, Azure, Resource, manifest
from tests.support.eso import PASSWORD, PUSH, SECRET, EsoScene, external_secret, generator, push, waiting
from tests.support.mounting import SECRETS_OFFICER, VAULT

_NEW = f"{VAULT}/secrets/new"
_DONE = ("True", "Synced", "PushSecret synced successfully")
_WRITE = "set secret failed: could not write remote ref password to target secretstore azure: "
_SOURCE = "core/v1:Secret"


def _scene(azure: Azure, *, role: str = SECRETS_OFFICER, scope: str = _NEW, **values: Any) -> EsoScene:
    scene = EsoScene(azure, granted=False, **values)
    scene.grant(role, scope)
    scene.store()
    return scene


def _source(scene: EsoScene, value: str = "hunter2", live: Resource | None = None) -> Resource:
    desired = manifest("v1", "Secret", "db-app", "demo", stringData={"password": Secret(value)})
    return (
        scene.kubernetes.update(_SOURCE, live, desired) if live else scene.kubernetes.create(_SOURCE, desired)
    )


def _value(azure: Azure, name: str = "new") -> Any:
    stored = azure.world.get(f"{VAULT}/secrets/{name}")
    return stored and stored.properties["properties"]["value"]


def test_a_secret_lands_in_the_vault_with_the_operators_tag_and_follows_its_source(azure: Azure) -> None:
    scene, hash_of = _scene(azure), azure.world.keyed_hash
    live = _source(scene)
    scene.kubernetes.create(PUSH, push())
    assert scene.condition("PushSecret") == _DONE
    stored = azure.world.get(_NEW)
    assert stored is not None
    assert stored.properties["tags"] == {"managed-by": "external-secrets"}
    assert _value(azure) == hash_of("hunter2")
    assert list(scene.the("PushSecret")["status"]["syncedPushSecrets"]["SecretStore/azure"]) == ["secret/new"]
    _source(scene, "rotated", live)  # the operator does not watch it
    assert _value(azure) == hash_of("hunter2")
    scene.poll()
    assert (_value(azure), stored.versions) == (hash_of("rotated"), 2)
    scene.poll()
    assert stored.versions == 2


def test_without_its_source_a_push_fails_and_tries_again(azure: Azure) -> None:
    scene = _scene(azure)
    scene.kubernetes.create(PUSH, push())
    assert scene.condition("PushSecret") == ("False", "Errored", "could not get source secret")
    assert scene.event("PushSecret") == "Errored: could not get source secret"
    _source(scene)
    assert scene.condition("PushSecret") == _DONE
    missing = {"match": {"secretKey": "tls.crt", "remoteRef": {"remoteKey": "new"}}}
    scene.kubernetes.create(PUSH, {**push(missing), "metadata": {"name": "other", "namespace": "demo"}})
    conditions = scene.objects()["external-secrets.io/PushSecret/demo/other"]["status"]["conditions"]
    assert conditions[0]["message"] == "set secret failed: secret key tls.crt does not exist"


def test_a_generated_value_is_drawn_once_and_then_read_like_another(azure: Azure) -> None:
    scene = _scene(azure)
    scene.kubernetes.create(PASSWORD, generator())
    scene.kubernetes.create(PUSH, waiting(push(generated=True)))
    assert scene.condition("PushSecret")[2] == f"{_DONE[2]}. Existing secrets in providers unchanged."
    drawn = _value(azure)
    assert drawn
    scene.poll()
    assert _value(azure) == drawn
    scene.kubernetes.create(
        SECRET, external_secret({"secretKey": "password", "remoteRef": {"key": "secret/new"}})
    )
    assert scene.made()["data"] == {"password": drawn}


def test_what_another_wrote_stays(azure: Azure) -> None:
    scene = _scene(azure, scope=VAULT)
    _source(scene, "other")
    scene.kubernetes.create(PASSWORD, generator())
    into = {"match": {"secretKey": "password", "remoteRef": {"remoteKey": "db"}}}
    scene.kubernetes.create(PUSH, push(into))
    refused = f"{_WRITE}cannot get secret db: not managed by external-secrets"
    assert scene.condition("PushSecret") == ("False", "Errored", refused)
    drawn = {**push(into, generated=True), "metadata": {"name": "drawn", "namespace": "demo"}}
    scene.kubernetes.create(PUSH, waiting(drawn) | {"metadata": drawn["metadata"]})
    conditions = scene.objects()["external-secrets.io/PushSecret/demo/drawn"]["status"]["conditions"]
    assert conditions[0]["status"] == "True"
    assert _value(azure, "db") == azure.world.keyed_hash("hunter2")


@pytest.mark.parametrize(
    ("role", "scope", "begins"),
    [
        (SECRETS_USER, _NEW, "could not set secret new: keyvault.BaseClient#SetSecret: "),
        (
            SECRETS_OFFICER,
            f"{VAULT}/secrets/db",
            "cannot get secret new: unexpected api error: keyvault.Base",
        ),
    ],
)
def test_a_push_needs_the_right_to_get_and_to_set(azure: Azure, role: str, scope: str, begins: str) -> None:
    scene = _scene(azure, role=role, scope=scope)
    _source(scene)
    scene.kubernetes.create(PUSH, push())
    status, reason, message = scene.condition("PushSecret")
    assert (status, reason) == ("False", "Errored")
    assert message.startswith(f"{_WRITE}{begins}")
    assert "ForbiddenByRbac" in message
    assert _value(azure) is None


def test_a_deleted_secret_keeps_its_name(azure: Azure) -> None:
    scene = _scene(azure, scope=VAULT)
    deleted = azure.world.get(f"{VAULT}/secrets/db")
    assert deleted is not None
    azure.world.deleted_secrets[_NEW.lower()] = deleted
    _source(scene)
    scene.kubernetes.create(PUSH, push())
    assert "ObjectIsDeletedButRecoverable" in scene.condition("PushSecret")[2]


def test_a_store_that_cannot_be_used_is_told(azure: Azure) -> None:
    scene = _scene(azure)
    _source(scene)
    scene.kubernetes.create(PUSH, push(secretStoreRefs=[{"name": "none"}]))
    missing = 'could not get SecretStore "none", SecretStore.external-secrets.io "none" not found'
    assert scene.condition("PushSecret") == ("False", "Errored", missing)


def test_an_operator_without_pushes_ignores_them(azure: Azure) -> None:
    scene = _scene(azure, processPushSecret=False)
    _source(scene)
    scene.kubernetes.create(PUSH, push())
    assert "status" not in scene.the("PushSecret")
    other = {**push(selectors={}), "metadata": {"name": "other", "namespace": "demo"}}
    with pytest.raises(ProviderError, match=r"\.spec\.selectors: field not declared in schema"):
        scene.kubernetes.create(PUSH, other)
