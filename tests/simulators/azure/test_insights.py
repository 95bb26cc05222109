"""Simulated Azure Monitor and Event Grid: one test a rule."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.arm import ArmError
from tests.support.acting import SUBSCRIPTION, Azure, Resource

VAULT = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-one"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/ag"
ELSEWHERE = GROUP.replace(SUBSCRIPTION, "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001")
SINGLE = "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria"


def _group(azure: Azure, **more: Any) -> Resource:
    inputs = {
        "resourceGroupName": "rg",
        "actionGroupName": "ag",
        "location": "global",
        "groupShortName": "ops",
        "enabled": True,
    }
    return azure.create("monitor:ActionGroup", inputs | more)


def _criterion(**more: Any) -> dict[str, Any]:
    return {
        "criterionType": "StaticThresholdCriterion",
        "name": "denied",
        "metricNamespace": "Microsoft.KeyVault/vaults",
        "metricName": "ServiceApiResult",
        "timeAggregation": "Count",
        "operator": "GreaterThan",
        "threshold": 5,
        "dimensions": [{"name": "StatusCode", "operator": "Include", "values": ["403"]}],
        **more,
    }


def _alert(criterion: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "resourceGroupName": "rg",
        "ruleName": "denied",
        "location": "global",
        "scopes": [VAULT],
        "severity": 2,
        "enabled": True,
        "windowSize": "PT15M",
        "evaluationFrequency": "PT5M",
        "criteria": {"odataType": SINGLE, "allOf": [criterion or _criterion()]},
        **more,
    }


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


# ------------------------------------------------------------------------------------------------------------------- action groups


def test_the_short_name_of_an_action_group_has_twelve_characters(azure: Azure) -> None:
    _group(azure, groupShortName="x" * 12)
    with pytest.raises(ArmError, match="GroupShortNameIsTooLong"):
        _group(azure, actionGroupName="other", groupShortName="x" * 13)


@pytest.mark.parametrize(
    ("location", "fits"), [("Global", True), ("Sweden Central", True), ("westeurope", False)]
)
def test_an_action_group_is_global_or_in_a_region_that_has_them(
    azure: Azure, location: str, fits: bool
) -> None:
    if fits:
        _group(azure, location=location)
        return
    with pytest.raises(ArmError, match="LocationNotAvailableForResourceType"):
        _group(azure, location=location)


def test_a_location_that_is_not_said_is_the_configured_one_and_refused(azure: Azure) -> None:
    """What a program that forgets `location="global"` gets."""
    inputs = _alert()
    del inputs["location"]
    azure.vault()
    with pytest.raises(
        ArmError, match=r"'westeurope' is not available for resource type 'microsoft\.insights/metricalerts'"
    ):
        azure.create("monitor:MetricAlert", inputs)


def test_receivers_of_one_group_differ_by_name(azure: Azure) -> None:
    receiver = {"name": "ops", "emailAddress": "ops@example.com"}
    with pytest.raises(ArmError, match="'ops' is used more than once"):
        _group(azure, emailReceivers=[receiver, {**receiver, "name": "Ops"}])


@pytest.mark.parametrize("name", ["a:b", "ag.", "x" * 261])
def test_an_action_group_has_a_name_that_azure_takes(azure: Azure, name: str) -> None:
    with pytest.raises(ArmError, match="InvalidResourceName"):
        _group(azure, actionGroupName=name)


# ------------------------------------------------------------------------------------------------------------------- metric alerts


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"severity": 5}, "Severity '5' is invalid"),
        ({"windowSize": "PT10M"}, "Window size 'PT10M' is not supported"),
        ({"evaluationFrequency": "PT6H"}, "Evaluation frequency 'PT6H' is not supported"),
        ({"windowSize": "PT5M", "evaluationFrequency": "PT15M"}, "must not be smaller"),
        ({"windowSize": "PT6H", "evaluationFrequency": "PT1M"}, "greater than or equal to five minutes"),
        ({"location": "westeurope"}, "LocationNotAvailableForResourceType"),
        ({"scopes": []}, "exactly one scope"),
        ({"scopes": [VAULT.replace("kv-one", "kv-none")]}, "ResourceNotFound"),
        ({"criteria": {"odataType": "Static"}}, "criteria type 'Static' is unknown"),
        ({"criteria": {"odataType": SINGLE, "allOf": []}}, "at least one condition"),
        (
            {"actions": [{"actionGroupId": GROUP.replace("/ag", "/none")}]},
            "is invalid or in a different subscription as alert rule",
        ),
        (
            {"actions": [{"actionGroupId": ELSEWHERE}]},
            "is invalid or in a different subscription as alert rule",
        ),
        ({"actions": [{"actionGroupId": GROUP}] * 6}, "at most 5 action groups"),
        ({"ruleName": "denied#"}, "InvalidResourceName"),
    ],
)
def test_a_metric_alert_is_refused(azure: Azure, wrong: dict[str, Any], said: str) -> None:
    azure.vault()
    _group(azure)
    with pytest.raises(ArmError, match=said):
        azure.create("monitor:MetricAlert", _alert(**wrong))


def test_an_alert_is_about_a_metric_and_a_dimension_of_the_vault(azure: Azure) -> None:
    azure.vault()
    with pytest.raises(ArmError, match="Couldn't find a metric named ServiceApiResults"):
        azure.create("monitor:MetricAlert", _alert(_criterion(metricName="ServiceApiResults")))
    with pytest.raises(
        ArmError, match="Couldn't find a dimension named StatusCode of the metric ServiceApiHit"
    ):
        azure.create("monitor:MetricAlert", _alert(_criterion(metricName="ServiceApiHit")))


def test_a_threshold_changes_in_place_and_another_name_is_another_alert(azure: Azure) -> None:
    azure.vault()
    _group(azure)
    made = azure.create("monitor:MetricAlert", _alert(actions=[{"actionGroupId": GROUP}]))
    changed = azure.diff(
        "monitor:MetricAlert", made, _alert(_criterion(threshold=9), actions=[{"actionGroupId": GROUP}])
    )
    assert (bool(changed.changes), changed.replaces) == (True, frozenset())
    assert azure.diff("monitor:MetricAlert", made, _alert(ruleName="other")).replaces == {("ruleName",)}


# ---------------------------------------------------------------------------------------------------------------------- event grid


def test_a_source_has_one_topic(azure: Azure) -> None:
    azure.vault()
    _topic(azure)
    with pytest.raises(ArmError, match="Only one system topic is allowed per source"):
        _topic(azure, "other", source=VAULT.upper())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"source": VAULT.replace("kv-one", "kv-none")}, "ResourceNotFound"),
        ({"location": "northeurope"}, "must be that of its source, 'westeurope'"),
        ({"topicType": "Microsoft.Storage.StorageAccounts"}, "is not that of the source"),
        ({"systemTopicName": "x" * 51}, "3 to 50 letters"),
    ],
)
def test_a_topic_is_refused(azure: Azure, wrong: dict[str, Any], said: str) -> None:
    azure.vault()
    with pytest.raises(ArmError, match=said):
        _topic(azure, **wrong)


def test_a_topic_keeps_its_source(azure: Azure) -> None:
    azure.vault()
    azure.vault("kv-two")
    made = _topic(azure)
    with pytest.raises(ArmError, match="'source' of a system topic cannot be changed"):
        azure.update(
            "eventgrid:SystemTopic", made, {**made.inputs, "source": VAULT.replace("kv-one", "kv-two")}
        )


@pytest.mark.parametrize(
    ("wrong", "said"),
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
def test_a_subscription_is_refused(azure: Azure, wrong: dict[str, Any], said: str) -> None:
    azure.vault()
    _group(azure)
    _topic(azure)
    with pytest.raises(ArmError, match=said):
        azure.create("eventgrid:SystemTopicEventSubscription", _subscription(**wrong))


def test_a_subscription_goes_with_its_topic(azure: Azure) -> None:
    azure.vault()
    _group(azure)
    topic = _topic(azure)
    made = azure.create("eventgrid:SystemTopicEventSubscription", _subscription())
    assert made.outputs["topic"] == VAULT
    azure.delete("eventgrid:SystemTopic", topic)
    assert azure.read("eventgrid:SystemTopicEventSubscription", made) is None
