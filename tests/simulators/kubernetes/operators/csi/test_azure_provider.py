"""The Azure provider of the CSI driver: parameters and objects of a SecretProviderClass."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.acting import Azure
from tests.support.manifests import DEPLOYMENT
from tests.support.mounting import (
    ENV,
    FAILED_READ,
    SECRETS_OFFICER,
    SYNCED,
    VAULT,
    MountScene,
    mounting,
    refused,
)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"keyvaultName": None}, "keyvaultName is not provided"),
        ({"tenantId": None}, "tenantId is not provided"),
        (
            {"keyvaultName": "kv"},
            'failed to get vault: Invalid vault name: "kv", must be between 3 and 24 chars',
        ),
        (
            {"keyvaultName": "kv_one"},
            'failed to get vault: Invalid vault name: "kv_one", must match [-a-zA-Z0-9]{3,24}',
        ),
        (
            {"usePodIdentity": "no"},
            'failed to parse usePodIdentity flag, error: strconv.ParseBool: parsing "no": invalid syntax',
        ),
        (
            {"usePodIdentity": "true", "useVMManagedIdentity": "true"},
            "only one identity mode can be enabled at a time: usePodIdentity, useVMManagedIdentity, or "
            "useAzureTokenProxy",
        ),
        (
            {"cloudName": "Azure"},
            "cloudName Azure is not valid, error: autorest/azure: There is no cloud environment matching "
            'the name "AZURE"',
        ),
        (
            {"clientID": None},
            "failed to build auth config for mode None: failed to get credentials, nodePublishSecretRef "
            "secret is not set",
        ),
        ({"objects": None}, "objects is not set"),
        (
            {"objects": "array:\n  - objectName: db\n"},
            "failed to yaml unmarshal objects, error: yaml: unmarshal errors:\n  line 2: cannot unmarshal "
            "!!map into string",
        ),
        (
            {"objects": "- db\n"},
            "failed to yaml unmarshal objects, error: yaml: unmarshal errors:\n  line 1: cannot unmarshal "
            "!!seq into types.StringArray",
        ),
        ({"objects": "array: []\n"}, "missing object versions"),
    ],
)
def test_what_the_provider_says_of_parameters(scene: MountScene, more: dict[str, Any], says: str) -> None:
    scene.class_of(**more)
    assert refused(scene) == says


@pytest.mark.parametrize(
    ("desired", "says"),
    [
        ({"objectType": "secrets"}, "Invalid vaultObjectTypes. Should be secret, key, or cert"),
        ({"objectAlias": "../db"}, "file name must not contain '..'"),
        ({"objectAlias": "/db"}, "file name must be a relative path"),
        ({"objectName": ""}, "file name must not be empty"),
        ({"objectFormat": "der"}, "invalid objectFormat: der, should be PEM or PFX"),
        ({"objectType": "cert", "objectFormat": "pfx"}, "PFX format only supported for objectType: secret"),
        (
            {"objectType": "key", "objectEncoding": "hex"},
            "objectEncoding only supported for objectType: secret",
        ),
        ({"objectEncoding": "latin1"}, "invalid objectEncoding: latin1, should be hex, base64 or utf-8"),
    ],
)
def test_what_the_provider_says_of_an_object(scene: MountScene, desired: dict[str, Any], says: str) -> None:
    requested = {"objectName": "db", "objectType": "secret", **desired}
    scene.class_of(requested)
    assert (
        refused(scene)
        == f"failed to get objectType:{requested['objectType']}, objectName:{requested['objectName']}, "
        f"objectVersion:: {says}"
    )


def test_history_is_a_number(scene: MountScene) -> None:
    scene.class_of({"objectName": "db", "objectType": "secret", "objectVersionHistory": "two"})
    assert refused(scene) == (
        "unmarshal failed for keyVaultObjects at index 0, error: yaml: unmarshal errors:\n  line 1: cannot "
        "unmarshal !!str `two` into int32"
    )


def test_an_object_says_what_its_file_is(scene: MountScene) -> None:
    """The provider accepts a permission that is no number: types/parameters.go has the error, provider.go
    drops it.
    """
    requested = (
        "objectName: db\nobjectType: secret\nobjectAlias: a/b\nobjectFormat: PEM\nobjectEncoding: "
        "UTF-8\nfilePermission: x\n"
    )
    requested += "objectVersion:\n"
    scene.class_of(requested, synced=[{**SYNCED, "data": [{"objectName": "a/b", "key": "password"}]}])
    scene.kubernetes.create(DEPLOYMENT, mounting(ENV))


def test_the_vault_is_reached_by_name(scene: MountScene) -> None:
    scene.class_of(keyvaultName="kv-two")
    assert refused(scene) == f"{FAILED_READ}dial tcp: lookup kv-two.vault.azure.net: no such host"


def test_a_version_that_never_was_is_missed(scene: MountScene) -> None:
    scene.class_of({"objectName": "db", "objectType": "secret", "objectVersion": "0" * 32})
    assert (
        f"ERROR CODE: SecretNotFound A secret with (name/id) db/{'0' * 32} was not found in this key vault."
        in refused(scene)
    )


def test_a_deleted_secret_is_missed(scene: MountScene) -> None:
    scene.class_of()
    scene.azure.delete("keyvault:Secret", scene.secret)
    assert refused(scene).startswith(
        f"{FAILED_READ}RESPONSE 404: 404 Not Found ERROR CODE: SecretNotFound A secret with (name/id) db "
        "was not found"
    )


def test_an_object_that_the_world_does_not_know_is_taken_to_be_there(azure: Azure) -> None:
    scene = MountScene(azure)
    scene.grant(SECRETS_OFFICER, VAULT)
    scene.class_of({"objectName": "elsewhere", "objectType": "secret"})
    scene.kubernetes.create(DEPLOYMENT, mounting())
