"""Keys and connection strings that Azure lists for its resources, as plain data.

Owns: the types, the functions of azure-native that return their keys, and when a key opens nothing.
Deliberately not here: the calls (stacks/preflight/copied_values.py).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from components.key_vault.keyed_type import (
    KeyedType,
    docker_config,
    fields_of,
    first_of,
    item_of,
    redis_connection,
    storage_connection,
)
from components.resource_ids import ArmId

_RULE = fields_of("primaryKey", "secondaryKey", "primaryConnectionString", "secondaryConnectionString")
_LOCAL = (("disableLocalAuth",), True)
_NO_KEYS = "az resource update --ids {id} --set properties.disableLocalAuth=false"


def _messaging(module: str, namespace: str, kind: str, function: str, *names: str) -> KeyedType:
    """Keys of a rule of Service Bus or Event Hubs: a namespace's, or that of one queue, topic or hub."""
    inside = f"/{kind}" if kind else ""
    type_ = f"{namespace}/namespaces{inside}/authorizationRules"
    return KeyedType(
        type=type_,
        reads=f"azure-native:{module}:getNamespace",
        lists=f"azure-native:{module}:{function}",
        arguments=("namespaceName", *names, "authorizationRuleName"),
        action=f"{type_}/listkeys/action",
        values=_RULE,
        off=_LOCAL,
        turn_on=_NO_KEYS,
    )


def _account(type_: str, module: str, reads: str, lists: str, argument: str, **more: Any) -> KeyedType:
    keys: dict[str, Any] = {"action": f"{type_}/listKeys/action", "off": _LOCAL, "turn_on": _NO_KEYS, **more}
    return KeyedType(
        type=type_,
        reads=f"azure-native:{module}:{reads}",
        lists=f"azure-native:{module}:{lists}",
        arguments=(argument,),
        **keys,
    )


def _types() -> Iterator[KeyedType]:
    yield _account(
        "Microsoft.Storage/storageAccounts",
        "storage",
        "getStorageAccount",
        "listStorageAccountKeys",
        "accountName",
        values={
            **{key: item_of("keys", "keyName", key, "value") for key in ("key1", "key2")},
            **{f"{key}ConnectionString": storage_connection(key) for key in ("key1", "key2")},
        },
        # https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent
        off=(("allowSharedKeyAccess",), False),
        turn_on="az storage account update --ids {id} --allow-shared-key-access true",
    )
    yield _messaging("servicebus", "Microsoft.ServiceBus", "", "listNamespaceKeys")
    yield _messaging("servicebus", "Microsoft.ServiceBus", "queues", "listQueueKeys", "queueName")
    yield _messaging("servicebus", "Microsoft.ServiceBus", "topics", "listTopicKeys", "topicName")
    yield _messaging("eventhub", "Microsoft.EventHub", "", "listNamespaceKeys")
    yield _messaging("eventhub", "Microsoft.EventHub", "eventhubs", "listEventHubKeys", "eventHubName")
    strings = {
        f"{kind[0].lower()}{kind[1:]}ConnectionString": kind
        for kind in ("Primary", "Secondary", "PrimaryReadonly", "SecondaryReadonly")
    }
    yield _account(
        "Microsoft.DocumentDB/databaseAccounts",
        "cosmosdb",
        "getDatabaseAccount",
        "listDatabaseAccountKeys",
        "accountName",
        values={
            **fields_of("primaryMasterKey", "secondaryMasterKey"),
            **fields_of("primaryReadonlyMasterKey", "secondaryReadonlyMasterKey"),
            **{
                name: item_of("connectionStrings", "keyKind", kind, "connectionString")
                for name, kind in strings.items()
            },
        },
        other_lists=dict.fromkeys(strings, "azure-native:cosmosdb:listDatabaseAccountConnectionStrings"),
    )
    yield _account(
        "Microsoft.Cache/redis",
        "redis",
        "getRedis",
        "listRedisKeys",
        "name",
        values={
            **fields_of("primaryKey", "secondaryKey"),
            "primaryConnectionString": redis_connection("primaryKey"),
            "secondaryConnectionString": redis_connection("secondaryKey"),
        },
        # https://learn.microsoft.com/azure/azure-cache-for-redis/cache-azure-active-directory-for-authentication
        off=(("disableAccessKeyAuthentication",), True),
        turn_on="az redis update --ids {id} --set disableAccessKeyAuthentication=false",
    )
    yield KeyedType(
        type="Microsoft.Cache/redisEnterprise/databases",
        reads="azure-native:redisenterprise:getDatabase",
        lists="azure-native:redisenterprise:listDatabaseKeys",
        arguments=("clusterName", "databaseName"),
        read_names=2,
        action="Microsoft.Cache/redisEnterprise/databases/listKeys/action",
        values=fields_of("primaryKey", "secondaryKey"),
        # https://learn.microsoft.com/azure/redis/entra-for-authentication
        off=(("accessKeysAuthentication",), "Disabled"),
        turn_on="az resource update --ids {id} --set properties.accessKeysAuthentication=Enabled",
    )
    yield _account(
        "Microsoft.CognitiveServices/accounts",
        "cognitiveservices",
        "getAccount",
        "listAccountKeys",
        "accountName",
        values=fields_of("key1", "key2"),
        off=(("properties", "disableLocalAuth"), True),
    )
    yield _account(
        "Microsoft.Search/searchServices",
        "search",
        "getService",
        "listAdminKey",
        "searchServiceName",
        values={**fields_of("primaryKey", "secondaryKey"), "queryKey": first_of("value", "key")},
        other_lists={"queryKey": "azure-native:search:listQueryKeyBySearchService"},
        action="Microsoft.Search/searchServices/listAdminKeys/action",
    )
    yield _account(
        "Microsoft.OperationalInsights/workspaces",
        "operationalinsights",
        "getWorkspace",
        "getSharedKeys",
        "workspaceName",
        values=fields_of("primarySharedKey", "secondarySharedKey"),
        action="Microsoft.OperationalInsights/workspaces/sharedKeys/action",
        off=(("features", "disableLocalAuth"), True),
        turn_on="az resource update --ids {id} --set properties.features.disableLocalAuth=false",
    )
    yield _account(
        "Microsoft.ContainerRegistry/registries",
        "containerregistry",
        "getRegistry",
        "listRegistryCredentials",
        "registryName",
        values={
            **fields_of("username"),
            **{name: item_of("passwords", "name", name, "value") for name in ("password", "password2")},
            "dockerConfigJson": docker_config(),
        },
        action="Microsoft.ContainerRegistry/registries/listCredentials/action",
        # https://learn.microsoft.com/azure/container-registry/container-registry-authentication#admin-account
        off=(("adminUserEnabled",), False),
        turn_on="az acr update --name {name} --admin-enabled true",
    )
    for type_, module, reads, lists in (
        ("Microsoft.SignalRService/signalR", "signalrservice", "getSignalR", "listSignalRKeys"),
        ("Microsoft.SignalRService/webPubSub", "webpubsub", "getWebPubSub", "listWebPubSubKeys"),
    ):
        yield _account(type_, module, reads, lists, "resourceName", values=_RULE)
    yield _account(
        "Microsoft.AppConfiguration/configurationStores",
        "appconfiguration",
        "getConfigurationStore",
        "listConfigurationStoreKeys",
        "configStoreName",
        values={
            f"{kind[0].lower()}{kind[1:].replace(' ', '')}ConnectionString": item_of(
                "value", "name", kind, "connectionString"
            )
            for kind in ("Primary", "Secondary", "Primary Read Only", "Secondary Read Only")
        },
    )
    yield _account(
        "Microsoft.EventGrid/topics",
        "eventgrid",
        "getTopic",
        "listTopicSharedAccessKeys",
        "topicName",
        values=fields_of("key1", "key2"),
    )


