"""Simulated secrets of a vault: one test for each rule."""

from __future__ import annotations

import pytest

from rehearsal.simulators.azure import arm
from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.wire import Secret
from tests.support.acting import SECRETS_USER, Azure, CheckFailedError, secret


def test_a_secret_needs_its_vault(azure: Azure) -> None:
    with pytest.raises(ArmError, match=r'Code="ParentResourceNotFound".*vaults/secrets'):
        azure.secret()


def test_a_secret_name_has_letters_digits_and_hyphens(azure: Azure) -> None:
    azure.vault()
    with pytest.raises(CheckFailedError, match=r"'secretName' does not match expression"):
        azure.secret("db_password")


def test_a_secret_has_at_most_fifteen_tags(azure: Azure) -> None:
    azure.vault()
    azure.secret("few", tags={f"t{n}": "x" for n in range(15)})
    with pytest.raises(ArmError, match="tags"):
        azure.secret("many", tags={f"t{n}": "x" for n in range(16)})


def test_a_secret_value_is_at_most_25_kilobytes(azure: Azure) -> None:
    azure.vault()
    with pytest.raises(ArmError, match="25 KB"):
        azure.secret("big", "x" * (25 * 1024 + 1))


def test_creating_over_an_active_secret_is_refused(azure: Azure) -> None:
    azure.vault()
    made = azure.secret()
    with pytest.raises(ProviderError, match=f"cannot create already existing resource '{made.id}'"):
        azure.secret()


def test_creating_over_a_soft_deleted_secret_recovers_and_writes_it(azure: Azure) -> None:
    azure.vault()
    azure.delete("keyvault:Secret", azure.secret())
    assert len(azure.world.deleted_secrets) == 1
    again = azure.secret(value="other")
    assert not azure.world.deleted_secrets
    stored = azure.world.get(again.id)
    assert stored is not None
    assert stored.versions == 2


def test_every_write_of_a_secret_adds_a_version(azure: Azure) -> None:
    azure.vault()
    made = azure.secret()
    again = azure.update("keyvault:Secret", made, {**secret(), "tags": {"a": "b"}})
    first, second = (r.outputs["properties"]["secretUriWithVersion"] for r in (made, again))
    assert first != second
    stored = azure.world.get(made.id)
    assert stored is not None
    assert stored.versions == 2


def test_deleting_a_secret_needs_its_vault(azure: Azure) -> None:
    made_vault = azure.vault()
    made = azure.secret()
    azure.delete("keyvault:Vault", made_vault)
    with pytest.raises(ProviderError, match="no such host"):
        azure.delete("keyvault:Secret", made)


def test_the_value_of_a_secret_is_in_no_output_and_not_in_the_world(azure: Azure) -> None:
    azure.vault()
    made = azure.secret(value=Secret("canary"))
    assert "value" not in made.outputs["properties"]
    assert (
        "value"
        not in azure.invoke(
            "keyvault:getSecret", resourceGroupName="rg", vaultName="kv-one", secretName="db"
        )["properties"]
    )
    azure.world.save()
    assert "canary" not in (azure.world.folder / "cloud.json").read_text()


def test_a_plain_value_of_a_secret_is_not_in_the_world_either(azure: Azure) -> None:
    azure.vault()
    azure.secret(value="canary")
    azure.world.save()
    assert "canary" not in (azure.world.folder / "cloud.json").read_text()


def test_refreshing_a_secret_keeps_the_value_in_its_inputs(azure: Azure) -> None:
    azure.vault()
    made = azure.secret(value=Secret("hunter2"))
    again = azure.read("keyvault:Secret", made)
    assert again is not None
    assert again.inputs == made.inputs
    assert again.outputs == made.outputs


def test_role_assignments_on_a_secret_outlive_it(azure: Azure) -> None:
    azure.vault()
    made = azure.secret()
    name = "11111111-0000-4000-8000-000000000001"
    grant = azure.assignment(
        roleAssignmentName=name,
        scope=made.id,
        roleDefinitionId=SECRETS_USER,
        principalId=arm.DEPLOYER,
        principalType="User",
    )
    azure.delete("keyvault:Secret", made)
    assert azure.world.get(made.id) is None
    assert azure.world.get(grant.id) is not None
    azure.delete("authorization:RoleAssignment", grant)
    assert azure.world.get(grant.id) is None
