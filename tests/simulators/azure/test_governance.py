"""Locks, deny assignments and policies of a --cloud file refuse what they refuse in Azure."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.arm import DEPLOYER, SUBSCRIPTION, ArmError
from rehearsal.simulators.azure.provider import remove
from rehearsal.simulators.seed import apply_seed
from tests.support.acting import Azure

ROOT = f"/subscriptions/{SUBSCRIPTION}"


def governed(azure: Azure, **rows: list[dict[str, Any]]) -> None:
    apply_seed(azure.world, {"subscriptions": [rows]})
    azure.new_operation()


def test_a_read_only_lock_refuses_writes_and_deletes(azure: Azure) -> None:
    identity = azure.identity("id-old")
    governed(azure, locks=[{"level": "ReadOnly", "scope": "/resourceGroups/rg"}])
    with pytest.raises(ArmError) as refused:
        azure.identity("id-new")
    assert refused.value.message.endswith(
        "/userAssignedIdentities/id-new' cannot perform write operation because following scope(s) are"
        f" locked: '{ROOT}/resourceGroups/rg'. Please remove the lock and try again."
    )
    with pytest.raises(ArmError, match="cannot perform delete operation"):
        azure.delete("managedidentity:UserAssignedIdentity", identity)
    azure.group("rg-other")


def test_a_lock_against_deletion_holds_the_group_above_it_too(azure: Azure) -> None:
    identity = azure.identity("id-old")
    governed(
        azure, locks=[{"level": "CanNotDelete", "scope": identity.id.removeprefix(ROOT), "name": "mine"}]
    )
    azure.identity("id-new")
    for id_ in (identity.id, f"{ROOT}/resourceGroups/rg"):
        with pytest.raises(ArmError, match="ScopeLocked"):
            remove(azure.world, id_)


def test_a_deny_assignment_takes_the_write_from_the_deployer(azure: Azure) -> None:
    denial = {"name": "stack-denies", "actions": ["Microsoft.ManagedIdentity/*"]}
    governed(azure, denials=[denial])
    with pytest.raises(
        ArmError, match=r"DenyAssignmentAuthorizationFailed.*the deny assignment with name 'stack"
    ):
        azure.identity("id-new")
    azure.group("rg-other")
    governed(azure, denials=[{**denial, "excluded": [DEPLOYER]}])
    azure.identity("id-new")


def test_a_policy_denies_a_type_with_a_value(azure: Azure) -> None:
    policy = {"name": "tagged", "type": "Microsoft.ManagedIdentity/userAssignedIdentities"}
    governed(azure, policies=[{**policy, "path": "tags.owner", "values": [None]}])
    with pytest.raises(ArmError) as refused:
        azure.identity("id-new")
    assert refused.value.message.startswith(
        "Resource 'id-new' was disallowed by policy. Policy identifiers: "
    )
    assert '[{"policyAssignment":{"name":"tagged"' in refused.value.message
    azure.identity("id-new", tags={"owner": "shop"})