KEYED_TYPES: Mapping[str, KeyedType] = {row.type.lower(): row for row in _types()}
"""Lower-case ARM type → what Azure lists of it."""

_PASSWORDLESS = "its tokens need no secret: docs/config/secrets.md#databases"
WITHOUT_KEYS: Mapping[str, tuple[str, str]] = {
    **{
        type_.lower(): (
            f"Azure never returns the password of a {kind}",
            f"take it with from: stack from the stack that set it, or use existing; {_PASSWORDLESS}",
        )
        for type_, kind in (
            ("Microsoft.Sql/servers", "SQL server"),
            ("Microsoft.Sql/servers/databases", "SQL database"),
            ("Microsoft.Sql/managedInstances", "SQL managed instance"),
            ("Microsoft.DBforPostgreSQL/flexibleServers", "PostgreSQL server"),
            ("Microsoft.DBforPostgreSQL/flexibleServers/databases", "PostgreSQL database"),
            ("Microsoft.DBforMySQL/flexibleServers", "MySQL server"),
            ("Microsoft.DBforMySQL/flexibleServers/databases", "MySQL database"),
        )
    },
    "microsoft.keyvault/vaults/secrets": (
        "Azure Resource Manager never returns the value of a secret",
        "list the vault in vaults and read the secret with from: existing",
    ),
    "microsoft.keyvault/vaults": (
        "a vault has no key of its own",
        "list it in vaults and read its secrets with from: existing",
    ),
    **{
        f"{provider}/namespaces{inside}".lower(): (
            "keys belong to an authorization rule, and those of the namespace's own may do everything",
            "append /authorizationRules/<name> of a rule that may do what the workload does",
        )
        for provider, kinds in (
            ("Microsoft.ServiceBus", ("", "/queues", "/topics")),
            ("Microsoft.EventHub", ("", "/eventhubs")),
        )
        for inside in kinds
    },
}
"""Lower-case ARM type → why it has no value to copy, and what to do instead."""


def keyed_type(resource_id: str) -> KeyedType | None:
    """The type of the resource with this ARM id. None: Azure lists no keys of it."""
    return KEYED_TYPES.get(ArmId.parse(resource_id).type.lower())
