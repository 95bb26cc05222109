"""Simulated Azure Monitor: one test for each rule."""

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


def test_the_short_name_of_an_action_group_has_twelve_characters(azure: Azure) -> None:
    _group(azure, groupShortName="x" * 12)
    with pytest.raises(ArmError, match="GroupShortNameIsTooLong"):
        _group(azure, actionGroupName="other", groupShortName="x" * 13)


@pytest.mark.parametrize(
    ("location", "fits"), [("Global", True), ("Sweden Central", True), ("westeurope", False)]
)
def test_an_action_group_is_global_or_in_one_of_some_regions(azure: Azure, location: str, fits: bool) -> None:
    if fits:
        _group(azure, location=location)
        return
    with pytest.raises(ArmError, match="LocationNotAvailableForResourceType"):
        _group(azure, location=location)


def test_the_default_location_is_refused(azure: Azure) -> None:
    """A program that omits `location="global"` gets the configured location."""
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
def test_an_action_group_has_a_valid_name(azure: Azure, name: str) -> None:
    with pytest.raises(ArmError, match="InvalidResourceName"):
        _group(azure, actionGroupName=name)


@pytest.mark.parametrize(
    ("more", "message"),
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
def test_a_metric_alert_is_refused(azure: Azure, more: dict[str, Any], message: str) -> None:
    azure.vault()
    _group(azure)
    with pytest.raises(ArmError, match=message):
        azure.create("monitor:MetricAlert", _alert(**more))


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
