"""Simulated role assignments: one test for each rule."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from rehearsal.simulators.azure import arm
from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.world import DirectoryObject
from tests.support.acting import SECRETS_USER, SUBSCRIPTION, Azure

ASSIGNMENT = "authorization:RoleAssignment"
GROUP = "11111111-1111-1111-1111-111111111111"


def grant(azure: Azure, **more: Any) -> dict[str, Any]:
    return {
        "scope": f"{SUBSCRIPTION}/resourceGroups/rg",
        "principalId": arm.DEPLOYER,
        "principalType": "User",
        "roleDefinitionId": SECRETS_USER,
        "roleAssignmentName": str(uuid.UUID(int=1)),
        **more,
    }


def test_an_assignment_reads_back_as_created(azure: Azure) -> None:
    made = azure.create(ASSIGNMENT, grant(azure))
    providers = f"{SUBSCRIPTION}/resourceGroups/rg/providers"
    assert made.id == f"{providers}/Microsoft.Authorization/roleAssignments/{uuid.UUID(int=1)}"
    again = azure.read(ASSIGNMENT, made)
    assert again is not None
    assert (again.inputs, again.outputs) == (made.inputs, made.outputs)


def test_an_assignment_without_a_name_gets_a_guid(azure: Azure) -> None:
    inputs = grant(azure)
    del inputs["roleAssignmentName"]
    uuid.UUID(azure.create(ASSIGNMENT, inputs).outputs["name"])


def test_an_assignment_name_is_a_guid(azure: Azure) -> None:
    with pytest.raises(ArmError, match="InvalidRoleAssignmentId"):
        azure.create(ASSIGNMENT, grant(azure, roleAssignmentName="reader"))


def test_a_role_is_the_id_of_its_definition(azure: Azure) -> None:
    with pytest.raises(ArmError, match="InvalidRoleDefinitionId"):
        azure.create(ASSIGNMENT, grant(azure, roleDefinitionId="Key Vault Secrets User"))


def test_the_resource_in_the_scope_exists(azure: Azure) -> None:
    vault = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/none"
    with pytest.raises(ArmError, match=r"ResourceNotFound.*Microsoft.KeyVault/vaults/none"):
        azure.create(ASSIGNMENT, grant(azure, scope=vault))


def test_the_group_in_the_scope_exists(azure: Azure) -> None:
    with pytest.raises(ArmError, match="ResourceGroupNotFound"):
        azure.create(ASSIGNMENT, grant(azure, scope=f"{SUBSCRIPTION}/resourceGroups/none"))


def test_a_grant_on_a_secret_may_come_before_the_secret(azure: Azure) -> None:
    made = azure.vault()
    azure.create(ASSIGNMENT, grant(azure, scope=f"{made.id}/secrets/later"))


def test_a_new_principal_is_not_found_without_its_type(azure: Azure) -> None:
    principal = azure.identity().outputs["principalId"]
    inputs = grant(azure, principalId=principal)
    del inputs["principalType"]
    with pytest.raises(ArmError, match=r"PrincipalNotFound.*principalType property"):
        azure.create(ASSIGNMENT, inputs)


def test_a_new_identity_is_not_found_as_a_user(azure: Azure) -> None:
    """The Python SDK sends `User` if the program sets no type."""
    principal = azure.identity().outputs["principalId"]
    with pytest.raises(ArmError, match="PrincipalNotFound"):
        azure.create(ASSIGNMENT, grant(azure, principalId=principal, principalType="User"))


def test_an_old_identity_is_no_user(azure: Azure) -> None:
    principal = azure.identity().outputs["principalId"]
    azure.new_operation()
    with pytest.raises(ArmError, match="UnmatchedPrincipalType"):
        azure.create(ASSIGNMENT, grant(azure, principalId=principal, principalType="User"))


def test_a_new_principal_is_accepted_with_its_type(azure: Azure) -> None:
    principal = azure.identity().outputs["principalId"]
    azure.create(ASSIGNMENT, grant(azure, principalId=principal, principalType="ServicePrincipal"))


def test_a_later_operation_finds_the_principal_without_its_type(azure: Azure) -> None:
    principal = azure.identity().outputs["principalId"]
    azure.new_operation()
    inputs = grant(azure, principalId=principal)
    del inputs["principalType"]
    azure.create(ASSIGNMENT, inputs)


def test_the_type_of_a_principal_must_match(azure: Azure) -> None:
    azure.world.directory[GROUP] = DirectoryObject(GROUP, "Group")
    with pytest.raises(ArmError, match=r"UnmatchedPrincipalType.*has type 'Group'"):
        azure.create(ASSIGNMENT, grant(azure, principalId=GROUP, principalType="User"))


def test_the_same_grant_under_another_name_exists_already(azure: Azure) -> None:
    azure.create(ASSIGNMENT, grant(azure))
    with pytest.raises(ArmError, match='Status=409 Code="RoleAssignmentExists"'):
        azure.create(ASSIGNMENT, grant(azure, roleAssignmentName=str(uuid.UUID(int=2))))


def test_another_principal_or_scope_makes_another_assignment(azure: Azure) -> None:
    made = azure.create(ASSIGNMENT, grant(azure))
    change = azure.diff(ASSIGNMENT, made, grant(azure, principalId=GROUP, scope=SUBSCRIPTION))
    assert {path[0] for path in change.replaces} == {"principalId", "scope"}


def test_another_role_in_place_is_refused(azure: Azure) -> None:
    made = azure.create(ASSIGNMENT, grant(azure))
    other = SECRETS_USER[:-1] + "7"
    with pytest.raises(ArmError, match="RoleAssignmentUpdateNotPermitted"):
        azure.update(ASSIGNMENT, made, grant(azure, roleDefinitionId=other))


def test_a_description_changes_in_place(azure: Azure) -> None:
    made = azure.create(ASSIGNMENT, grant(azure))
    assert not azure.diff(ASSIGNMENT, made, grant(azure, description="why")).replaces
    azure.update(ASSIGNMENT, made, grant(azure, description="why"))


def test_assignments_on_a_resource_are_deleted_with_it(azure: Azure) -> None:
    vault = azure.vault()
    made = azure.create(ASSIGNMENT, grant(azure, scope=vault.id))
    azure.delete("keyvault:Vault", vault)
    assert azure.world.get(made.id) is None
