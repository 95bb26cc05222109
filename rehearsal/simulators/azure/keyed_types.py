"""Types of Azure that a stack reads keys of and never creates: storage accounts, namespaces, databases.

Rows like those of types.py, which holds the types that a program creates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rehearsal.simulators.azure.arm_type import GROUP, ArmType, arm_type

_SERVICE_BUS: Final = GROUP + "/providers/Microsoft.ServiceBus/namespaces/{namespaceName}"
_EVENT_HUBS: Final = GROUP + "/providers/Microsoft.EventHub/namespaces/{namespaceName}"
_RULE: Final = "/authorizationRules/{authorizationRuleName}"
_REDIS: Final = GROUP + "/providers/Microsoft.Cache/redisEnterprise/{clusterName}"

KEYED_TYPES: Final[Mapping[str, ArmType]] = {
    row.token: row
    for row in (
        arm_type(
            "storage:StorageAccount", GROUP + "/providers/Microsoft.Storage/storageAccounts/{accountName}"
        ),
        arm_type("servicebus:Namespace", _SERVICE_BUS),
        arm_type("servicebus:NamespaceAuthorizationRule", _SERVICE_BUS + _RULE),
        arm_type("servicebus:QueueAuthorizationRule", _SERVICE_BUS + "/queues/{queueName}" + _RULE),
        arm_type("servicebus:TopicAuthorizationRule", _SERVICE_BUS + "/topics/{topicName}" + _RULE),
        arm_type("eventhub:Namespace", _EVENT_HUBS),
        arm_type("eventhub:NamespaceAuthorizationRule", _EVENT_HUBS + _RULE),
        arm_type("eventhub:EventHubAuthorizationRule", _EVENT_HUBS + "/eventhubs/{eventHubName}" + _RULE),
        arm_type(
            "cosmosdb:DatabaseAccount",
            GROUP + "/providers/Microsoft.DocumentDB/databaseAccounts/{accountName}",
        ),
        arm_type("redis:Redis", GROUP + "/providers/Microsoft.Cache/redis/{name}"),
        arm_type("redisenterprise:RedisEnterprise", _REDIS),
        arm_type("redisenterprise:Database", _REDIS + "/databases/{databaseName}"),
        arm_type(
            "cognitiveservices:Account",
            GROUP + "/providers/Microsoft.CognitiveServices/accounts/{accountName}",
        ),
        arm_type("search:Service", GROUP + "/providers/Microsoft.Search/searchServices/{searchServiceName}"),
        arm_type(
            "signalrservice:SignalR", GROUP + "/providers/Microsoft.SignalRService/signalR/{resourceName}"
        ),
        arm_type(
            "webpubsub:WebPubSub", GROUP + "/providers/Microsoft.SignalRService/webPubSub/{resourceName}"
        ),
        arm_type(
            "appconfiguration:ConfigurationStore",
            GROUP + "/providers/Microsoft.AppConfiguration/configurationStores/{configStoreName}",
        ),
        arm_type("eventgrid:Topic", GROUP + "/providers/Microsoft.EventGrid/topics/{topicName}"),
    )
}
