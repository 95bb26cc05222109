"""Values of another stack and of an Azure resource in a user's tests: from the cloud file or from answers."""

from typing import Any

import pulumi
import pytest

from aks_secrets_testing.stacks import StackBuild, build_document
from rehearsal.simulators.azure.listed_keys import Keys
from tests.aks_secrets_testing.test_stacks import CLOUD, SHARED

STORAGE = f"{SHARED}/providers/Microsoft.Storage/storageAccounts/stshop"
REDIS = f"{SHARED}/providers/Microsoft.Cache/redis/cache-shop"
DATA: dict[str, Any] = {
    **CLOUD,
    "azure": [
        *CLOUD["azure"],
        {"id": STORAGE, "location": "westeurope", "kind": "StorageV2"},
        {"id": REDIS, "location": "westeurope"},
    ],
    "stacks": [
        {
            "name": "organization/data/prod",
            "outputs": {"host": "db.example.com"},
            "secretOutputs": {"users": {"orders": {"password": "p/w+1", "port": 5432}}},
        }
    ],
}
USERS = {"name": "organization/data/prod", "output": "users"}


def built(*secrets: dict[str, Any], **options: Any) -> StackBuild:
    config = {
        "azure-native:location": "westeurope",
        "aks-secrets:composition": "workloads",
        "aks-secrets:cluster": {
            "existing": {"name": "aks-shared", "resource_group": "rg-shared"},
            "resource_group": "rg-shared",
        },
        "aks-secrets:vault": {"existing": {"name": "kv-shared", "resource_group": "rg-shared"}},
        "aks-secrets:resource_groups": [{"name": "rg-shared", "existing": True}],
        "aks-secrets:workloads": [
            {
                "name": "orders",
                "namespace": "shop",
                "technique": "sdk",
                "kind": "none",
                "secrets": list(secrets),
            }
        ],
    }
    return build_document({"config": config}, "team", **{"cloud": DATA, **options})


def stack(name: str = "db", **keys: Any) -> dict[str, Any]:
    return {"name": name, "from": "stack", "stack": {**USERS, **keys}}


def resource(name: str, id_: str = STORAGE, value: str = "key1", **keys: Any) -> dict[str, Any]:
    return {"name": name, "from": "resource", "resource": {"id": id_, "value": value, **keys}}


def values(build: StackBuild) -> dict[str, str]:
    return {
        secret.plain()["secretName"]: secret.plain()["properties"]["value"]
        for secret in build.of_type("Secret")
    }


def test_values_are_copied_and_are_secrets_of_pulumi() -> None:
    password = {**USERS, "property": "orders.password"}
    url = {**password, "format": "postgres://orders:{value:urlquery}@db.example.com/{name}"}
    copied = built(
        stack("password", property="orders.password"),
        {**stack("url"), "stack": url},
        stack("port", property="orders.port"),
        stack("json"),
        {"name": "host", "from": "stack", "sensitive": False, "stack": {**USERS, "output": "host"}},
        resource("storage"),
        resource("storage-string", value="key2ConnectionString"),
        {**resource("cache", REDIS, "primaryConnectionString"), "manage": "once"},
    )
    key = {name: Keys(id_, {}).key(name, 64) for id_ in (STORAGE,) for name in ("key1", "key2")}
    cache = Keys(REDIS, {}).key("primaryKey")
    assert values(copied) == {
        "password": "p/w+1",
        "url": "postgres://orders:p%2Fw%2B1@db.example.com/users",
        "port": "5432",
        "json": '{"orders": {"password": "p/w+1", "port": 5432}}',
        "host": "db.example.com",
        "storage": key["key1"],
        "storage-string": (
            f"DefaultEndpointsProtocol=https;AccountName=stshop;AccountKey={key['key2']}"
            ";EndpointSuffix=core.windows.net"
        ),
        "cache": f"cache-shop.redis.cache.windows.net:6380,password={cache},ssl=True,abortConnect=False",
    }
    for secret in copied.of_type("Secret"):
        value = secret.inputs["properties"]["value"] if not secret.is_secret("properties") else {}
        assert secret.is_secret("properties") or "1b47061264138c4ac30d75fd1eb44270" in str(value)
        is_once = secret.name.endswith("/cache")
        assert secret.ignore_changes == (("properties", "tags") if is_once else ())
    assert not copied.of_type("StackReference"), "it would keep the other outputs in this stack's state"
    assert copied.reads("orders") >= {"password", "storage"}


def test_a_test_can_can_what_azure_and_the_other_stack_answer() -> None:
    answers = {
        "pulumi:pulumi:readStackOutputs": {"outputs": {"users": "canned"}, "secretOutputNames": ["users"]},
        "azure-native:storage:getStorageAccount": {},
        "azure-native:storage:listStorageAccountKeys": {"keys": [{"keyName": "key1", "value": "canned too"}]},
    }
    assert values(built(stack(), resource("key"), answers=answers, cloud=CLOUD)) == {
        "db": "canned",
        "key": "canned too",
    }


def test_what_the_cloud_file_does_not_have_is_refused() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        built(stack(), resource("key", STORAGE), cloud=CLOUD)
    assert 'stack organization/data/prod cannot be read: unknown stack "organization/data/prod"' in str(
        refused.value
    )
    assert "there is no resource Microsoft.Storage/storageAccounts 'stshop'" in str(refused.value)
