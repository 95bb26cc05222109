"""Composition all-in-one: the receivers of alerts."""

from typing import Any

from aks_secrets_testing.builds import SUBSCRIPTION, Build, build
from stacks.all_in_one import all_in_one
from stacks.settings import load
from tests.settings.cases import as_config, document

ON_CALL = "/resourceGroups/rg-operations/providers/Microsoft.Insights/actionGroups/On call"


async def _program() -> Any:
    return await all_in_one(load())


def _build(**alerts: Any) -> Build:
    return build(_program, config=as_config(document({"monitoring": {"alerts": alerts}})))


def _action_groups(built: Build) -> list[Any]:
    """The action groups of the two metric alerts and of the expiry subscription."""
    rules = [
        [action["actionGroupId"] for action in resource.inputs["actions"]]
        for resource in built.of_type("MetricAlert")
    ]
    return [*rules, built.single("SystemTopicEventSubscription").inputs["destination"]["actionGroups"]]


def test_addresses_alone_make_an_action_group() -> None:
    built = _build(emails=["ops@example.com", "ada@example.com"])
    group = built.single("ActionGroup", "action-group").inputs
    assert (group["location"], group["groupShortName"]) == ("global", "aks-secrets")
    assert [receiver["emailAddress"] for receiver in group["emailReceivers"]] == [
        "ops@example.com",
        "ada@example.com",
    ]
    assert _action_groups(built) == [["/id/of/action-group"]] * 3


def test_a_receiver_keeps_its_name_whoever_leaves_the_list() -> None:
    """Azure knows who has taken up, or ended, its mails by that name."""
    names = [
        {
            receiver["emailAddress"]: receiver["name"]
            for receiver in _build(emails=emails).single("ActionGroup").inputs["emailReceivers"]
        }
        for emails in (["ops@example.com", "ada@example.com"], ["ada@example.com"])
    ]
    assert names[0]["ada@example.com"] == names[1]["ada@example.com"]


def test_an_action_group_that_is_there_is_named_and_none_is_made() -> None:
    built = _build(action_group={"name": "On call", "resource_group": "rg-operations"})
    assert built.of_type("ActionGroup") == []
    assert _action_groups(built) == [[f"/subscriptions/{SUBSCRIPTION}{ON_CALL}"]] * 3
