"""System topics of Event Grid, and event subscriptions that turn the events of a vault into alerts.

https://learn.microsoft.com/azure/event-grid/system-topics,
.../handle-key-vault-events-using-azure-monitor-alerts. Simulated: event types of vaults, and alerts as
destination. No event is ever sent. Where a rule cites no issue for its message, ARM's message is not
published.
"""

from __future__ import annotations

import re
from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, not_found, response, rule
from rehearsal.simulators.azure.insights import require_action_group
from rehearsal.simulators.azure.types import type_of_id

TOPIC: Final = "azure-native:eventgrid:SystemTopic"
SUBSCRIPTION: Final = "azure-native:eventgrid:SystemTopicEventSubscription"
_OF_VAULTS: Final = "Microsoft.KeyVault.vaults"
_ALERTED: Final = (_OF_VAULTS.lower(), "microsoft.resourcenotifications.healthresources")
# https://learn.microsoft.com/azure/event-grid/event-schema-key-vault#available-event-types
_VAULT_EVENTS: Final = frozenset(
    f"microsoft.keyvault.{kind}{what}"
    for kind in ("certificate", "key", "secret")
    for what in ("newversioncreated", "nearexpiry", "expired")
) | {"microsoft.keyvault.vaultaccesspolicychanged"}


def _invalid(message: str) -> ArmError:
    return ArmError(400, "InvalidRequest", message)


@rule(TOPIC, SUBSCRIPTION)
def name_is_valid(write: Write) -> None:
    """The name has at least 3 letters, digits and hyphens; a topic's at most 50, a subscription's at most 64.

    https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsofteventgrid
    """
    most = 50 if write.type.token == TOPIC else 64
    if not re.fullmatch(rf"[A-Za-z0-9-]{{3,{most}}}", write.name):
        raise _invalid(
            f"The resource name '{write.name}' is invalid: 3 to {most} letters, digits and hyphens are "
            "allowed."
        )


@rule(TOPIC)
def a_source_exists_and_has_one_topic(write: Write) -> None:
    """The source exists and has no other topic (message: TaoYang-Cloud/azure.policy.monitor#12).

    https://learn.microsoft.com/azure/event-grid/system-topics#system-topics-as-azure-resources
    """
    source = str(write.requested_value("source") or "")
    if write.world.get(source) is None:
        known = type_of_id(source)
        raise not_found(write.world, source, known.arm_type if known else "resource")
    for other in write.world.of_type(TOPIC):
        if (
            other.id.lower() != write.id.lower()
            and str(other.properties.get("source", "")).lower() == source.lower()
        ):
            raise _invalid(
                f"There is an existing tracked system topic for the given source {source}. Only one system "
                "topic is allowed per source."
            )


@rule(TOPIC)
def a_topic_is_where_its_source_is(write: Write) -> None:
    """A topic has the subscription and the region of its source.

    https://learn.microsoft.com/azure/event-grid/system-topics#location-and-resource-group-for-a-system-topic
    """
    source = write.world.get(str(write.requested_value("source") or ""))
    source_location = _normal(source.properties.get("location") if source else None)
    location = _normal(write.requested_value("location"))
    if source_location and source_location != location:
        raise _invalid(
            f"The location '{location}' of the system topic must be that of its source, '{source_location}'."
        )
    if source and source.id.lower().split("/")[2] != write.id.lower().split("/")[2]:
        raise _invalid(f"The system topic must be in the subscription of its source {source.id}.")


@rule(TOPIC)
def a_topic_keeps_its_source(write: Write) -> None:
    """The source and the type of a topic are immutable: Terraform replaces the topic
    (eventgrid_system_topic_resource.go).
    """
    for key in ("source", "topicType"):
        current, requested = write.current_value(key), write.requested_value(key)
        if current and str(current).lower() != str(requested).lower():
            raise _invalid(
                f"The property '{key}' of a system topic cannot be changed, from '{current}' to "
                f"'{requested}'."
            )


@rule(TOPIC)
def the_type_is_that_of_the_source(write: Write) -> None:
    """The topic type is the type of the source.

    https://learn.microsoft.com/azure/event-grid/event-schema-key-vault
    """
    source = type_of_id(str(write.requested_value("source") or ""))
    is_vault = source is not None and source.arm_type == "Microsoft.KeyVault/vaults"
    if is_vault != (str(write.requested_value("topicType")).lower() == _OF_VAULTS.lower()):
        raise _invalid(
            f"The topic type '{write.requested_value('topicType')}' is not that of the source "
            f"{write.requested_value('source')}."
        )


@rule(SUBSCRIPTION)
def alerts_take_cloud_events_of_vaults(write: Write) -> None:
    """Alerts need the schema of CloudEvents (second page above) and one of some sources
    (.../handler-azure-monitor-alerts).
    """
    destination = write.requested_value("destination") or {}
    if destination.get("endpointType") != "MonitorAlert":
        return
    if write.requested_value("eventDeliverySchema") != "CloudEventSchemaV1_0":
        raise _invalid(
            "Event delivery schema 'CloudEventSchemaV1_0' is the only one that the destination type "
            "MonitorAlert supports."
        )
    topic = write.world.get(write.parent_id)
    if topic and str(topic.properties.get("topicType", "")).lower() not in _ALERTED:
        raise _invalid(
            "The destination type MonitorAlert is not supported for the topic type "
            f"'{topic.properties.get('topicType')}'."
        )
    if not re.fullmatch(r"Sev[0-4]", str(destination.get("severity", ""))):
        raise _invalid(
            "The severity of the destination type MonitorAlert must be one of Sev0, Sev1, Sev2, Sev3, Sev4."
        )
    for group in destination.get("actionGroups") or []:
        require_action_group(write, str(group))


@rule(SUBSCRIPTION)
def event_types_are_of_the_topic(write: Write) -> None:
    """Event types are those of the topic's source: an event of another type never occurs."""
    topic = write.world.get(write.parent_id)
    if topic is None or str(topic.properties.get("topicType", "")).lower() != _OF_VAULTS.lower():
        return
    for event in write.requested_value("filter", "includedEventTypes") or []:
        if str(event).lower() not in _VAULT_EVENTS:
            raise _invalid(f"The event type '{event}' is not one of the topic type '{_OF_VAULTS}'.")


@response(TOPIC)
def _topic(write: Write) -> dict[str, Any]:
    return {
        "provisioningState": "Succeeded",
        "metricResourceId": write.world.guid(write.id, write.serial, "metrics"),
    }


@response(SUBSCRIPTION)
def _subscription(write: Write) -> dict[str, Any]:
    topic = write.world.get(write.parent_id)
    return {"provisioningState": "Succeeded", "topic": topic.properties.get("source") if topic else None}


def _normal(location: Any) -> str:
    return str(location or "").replace(" ", "").lower()
