"""Alerts on a vault."""

from typing import Any

from aks_secrets_testing.builds import Build, build
from components.key_vault.alerts import EXPIRIES, Alerts
from components.key_vault.secrets import SeededSecret
from tests.support import samples


def _watched(**args: Any) -> Build:
    alerts = Alerts(action_group_ids=[samples.ACTION_GROUP], **args)
    return build(
        lambda: samples.vault(
            alerts=alerts, secrets=[SeededSecret(name="db", value="v")], tags={"team": "shop"}
        )
    )


def test_refused_and_throttled_calls_are_counted_each_by_its_status() -> None:
    resource = {
        alert.inputs["ruleName"]: alert.inputs
        for alert in _watched(denied_requests=3, throttled_requests=7).of_type("MetricAlert")
    }
    statuses = {"kv-shop-denied": "403", "kv-shop-throttled": "429"}
    counted = {name: inputs["criteria"]["allOf"][0] for name, inputs in resource.items()}
    assert {name: criterion["dimensions"] for name, criterion in counted.items()} == {
        name: [{"name": "StatusCode", "operator": "Include", "values": [status]}]
        for name, status in statuses.items()
    }
    assert {name: criterion["threshold"] for name, criterion in counted.items()} == {
        "kv-shop-denied": 3,
        "kv-shop-throttled": 7,
    }
    for criterion in counted.values():
        assert (criterion["metricNamespace"], criterion["metricName"]) == (
            "Microsoft.KeyVault/vaults",
            "ServiceApiResult",
        )
        assert (criterion["timeAggregation"], criterion["operator"]) == ("Count", "GreaterThanOrEqual")


def test_a_metric_alert_is_global_for_one_vault_and_resolves_itself() -> None:
    for alert in _watched().of_type("MetricAlert"):
        assert alert.inputs["location"] == "global"
        assert alert.inputs["scopes"] == ["/id/of/vault-vault"]
        assert alert.inputs["actions"] == [{"actionGroupId": samples.ACTION_GROUP}]
        assert alert.inputs["autoMitigate"] is True
        assert alert.inputs["tags"] == {"team": "shop"}


def test_expiring_objects_raise_alerts_before_and_on_expiry() -> None:
    built = _watched()
    topic, subscription = (
        built.single("SystemTopic").inputs,
        built.single("SystemTopicEventSubscription").inputs,
    )
    assert (topic["source"], topic["topicType"], topic["systemTopicName"]) == (
        "/id/of/vault-vault",
        "Microsoft.KeyVault.vaults",
        "egst-kv-shop",
    )
    assert subscription["filter"]["includedEventTypes"] == list(EXPIRIES)
    assert {"Microsoft.KeyVault.SecretNearExpiry", "Microsoft.KeyVault.SecretExpired"} < set(EXPIRIES)
    assert subscription["eventDeliverySchema"] == "CloudEventSchemaV1_0"
    destination = subscription["destination"]
    assert (destination["endpointType"], destination["severity"], destination["actionGroups"]) == (
        "MonitorAlert",
        "Sev2",
        [samples.ACTION_GROUP],
    )


def test_secrets_depend_on_the_expiry_subscription() -> None:
    """Event Grid sends events only about objects that are newer than the subscription."""
    built = _watched()
    assert built.single("SystemTopicEventSubscription").urn in built.single("Secret").dependencies


def test_there_are_no_alerts_by_default() -> None:
    built = build(samples.vault)
    assert [
        resource
        for kind in ("MetricAlert", "SystemTopic", "SystemTopicEventSubscription")
        for resource in built.of_type(kind)
    ] == []
