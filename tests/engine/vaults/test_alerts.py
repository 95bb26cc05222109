"""Alerts on a vault, with receivers of the stack and an existing action group."""

import copy
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure import arm
from tests.support.rehearse import Rehearsal, Run

pytestmark = pytest.mark.engine

OPERATIONS = f"/subscriptions/{arm.SUBSCRIPTION}/resourceGroups/rg-operations"
ON_CALL = f"{OPERATIONS}/providers/Microsoft.Insights/actionGroups/On call"
CLOUD: dict[str, Any] = {
    "azure": [
        {"id": OPERATIONS, "location": "westeurope"},
        {"id": ON_CALL, "location": "global", "groupShortName": "on call", "enabled": True},
    ]
}
STACK: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:cluster": {
        "system_pool": {"vm_size": "Standard_D2s_v5"},
        "entra": {"enabled": False},
        "local_accounts": True,
    },
    "aks-secrets:monitoring": {"alerts": {"emails": ["shop@example.com"], "action_group": {"id": ON_CALL}}},
    "aks-secrets:workloads": [
        {
            "name": "shop",
            "namespace": "shop",
            "technique": "sdk",
            "image": "registry.example/shop:1",
            "secrets": [{"name": "db-password", "from": "random", "expires": "2030-01-01T00:00:00Z"}],
        }
    ],
}
ALERTS = {"ActionGroup": 1, "MetricAlert": 2, "SystemTopic": 1, "SystemTopicEventSubscription": 1}


@pytest.fixture
def stack(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """Alerts for a team by mail, and for an existing action group."""
    return Rehearsal(tmp_path, copy.deepcopy(STACK), simulators)


def _receivers(run: Run) -> dict[str, list[str]]:
    """The names of the action groups of each rule."""
    rules = {
        resource["ruleName"]: [action["actionGroupId"] for action in resource["actions"]]
        for resource in run.inputs("MetricAlert")
    }
    (expiry,) = run.inputs("SystemTopicEventSubscription")
    rules[expiry["eventSubscriptionName"]] = expiry["destination"]["actionGroups"]
    return {name: [id_.rsplit("/", 1)[1] for id_ in ids] for name, ids in rules.items()}


def _counts(run: Run, op: str) -> dict[str, int]:
    types = [
        resource["type"].rsplit(":", 1)[1] for resource in run.document["resources"] if resource["op"] == op
    ]
    return {kind: types.count(kind) for kind in sorted(set(types))}


def test_alerts_come_up_stay_and_go_and_the_action_group_of_others_stays(stack: Rehearsal) -> None:
    made = stack.up(CLOUD)
    (vault,) = made.inputs("Vault")
    receivers = ["ag-test", "On call"]
    assert _receivers(made) == {
        f"{vault['vaultName']}-denied": receivers,
        f"{vault['vaultName']}-throttled": receivers,
        "expiry": receivers,
    }
    (group,) = made.inputs("ActionGroup")
    assert [receiver["emailAddress"] for receiver in group["emailReceivers"]] == ["shop@example.com"]
    assert stack.up().summary == {}
    assert stack.run("refresh").summary == {}

    stack.config["aks-secrets:tags"] = {"team": "shop"}
    stack.config["aks-secrets:monitoring"]["alerts"] |= {
        "denied_requests": 1,
        "emails": ["shop@example.com", "ada@example.com"],
    }
    preview = stack.run("preview")
    assert set(preview.summary) == {"update"}, "other tags, thresholds and addresses replace nothing"
    assert stack.up().summary == preview.summary

    assert stack.run("destroy").summary == {"delete": made.summary["create"]}
    assert {resource["id"] for resource in stack.world["azure"]} == {OPERATIONS, ON_CALL}


def test_alerts_come_into_a_stack_that_is_up_and_go_again(stack: Rehearsal) -> None:
    monitoring = stack.config.pop("aks-secrets:monitoring")
    stack.config["aks-secrets:monitoring"] = {}
    stack.up(CLOUD)
    stack.config["aks-secrets:monitoring"] = monitoring
    assert _counts(stack.up(), "create") == ALERTS
    stack.config["aks-secrets:monitoring"] = {}
    gone = stack.up()
    assert (_counts(gone, "delete"), gone.summary) == (ALERTS, {"delete": 5})


def test_another_vault_is_watched_in_its_turn(stack: Rehearsal) -> None:
    stack.up(CLOUD)
    stack.config["aks-secrets:vault"] = {"name": "kv-another"}
    moved = stack.up()
    (topic,) = moved.inputs("SystemTopic")
    assert topic["systemTopicName"] == "egst-kv-another"
    assert set(_receivers(moved)) == {"kv-another-denied", "kv-another-throttled", "expiry"}
    assert stack.up().summary == {}


def test_an_action_group_that_does_not_exist_is_refused_before_the_first_resource(stack: Rehearsal) -> None:
    stack.config["aks-secrets:monitoring"]["alerts"]["action_group"] = {
        "name": "absent",
        "resource_group": "rg-operations",
    }
    run = stack.refused(cloud=CLOUD)
    assert "monitoring.alerts.action_group: there is no action group 'absent'" in run.output
    assert "nothing was registered" in run.output


def test_a_vault_with_a_system_topic_takes_no_second_one(stack: Rehearsal) -> None:
    """Azure allows one topic per vault. The program does not look for it before."""
    stack.config["aks-secrets:vault"] = {"name": "kv-heard"}
    group = f"/subscriptions/{arm.SUBSCRIPTION}/resourceGroups/rg-aks-secrets-test"
    vault = f"{group}/providers/Microsoft.KeyVault/vaults/kv-heard"
    topic = {
        "id": f"{OPERATIONS}/providers/Microsoft.EventGrid/systemTopics/theirs",
        "location": "westeurope",
        "source": vault,
        "topicType": "Microsoft.KeyVault.vaults",
    }
    run = stack.refused(cloud={"azure": [*CLOUD["azure"], topic]})
    assert "Only one system topic is allowed per source" in run.output


def test_a_platform_has_the_alerts_of_its_vault(tmp_path: Path, simulators: Simulators) -> None:
    config = {key: value for key, value in STACK.items() if key != "aks-secrets:workloads"}
    config |= {
        "aks-secrets:composition": "platform",
        "aks-secrets:monitoring": {"alerts": {"emails": ["shop@example.com"]}},
    }
    made = Rehearsal(tmp_path, config, simulators).up()
    assert {kind: count for kind, count in _counts(made, "create").items() if kind in ALERTS} == ALERTS
