"""Simulated Event Grid: one test for each rule."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.arm import ArmError
from tests.support.acting import SUBSCRIPTION, Azure, Resource

VAULT = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-one"


GROUP = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/ag"


ELSEWHERE = GROUP.replace(SUBSCRIPTION, "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001")


def _group(azure: Azure, **more: Any) -> Resource:
    inputs = {
        "resourceGroupName": "rg",
        "actionGroupName": "ag",
        "location": "global",
        "groupShortName": "ops",
        "enabled": True,
    }
    return azure.create("monitor:ActionGroup", inputs | more)


def _topic(azure: Azure, name: str = "egst", **more: Any) -> Resource:
    inputs = {"resourceGroupName": "rg", "systemTopicName": name, "location": "westeurope", "source": VAULT}
    return azure.create("eventgrid:SystemTopic", inputs | {"topicType": "Microsoft.KeyVault.vaults"} | more)


def _subscription(**more: Any) -> dict[str, Any]:
    return {
        "resourceGroupName": "rg",
        "systemTopicName": "egst",
        "eventSubscriptionName": "expiry",
        "eventDeliverySchema": "CloudEventSchemaV1_0",
        "filter": {"includedEventTypes": ["Microsoft.KeyVault.SecretNearExpiry"]},
        "destination": {"endpointType": "MonitorAlert", "severity": "Sev2", "actionGroups": [GROUP]},
        **more,
    }


def test_a_source_has_one_topic(azure: Azure) -> None:
    azure.vault()
    _topic(azure)
    with pytest.raises(ArmError, match="Only one system topic is allowed per source"):
        _topic(azure, "other", source=VAULT.upper())


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"source": VAULT.replace("kv-one", "kv-none")}, "ResourceNotFound"),
        ({"location": "northeurope"}, "must be that of its source, 'westeurope'"),
        ({"topicType": "Microsoft.Storage.StorageAccounts"}, "is not that of the source"),
        ({"systemTopicName": "x" * 51}, "3 to 50 letters"),
    ],
)
def test_a_topic_is_refused(azure: Azure, more: dict[str, Any], message: str) -> None:
    azure.vault()
    with pytest.raises(ArmError, match=message):
        _topic(azure, **more)


def test_a_topic_keeps_its_source(azure: Azure) -> None:
    azure.vault()
    azure.vault("kv-two")
    made = _topic(azure)
    with pytest.raises(ArmError, match="'source' of a system topic cannot be changed"):
        azure.update(
            "eventgrid:SystemTopic", made, {**made.inputs, "source": VAULT.replace("kv-one", "kv-two")}
        )


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"eventDeliverySchema": "EventGridSchema"}, "CloudEventSchemaV1_0' is the only one"),
        ({"eventDeliverySchema": None}, "CloudEventSchemaV1_0' is the only one"),
        ({"destination": {"endpointType": "MonitorAlert", "actionGroups": [GROUP]}}, "one of Sev0"),
        (
            {
                "destination": {
                    "endpointType": "MonitorAlert",
                    "severity": "Sev2",
                    "actionGroups": [ELSEWHERE],
                }
            },
            "different subscription",
        ),
        (
            {"filter": {"includedEventTypes": ["Microsoft.KeyVault.SecretExpires"]}},
            "is not one of the topic type",
        ),
        ({"eventSubscriptionName": "ab"}, "3 to 64 letters"),
        ({"systemTopicName": "none"}, "ParentResourceNotFound"),
    ],
)
def test_a_subscription_is_refused(azure: Azure, more: dict[str, Any], message: str) -> None:
    azure.vault()
    _group(azure)
    _topic(azure)
    with pytest.raises(ArmError, match=message):
        azure.create("eventgrid:SystemTopicEventSubscription", _subscription(**more))


def test_a_subscription_is_deleted_with_its_topic(azure: Azure) -> None:
    azure.vault()
    _group(azure)
    topic = _topic(azure)
    made = azure.create("eventgrid:SystemTopicEventSubscription", _subscription())
    assert made.outputs["topic"] == VAULT
    azure.delete("eventgrid:SystemTopic", topic)
    assert azure.read("eventgrid:SystemTopicEventSubscription", made) is None
