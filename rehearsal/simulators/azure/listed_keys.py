"""Functions that list the keys of a resource, and what ARM refuses about them.

The keys are stand-ins in the form of each service, the same in every rehearsal for the same resource. As in
azure-native, none is marked as secret (pulumi-azure-native#1693).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.azure import arm
from rehearsal.simulators.azure.arm_type import ArmType
from rehearsal.simulators.azure.governance import refuse_locked_or_denied
from rehearsal.simulators.azure.types import TYPES
from rehearsal.simulators.provider import Properties, ProviderError
from rehearsal.simulators.world import AzureResource, World

_ROOT_RULE: Final = "RootManageSharedAccessKey"
"""Every namespace has it from its creation:
https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas#shared-access-authorization-policies
"""


@dataclass(frozen=True)
class Keys:
    """The keys of one resource."""

    id: str
    properties: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.id.rsplit("/", 1)[1]

    def key(self, label: str, size: int = 32) -> str:
        """A key of so many bytes in Base64."""
        digest = hashlib.sha512(f"{self.id}|{label}".lower().encode()).digest()
        return base64.b64encode(digest[:size]).decode()


Answer = Callable[[Keys], Properties]


def list_keys(world: World, token: str, arguments: Mapping[str, Any], subscription: str) -> Properties:
    """The result of the function. Raises ProviderError with the provider's message."""
    type_token, answer, action = FUNCTIONS[token]
    row = TYPES[type_token]
    id_ = row.id(arguments, subscription)
    resource = world.get(id_)
    namespace = world.get(id_.rsplit("/", 2)[0]) if id_.endswith(f"/{_ROOT_RULE}") else None
    if resource is None and namespace is None:
        raise ProviderError(f"request failed {id_}: {arm.not_found(world, id_, row.arm_type)}")
    try:
        refuse_locked_or_denied(world, id_, f"{row.arm_type}/{action}")
        _refuse_turned_off(row, resource)
    except arm.ArmError as error:
        raise ProviderError(f"request failed {id_}/{action.partition('/')[0]}: {error}") from None
    return answer(Keys(id_, resource.properties if resource else {}))


def _refuse_turned_off(row: ArmType, resource: AzureResource | None) -> None:
    """Most services list keys that open nothing. These two do not.

    The words: https://learn.microsoft.com/azure/container-registry/container-registry-authentication#admin-account
    and Azure/azure-sdk-for-net#39346.
    """
    properties = resource.properties if resource else {}
    if row.token == "azure-native:containerregistry:Registry" and not properties.get("adminUserEnabled"):
        raise arm.ArmError(
            400,
            "UnAuthorizedForCredentialOperations",
            f"Cannot perform credential operations for {resource.id if resource else ''} as admin user is"
            " disabled. Kindly enable admin user as per docs:"
            " https://docs.microsoft.com/en-us/azure/container-registry/container-registry-authentication#admin-account",
        )
    is_cognitive = row.token == "azure-native:cognitiveservices:Account"
    if is_cognitive and (properties.get("properties") or {}).get("disableLocalAuth"):
        raise arm.ArmError(400, "BadRequest", "Failed to list key. disableLocalAuth is set to be true")


def _storage(keys: Keys) -> Properties:
    """https://learn.microsoft.com/rest/api/storagerp/storage-accounts/list-keys"""
    return {
        "keys": [
            {
                "creationTime": "2026-01-01T00:00:00.0000000Z",
                "keyName": name,
                "permissions": "FULL",
                "value": keys.key(name, 64),
            }
            for name in ("key1", "key2")
        ]
    }


def _rule(keys: Keys) -> Properties:
    """https://learn.microsoft.com/rest/api/servicebus/controlplane-stable/namespaces-authorization-rules/list-keys

    The string of a queue, topic or hub names it: EntityPath.
    """
    parts = keys.id.split("/")
    entity = f";EntityPath={parts[10]}" if len(parts) > 12 else ""
    answer: Properties = {"keyName": keys.name}
    for label in ("primary", "secondary"):
        key = keys.key(label)
        answer[f"{label}Key"] = key
        answer[f"{label}ConnectionString"] = (
            f"Endpoint=sb://{parts[8]}.servicebus.windows.net/;SharedAccessKeyName={keys.name}"
            f";SharedAccessKey={key}{entity}"
        )
    return answer


_COSMOS_KINDS: Final = ("Primary", "Secondary", "PrimaryReadonly", "SecondaryReadonly")


def _cosmos(keys: Keys) -> Properties:
    """https://learn.microsoft.com/rest/api/cosmos-db-resource-provider/database-accounts/list-keys"""
    return {f"{kind[0].lower()}{kind[1:]}MasterKey": keys.key(kind, 64) for kind in _COSMOS_KINDS}


