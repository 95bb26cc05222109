"""The form of an AzureKeyVaultSecret: what the API server refuses, what an event says, the keys of a type."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.provider import ProviderError
from tests.simulators.kubernetes.operators.akv2k8s_scene import Akv2k8sScene
from tests.support.acting import Azure
from tests.support.mounting import CERTIFICATE_USER, VAULT


@pytest.fixture
def scene(azure: Azure) -> Akv2k8sScene:
    return Akv2k8sScene(azure)


@pytest.mark.parametrize(
    ("object_", "output", "says"),
    [
        ({"type": "password"}, {}, "Unsupported value"),
        ({}, {"chainOrder": "serverfirst"}, "Unsupported value"),
        ({"name": None}, {}, "spec.vault.object.name: Required value"),
        ({}, {"name": None}, "spec.output.secret.name: Required value"),
    ],
)
def test_the_api_server_refuses(
    object_: dict[str, Any], output: dict[str, Any], says: str, scene: Akv2k8sScene
) -> None:
    with pytest.raises(ProviderError, match=says):
        scene.synced("db", object_, **output)


@pytest.mark.parametrize(
    ("object_", "output", "says"),
    [
        ({"name": "gone-1"}, {}, "RESPONSE 403"),
        ({}, {"dataKey": None}, "no datakey specified for output secret"),
        ({}, {"transform": ["rot13"]}, "transform type 'rot13' not currently supported"),
        ({"type": "certificate"}, {"dataKey": None}, "no datakey specified for output secret"),
        ({"type": "certificate"}, {}, "failed to get certificate from azure key vault, error: GET https://"),
    ],
)
def test_an_event_has_the_reason(
    object_: dict[str, Any], output: dict[str, Any], says: str, scene: Akv2k8sScene
) -> None:
    scene.synced("db", object_, **output)
    assert scene.event()[0] == "ErrAzureVault"
    assert says in scene.event()[1]


@pytest.mark.parametrize(
    ("output", "keys"),
    [
        ({"type": "kubernetes.io/ssh-auth", "dataKey": "mine"}, ["ssh-privatekey"]),
        ({"type": "kubernetes.io/basic-auth"}, ["password", "username"]),
        ({"type": "kubernetes.io/tls"}, ["tls.crt", "tls.key"]),
        ({"type": "kubernetes.io/dockerconfigjson"}, [".dockerconfigjson"]),
        ({"type": "example.com/own"}, ["password"]),
        ({"transform": ["trim", "base64decode"]}, ["password"]),
    ],
)
def test_a_type_has_its_keys(output: dict[str, Any], keys: list[str], scene: Akv2k8sScene) -> None:
    scene.synced("db", None, **output)
    assert sorted(scene.made()["data"]) == keys


def test_a_certificate_without_a_type_is_its_public_half(azure: Azure) -> None:
    scene = Akv2k8sScene(azure, granted=False)
    scene.grant(CERTIFICATE_USER, f"{VAULT}/certificates/site")
    scene.synced("db", {"name": "site", "type": "certificate"})
    assert list(scene.made()["data"]) == ["password"]
    scene.synced("pair", {"name": "site", "type": "certificate"}, name="pair", type="kubernetes.io/tls")
    events = [item for item in scene.objects().values() if item["kind"] == "Event"]
    assert ["failed to get private certificate" in item["message"] for item in events] == [True]
