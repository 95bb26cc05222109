"""Reading from the vault: references, tags, find and extract."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.wire import Secret
from tests.support.acting import SECRETS_USER, Azure
from tests.support.eso import (
    DATA,
    SECRET,
    EsoScene,
    external_secret,
    reading_pods,
)
from tests.support.manifests import DEPLOYMENT
from tests.support.mounting import VAULT


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ({"key": "secrets/db"}, "unknown Azure Keyvault object Type for db"),
        ({"key": "key/signing"}, "Action: 'Microsoft.KeyVault/vaults/keys/read'"),
        ({"key": "db", "version": "0" * 32}, "Secret does not exist"),
        ({"key": "db", "metadataPolicy": "Fetch", "property": "team"}, "tag team does not exist"),
    ],
    ids=["a type that is none", "a key without the right", "a version that is none", "a tag that is none"],
)
def test_what_cannot_be_read_is_said(scene: EsoScene, reference: dict[str, Any], says: str) -> None:
    scene.secret_of({"secretKey": "a", "remoteRef": reference})
    assert scene.event().startswith(
        f"UpdateFailed: error processing spec.data[0] (key: {reference['key']}), err: "
    )
    assert says in scene.event()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (
            "https://kv-two.vault.azure.net",
            "keyvault.BaseClient#GetSecret: Failure sending request: StatusCode=0 -- Original Error: "
            'Get "https://kv-two.vault.azure.net/secrets/db/?api-version=7.0": dial tcp: lookup '
            "kv-two.vault.azure.net: no such host",
        ),
        ("kv-one.vault.azure.net", "autorest: No scheme detected in URL kv-one.vault.azure.net"),
    ],
    ids=["no vault", "no scheme"],
)
def test_the_vault_has_to_be_at_its_address(azure: Azure, url: str, says: str) -> None:
    scene = EsoScene(azure)
    scene.store(vaultUrl=url)
    scene.secret_of()
    assert scene.condition("SecretStore")[0] == "True"
    assert says in scene.event()


def test_a_property_is_taken_to_be_there_and_a_prefix_says_the_type(scene: EsoScene) -> None:
    scene.secret_of({"secretKey": "a", "remoteRef": {"key": "secret/db", "property": "user"}}, DATA)
    values = scene.made()["data"]
    assert set(values) == {"a", "password"}
    assert values["a"] != values["password"]
    assert all(value.startswith("hmac-sha256:") for value in values.values())


def test_extract_brings_keys_that_nobody_knows(scene: EsoScene) -> None:
    scene.secret_of(dataFrom=[{"extract": {"key": "db"}}])
    before = scene.made()
    assert isinstance(before["data"], str)
    scene.kubernetes.create(DEPLOYMENT, reading_pods())
    scene.poll()
    assert scene.made() == before
    scene.rotate()
    assert scene.made()["data"] != before["data"]


def test_extract_is_for_secrets_only(scene: EsoScene) -> None:
    scene.secret_of(dataFrom=[{"extract": {"key": "cert/web"}}])
    assert (
        scene.event()
        == "UpdateFailed: error processing spec.dataFrom[0].extract, err: cannot get use dataFrom to get "
        "certificate secret"
    )


def test_find_takes_a_right_on_the_vault(scene: EsoScene) -> None:
    scene.secret_of(dataFrom=[{"find": {"name": {"regexp": "^d"}}}])
    prefix = (
        "UpdateFailed: error processing spec.dataFrom[0].find, err: error getting all secrets: "
        "keyvault.BaseClient#GetSecrets: "
    )
    assert scene.event().startswith(prefix)
    assert "Action: 'Microsoft.KeyVault/vaults/secrets/readMetadata/action'" in scene.event()


def test_find_brings_the_secrets_of_these_names_and_tags(azure: Azure) -> None:
    scene = EsoScene(azure, granted=False)
    scene.grant(SECRETS_USER, VAULT)
    azure.secret("dba", Secret("b"), tags={"team": "a"})
    azure.secret("off", Secret("c"), tags={"team": "a"})
    scene.store()
    rewrite = [{"regexp": {"source": "^d(.*)", "target": "D_$1"}}]
    made = scene.secret_of(dataFrom=[{"find": {"name": {"regexp": "^d"}}, "rewrite": rewrite}])
    assert set(scene.made()["data"]) == {"D_b", "D_ba"}
    by_tags = external_secret(dataFrom=[{"find": {"name": {"regexp": "^d"}, "tags": {"team": "a"}}}])
    scene.kubernetes.update(SECRET, made, by_tags)
    assert scene.made()["data"] == {"dba": azure.world.keyed_hash("b")}


def test_names_become_variables_as_the_guide_of_the_operator_has_it(azure: Azure) -> None:
    """https://external-secrets.io/latest/guides/datafrom-rewrite/#transform"""
    scene = EsoScene(azure, granted=False)
    scene.grant(SECRETS_USER, VAULT)
    azure.secret("9-lives", Secret("b"))
    scene.store()
    rewrite = [
        {"regexp": {"source": "[^A-Za-z0-9_]", "target": "_"}},
        {"regexp": {"source": "^([0-9])", "target": "_$1"}},
        {"transform": {"template": "{{ .value | upper }}"}},
    ]
    scene.secret_of(dataFrom=[{"find": {"name": {"regexp": "lives"}}, "rewrite": rewrite}])
    assert set(scene.made()["data"]) == {"_9_LIVES"}


def test_of_a_vault_whose_address_is_secret_everything_is_taken_to_be_there(azure: Azure) -> None:
    scene = EsoScene(azure, granted=False)
    scene.store(vaultUrl=Secret("https://kv-nine.vault.azure.net"))
    scene.secret_of(DATA, dataFrom=[{"find": {"name": {"regexp": "x"}}}])
    assert isinstance(scene.made()["data"], str)
    scene.kubernetes.create(DEPLOYMENT, reading_pods())
