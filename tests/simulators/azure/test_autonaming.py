"""Names that azure-native generates."""

from __future__ import annotations

from tests.support.acting import Azure

IDENTITY = "managedidentity:UserAssignedIdentity"


def test_an_absent_name_is_the_logical_one_and_eight_hex(azure: Azure) -> None:
    made = azure.create(IDENTITY, {"resourceGroupName": "rg"}, name="id")
    assert made.outputs["name"] == "id01020304"


def test_a_generated_name_stays_over_updates_and_creates_the_replacement_first(azure: Azure) -> None:
    made = azure.create(IDENTITY, {"resourceGroupName": "rg"}, name="id")
    change = azure.diff(IDENTITY, made, {"resourceGroupName": "rg", "location": "northeurope"}, name="id")
    assert change.replaces == {("location",)}
    assert not change.delete_first
    assert (
        azure.check(IDENTITY, {"resourceGroupName": "rg"}, olds=made.inputs)["resourceName"] == "id01020304"
    )


def test_a_configured_name_deletes_first_on_replacement(azure: Azure) -> None:
    made = azure.identity()
    change = azure.diff(IDENTITY, made, {"resourceGroupName": "rg", "resourceName": "id-other"})
    assert change.replaces == {("resourceName",)}
    assert change.delete_first
