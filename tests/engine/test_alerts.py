"""Who is told of what in the vault, on the real engine."""

import copy
import json
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
    """A team that is told by mail, and somebody on call."""
    return Rehearsal(tmp_path, copy.deepcopy(STACK), simulators)


def _told(run: Run) -> dict[str, list[str]]:
    """Each rule's name, and the names of the action groups that it tells."""
    rules = {
        found["ruleName"]: [action["actionGroupId"] for action in found["actions"]]
        for found in run.inputs("MetricAlert")
    }
    (expiry,) = run.inputs("SystemTopicEventSubscription")
    rules[expiry["eventSubscriptionName"]] = expiry["destination"]["actionGroups"]
    return {name: [id_.rsplit("/", 1)[1] for id_ in ids] for name, ids in rules.items()}


def _counts(run: Run, op: str) -> dict[str, int]:
    types = [found["type"].rsplit(":", 1)[1] for found in run.document["resources"] if found["op"] == op]
    return {kind: types.count(kind) for kind in sorted(set(types))}


def test_alerts_come_up_stay_and_go_and_the_action_group_of_others_stays(stack: Rehearsal) -> None:
    made = stack.run("up", CLOUD)
    assert made.status == 0, made.errors
    (vault,) = made.inputs("Vault")
    everybody = ["ag-test", "On call"]
    assert _told(made) == {
        f"{vault['vaultName']}-denied": everybody,
        f"{vault['vaultName']}-throttled": everybody,
        "expiry": everybody,
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
    assert {found["id"] for found in stack.world["azure"]} == {OPERATIONS, ON_CALL}


def test_alerts_come_into_a_stack_that_is_up_and_go_again(stack: Rehearsal) -> None:
    said = stack.config.pop("aks-secrets:monitoring")
    stack.config["aks-secrets:monitoring"] = {}
    before = stack.run("up", CLOUD)
    assert before.status == 0, before.errors
    stack.config["aks-secrets:monitoring"] = said
    assert _counts(stack.up(), "create") == ALERTS
    stack.config["aks-secrets:monitoring"] = {}
    gone = stack.up()
    assert (_counts(gone, "delete"), gone.summary) == (ALERTS, {"delete": 5})


def test_another_vault_is_watched_in_its_turn(stack: Rehearsal) -> None:
    assert stack.run("up", CLOUD).status == 0
    stack.config["aks-secrets:vault"] = {"name": "kv-another"}
    moved = stack.up()
    (topic,) = moved.inputs("SystemTopic")
    assert topic["systemTopicName"] == "egst-kv-another"
    assert set(_told(moved)) == {"kv-another-denied", "kv-another-throttled", "expiry"}
    assert stack.up().summary == {}


def test_an_action_group_that_is_not_there_is_azures_to_miss(stack: Rehearsal) -> None:
    stack.config["aks-secrets:monitoring"]["alerts"]["action_group"] = {
        "name": "nobody",
        "resource_group": "rg-operations",
    }
    run = _refused(stack)
    assert "actionGroups/nobody is invalid or in a different subscription as alert rule" in run.output


def test_a_vault_that_somebody_else_listens_to_keeps_its_topic(stack: Rehearsal) -> None:
    """A vault has one, and Azure's own answer says so; the program does not look for it before."""
    stack.config["aks-secrets:vault"] = {"name": "kv-heard"}
    vault = f"/subscriptions/{arm.SUBSCRIPTION}/resourceGroups/rg-aks-secrets-test/providers/Microsoft.KeyVault/vaults/kv-heard"
    topic = {
        "id": f"{OPERATIONS}/providers/Microsoft.EventGrid/systemTopics/theirs",
        "location": "westeurope",
        "source": vault,
        "topicType": "Microsoft.KeyVault.vaults",
    }
    run = _refused(stack, topic)
    assert "Only one system topic is allowed per source" in run.output


def _refused(stack: Rehearsal, *more: dict[str, Any]) -> Run:
    """In a process of its own: the engine leaves before the program does."""
    stack.folder.mkdir(exist_ok=True)
    cloud = stack.folder / "cloud.yaml"
    cloud.write_text(json.dumps({"azure": [*CLOUD["azure"], *more]}))
    run = stack.command("up", "--cloud", str(cloud))
    assert run.status != 0
    assert "Traceback" not in run.output
    return run


def test_a_platform_has_the_alerts_of_its_vault(tmp_path: Path, simulators: Simulators) -> None:
    config = {key: value for key, value in STACK.items() if key != "aks-secrets:workloads"}
    config |= {
        "aks-secrets:composition": "platform",
        "aks-secrets:monitoring": {"alerts": {"emails": ["shop@example.com"]}},
    }
    made = Rehearsal(tmp_path, config, simulators).up()
    assert {kind: count for kind, count in _counts(made, "create").items() if kind in ALERTS} == ALERTS
