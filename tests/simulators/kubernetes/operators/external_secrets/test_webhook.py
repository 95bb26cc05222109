"""Refusals by the definitions and the webhook of the operator, and Pulumi's waiting for its objects."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.init_failed import InitFailedError
from rehearsal.simulators.kubernetes.apiserver.custom_resources import value_failures
from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, Resource
from tests.support.eso import DATA, SECRET, STORE, EsoScene, external_secret, store, waiting

READY = "jsonpath={.status.conditions[?(@.type=='Ready')].status}"
DENIED = 'admission webhook "validate.externalsecret.external-secrets.io" denied the request: '


@pytest.fixture
def scene(azure: Azure) -> EsoScene:
    return EsoScene(azure)


def refused(scene: EsoScene, token: str, desired: dict[str, Any]) -> str:
    with pytest.raises(ProviderError) as error:
        scene.kubernetes.create(token, desired)
    return str(error.value).partition("Kubernetes API server: ")[2]


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"data": [{"secretKey": "a"}]}, "is invalid: spec.data[0].remoteRef: Required value"),
        ({"data": [{"secretKey": "a b", "remoteRef": {"key": "db"}}]}, "should match '^[-._a-zA-Z0-9]+$'"),
        (
            {"data": [{"secretKey": "a" * 254, "remoteRef": {"key": "db"}}]},
            "spec.data[0].secretKey: Too long: may not be more than 253 bytes",
        ),
        (
            {"refreshPolicy": "Never"},
            'Unsupported value: "Never": supported values: "CreatedOnce", "Periodic", "OnChange"',
        ),
        (
            {"target": {"template": {"engineVersion": "v1"}}},
            'Unsupported value: "v1": supported values: "v2"',
        ),
        (
            {"dataFrom": [{"find": {}, "sourceRef": {}}]},
            "Invalid value: 0: spec.dataFrom[0].sourceRef in body should have at least 1 properties",
        ),
        (
            {"syncWindows": {"kind": "deny", "windows": []}},
            "spec.syncWindows.windows in body should have at least 1 items",
        ),
        ({"refreshinterval": "1m"}, ".spec.refreshinterval: field not declared in schema"),
    ],
    ids=["required", "pattern", "length", "enum", "engine", "properties", "items", "unknown"],
)
def test_an_external_secret_fits_its_definition(scene: EsoScene, spec: dict[str, Any], says: str) -> None:
    assert refused(scene, SECRET, external_secret(**spec)).endswith(says)


def test_a_store_has_one_provider_and_its_address(scene: EsoScene) -> None:
    desired = store()
    desired["spec"]["provider"]["vault"] = {"server": "x"}
    assert (
        refused(scene, STORE, desired)
        == 'SecretStore.external-secrets.io "azure" is invalid: spec.provider: Too many: 2: must have at '
        "most 1 item"
    )
    assert refused(scene, STORE, store(vaultUrl=None)).endswith(
        "spec.provider.azurekv.vaultUrl: Required value"
    )
    assert refused(scene, STORE, store(authType="WorkLoadIdentity")).startswith(
        "SecretStore.external-secrets.io"
    )


def test_too_many_items_are_said() -> None:
    (failure,) = value_failures({"a": [1, 2, 3]}, {"properties": {"a": {"type": "array", "maxItems": 2}}})
    assert failure.reason == "a: Too many: 3: must have at most 2 items"


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"data": []}, "either data or dataFrom should be specified"),
        (
            {"target": {"creationPolicy": "Merge", "deletionPolicy": "Delete"}},
            "deletionPolicy=Delete must not be used when the controller doesn't own the secret. Please set "
            "creationPolicy=Owner",
        ),
        (
            {"target": {"creationPolicy": "None", "deletionPolicy": "Merge"}},
            "deletionPolicy=Merge must not be used with creationPolicy=None. There is no Secret to "
            "merge with",
        ),
        (
            {"dataFrom": [{"find": {}, "extract": {"key": "a"}}]},
            "extract, find, or generatorRef cannot be set at the same time",
        ),
        ({"dataFrom": [{}]}, "either extract, find, or sourceRef must be set to dataFrom"),
        ({"data": [dict(DATA), dict(DATA)]}, "duplicate secretKey found: password"),
        (
            {"target": {"template": {"type": "bootstrap.kubernetes.io/token"}}},
            'template.type="bootstrap.kubernetes.io/token" is not allowed',
        ),
        ({"refreshInterval": "60"}, 'time: missing unit in duration "60"'),
        ({"refreshInterval": "1d"}, 'time: unknown unit "d" in duration "1d"'),
        ({"refreshInterval": "soon"}, 'time: invalid duration "soon"'),
        (
            {"data": [], "target": {"template": {"templateFrom": [{"literal": "a: b", "target": "spec"}]}}},
            "either data or dataFrom should be specified\n"
            'templateFrom target="spec" is not allowed when targeting a Secret, must be one of "Data", '
            '"Annotations" or "Labels"',
        ),
    ],
)
def test_the_webhook_refuses_an_external_secret(scene: EsoScene, spec: dict[str, Any], says: str) -> None:
    assert refused(scene, SECRET, external_secret(**spec)) == DENIED + says


@pytest.mark.parametrize(
    ("azure_kv", "says"),
    [
        (
            {"serviceAccountRef": {"name": "a", "namespace": "b"}},
            "invalid ServiceAccountRef: namespace should either be empty or match",
        ),
        (
            {"environmentType": "AzureStackCloud"},
            "CustomCloudConfig is required when EnvironmentType is AzureStackCloud",
        ),
        (
            {"customCloudConfig": {"activeDirectoryEndpoint": "x"}},
            "CustomCloudConfig requires UseAzureSDK to be set to true",
        ),
    ],
)
def test_the_webhook_refuses_a_store(scene: EsoScene, azure_kv: dict[str, Any], says: str) -> None:
    denied = 'admission webhook "validate.secretstore.external-secrets.io" denied the request: '
    assert refused(scene, STORE, store(**azure_kv)).startswith(denied + says)


def test_the_webhook_looks_at_updates_too(scene: EsoScene) -> None:
    scene.store()
    made = scene.secret_of()
    with pytest.raises(InitFailedError, match="denied the request: either data or dataFrom"):
        scene.kubernetes.update(SECRET, made, external_secret(data=[]))


def test_without_the_webhook_nobody_refuses(azure: Azure) -> None:
    scene = EsoScene(azure, webhook={"create": False})
    scene.store()
    scene.secret_of(data=[])
    assert scene.condition() == ("True", "SecretSynced", "secret retained due to DeletionPolicy=Retain")


@pytest.mark.parametrize(
    "annotation",
    [
        "condition=Ready",
        "condition=ready=true",
        f"{READY}=True",
        '["condition=Ready", "jsonpath={.status.binding.name}=db"]',
        READY,
    ],
)
def test_pulumi_waits_for_what_an_annotation_says(scene: EsoScene, annotation: str) -> None:
    desired = waiting(external_secret(), **{"pulumi.com/waitFor": annotation})
    if annotation == READY:
        scene.kubernetes.create(SECRET, desired)  # any value will do
        return
    with pytest.raises(InitFailedError, match="timed out waiting for the condition") as error:
        scene.kubernetes.create(SECRET, desired)
    assert error.value.reasons[-1].startswith("UpdateFailed: error processing spec.data[0]")
    scene.store()
    assert scene.condition()[0] == "True"
    there = Resource("demo/db", desired, scene.the("ExternalSecret"))
    scene.kubernetes.update(SECRET, there, {**desired, "spec": {**desired["spec"], "refreshInterval": "5m"}})


@pytest.mark.parametrize(
    ("annotation", "says"),
    [
        ("Ready", 'expected a "jsonpath=" or "condition=" prefix, got "Ready"'),
        ("[]", "at least one condition must be specified"),
        ("jsonpath=.status", ".status should be wrapped in brackets { ... }"),
        ("jsonpath={.status}=", "{.status}= requires a value"),
    ],
)
def test_an_annotation_that_pulumi_cannot_read_leaves_an_object_outside_the_state(
    scene: EsoScene, annotation: str, says: str
) -> None:
    desired = waiting(external_secret(), **{"pulumi.com/waitFor": annotation})
    assert refused(scene, SECRET, desired) == says
    assert refused(scene, SECRET, desired).startswith(
        'externalsecrets.external-secrets.io "db" already exists'
    )


@pytest.mark.parametrize(
    "annotations", [{"note": "x"}, {"pulumi.com/waitFor": "condition=Ready", "pulumi.com/skipAwait": "true"}]
)
def test_without_the_annotation_nothing_waits(scene: EsoScene, annotations: dict[str, str]) -> None:
    scene.kubernetes.create(SECRET, waiting(external_secret(), **annotations))
    assert scene.condition()[0] == "False"