def _cosmos_strings(keys: Keys) -> Properties:
    """https://learn.microsoft.com/rest/api/cosmos-db-resource-provider/database-accounts/list-connection-strings"""
    endpoint = f"https://{keys.name}.documents.azure.com:443/"
    return {
        "connectionStrings": [
            {
                "connectionString": f"AccountEndpoint={endpoint};AccountKey={keys.key(kind, 64)};",
                "description": f"{kind} SQL Connection String",
                "keyKind": kind,
                "type": "Sql",
            }
            for kind in _COSMOS_KINDS
        ]
    }


def _pair(first: str, second: str, size: int = 32) -> Answer:
    return lambda keys: {name: keys.key(name, size) for name in (first, second)}


def _registry(keys: Keys) -> Properties:
    """https://learn.microsoft.com/rest/api/containerregistry/registries/list-credentials"""
    names = ("password", "password2")
    return {
        "username": keys.name,
        "passwords": [{"name": name, "value": keys.key(name, 39)} for name in names],
    }


def _endpoint(host: str) -> Answer:
    """https://learn.microsoft.com/rest/api/signalr/signal-r/list-keys"""

    def answer(keys: Keys) -> Properties:
        result: Properties = {}
        for label in ("primary", "secondary"):
            result[f"{label}Key"] = keys.key(label)
            result[f"{label}ConnectionString"] = (
                f"Endpoint=https://{keys.name}.{host};AccessKey={keys.key(label)};Version=1.0;"
            )
        return result

    return answer


def _store(keys: Keys) -> Properties:
    """https://learn.microsoft.com/rest/api/appconfiguration/configuration-stores/list-keys"""
    endpoint = f"https://{keys.name}.azconfig.io"
    return {
        "value": [
            {
                "id": keys.key(name, 6),
                "name": name,
                "value": keys.key(name),
                "connectionString": f"Endpoint={endpoint};Id={keys.key(name, 6)};Secret={keys.key(name)}",
                "lastModified": "2026-01-01T00:00:00+00:00",
                "readOnly": name.endswith("Only"),
            }
            for name in ("Primary", "Secondary", "Primary Read Only", "Secondary Read Only")
        ]
    }


def _query_keys(keys: Keys) -> Properties:
    """https://learn.microsoft.com/rest/api/searchmanagement/query-keys/list-by-search-service"""
    return {"nextLink": "", "value": [{"name": "", "key": keys.key("query")}]}


def _functions() -> Iterator[tuple[str, tuple[str, Answer, str]]]:
    def row(module: str, function: str, type_: str, answer: Answer, action: str = "listKeys/action") -> Any:
        return f"azure-native:{module}:{function}", (f"azure-native:{module}:{type_}", answer, action)

    yield row("storage", "listStorageAccountKeys", "StorageAccount", _storage)
    for module, kinds in (
        ("servicebus", ("Namespace", "Queue", "Topic")),
        ("eventhub", ("Namespace", "EventHub")),
    ):
        for kind in kinds:
            yield row(module, f"list{kind}Keys", f"{kind}AuthorizationRule", _rule, "listkeys/action")
    yield row("cosmosdb", "listDatabaseAccountKeys", "DatabaseAccount", _cosmos)
    strings = "listConnectionStrings/action"
    yield row("cosmosdb", "listDatabaseAccountConnectionStrings", "DatabaseAccount", _cosmos_strings, strings)
    yield row("redis", "listRedisKeys", "Redis", _pair("primaryKey", "secondaryKey"))
    yield row("redisenterprise", "listDatabaseKeys", "Database", _pair("primaryKey", "secondaryKey"))
    yield row("cognitiveservices", "listAccountKeys", "Account", _pair("key1", "key2"))
    admin = "listAdminKeys/action"
    yield row("search", "listAdminKey", "Service", _pair("primaryKey", "secondaryKey"), admin)
    yield row("search", "listQueryKeyBySearchService", "Service", _query_keys, "listQueryKeys/action")
    shared = _pair("primarySharedKey", "secondarySharedKey", 64)
    yield row("operationalinsights", "getSharedKeys", "Workspace", shared, "sharedKeys/action")
    credentials = "listCredentials/action"
    yield row("containerregistry", "listRegistryCredentials", "Registry", _registry, credentials)
    yield row("signalrservice", "listSignalRKeys", "SignalR", _endpoint("service.signalr.net"))
    yield row("webpubsub", "listWebPubSubKeys", "WebPubSub", _endpoint("webpubsub.azure.com"))
    yield row("appconfiguration", "listConfigurationStoreKeys", "ConfigurationStore", _store)
    yield row("eventgrid", "listTopicSharedAccessKeys", "Topic", _pair("key1", "key2"))


FUNCTIONS: Final[Mapping[str, tuple[str, Answer, str]]] = dict(_functions())
"""Function → type of the resource, its answer, and the last part of the action that it needs."""


@arm.response("azure-native:redis:Redis")
def _redis(write: arm.Write) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/redis/redis/get"""
    return {"hostName": f"{write.name}.redis.cache.windows.net", "sslPort": 6380, "port": 6379}
