"""Simulated identities and federated credentials: one test for each rule."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from rehearsal.simulators.azure import exclusive_write
from rehearsal.simulators.azure.arm import ArmError
from tests.support.acting import Azure, CheckFailedError, Resource, credential
from tests.support.overlapping_writes import overlapping_writes

CREDENTIAL = "managedidentity:FederatedIdentityCredential"


@pytest.mark.parametrize("name", ["ab", "-app", "a" * 129])
def test_an_identity_name_has_3_to_128_characters_and_begins_with_a_letter_or_digit(
    azure: Azure, name: str
) -> None:
    with pytest.raises(ArmError, match="InvalidResourceName"):
        azure.identity(name)


def test_a_recreated_identity_has_another_principal(azure: Azure) -> None:
    first = azure.identity()
    azure.delete("managedidentity:UserAssignedIdentity", first)
    assert azure.identity().outputs["principalId"] != first.outputs["principalId"]


def test_an_identity_in_another_region_is_another_identity(azure: Azure) -> None:
    made = azure.identity(location="westeurope")
    change = azure.diff(
        "managedidentity:UserAssignedIdentity",
        made,
        {"resourceGroupName": "rg", "resourceName": "id-app", "location": "northeurope"},
    )
    assert change.replaces == {("location",)}


def test_deleting_an_identity_deletes_its_credentials_and_its_principal(azure: Azure) -> None:
    made = azure.identity()
    held = azure.credential()
    azure.delete("managedidentity:UserAssignedIdentity", made)
    assert azure.world.get(held.id) is None
    assert made.outputs["principalId"] not in azure.world.directory


def test_a_credential_needs_its_identity(azure: Azure) -> None:
    with pytest.raises(ArmError, match="ParentResourceNotFound"):
        azure.credential()


def test_a_credential_name_has_3_to_120_characters(azure: Azure) -> None:
    azure.identity()
    for name in ("ab", "a" * 121):
        with pytest.raises(CheckFailedError, match="federatedIdentityCredentialResourceName"):
            azure.credential(name)


def test_a_credential_has_exactly_one_audience(azure: Azure) -> None:
    azure.identity()
    with pytest.raises(ArmError, match="exactly one audience"):
        azure.credential(audiences=["api://AzureADTokenExchange", "other"])


def test_a_credential_has_no_empty_property(azure: Azure) -> None:
    azure.identity()
    with pytest.raises(ArmError, match="empty properties"):
        azure.credential(issuer="")


def test_two_regions_have_no_federated_credentials(azure: Azure) -> None:
    azure.identity("id-far", location="New Zealand North")
    with pytest.raises(ArmError, match="Status=405"):
        azure.credential(of="id-far")


def test_the_21st_credential_of_an_identity_is_refused(azure: Azure) -> None:
    azure.identity()
    for number in range(20):
        azure.credential(f"app-{number}")
    with pytest.raises(ArmError, match="at most 20"):
        azure.credential("app-20")


def test_issuer_and_subject_are_unique_within_an_identity(azure: Azure) -> None:
    azure.identity()
    azure.identity("id-other")
    azure.credential("one", subject="system:serviceaccount:demo:app")
    azure.credential("one", of="id-other", subject="system:serviceaccount:demo:app")
    with pytest.raises(ArmError, match="Issuer and subject combination already exists"):
        azure.credential("two", subject="system:serviceaccount:demo:app")


def test_overlapping_writes_on_one_identity_are_refused(azure: Azure) -> None:
    azure.identity()
    azure.simulator.shortest_write = exclusive_write.HOLD_SECONDS
    with overlapping_writes(), ThreadPoolExecutor(2) as pool:
        writes = [pool.submit(azure.credential, name) for name in ("one", "two")]
        errors = [write.exception() for write in writes]
    refused = [error for error in errors if error]
    assert len(refused) == 1
    assert "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity" in str(refused[0])
    assert "Status=409" in str(refused[0])


def test_overlapping_deletes_on_one_identity_are_refused(azure: Azure) -> None:
    azure.identity()
    made = [azure.credential(name) for name in ("one", "two")]
    azure.simulator.shortest_write = exclusive_write.HOLD_SECONDS
    with overlapping_writes(), ThreadPoolExecutor(2) as pool:
        deletes = [pool.submit(azure.delete, CREDENTIAL, resource) for resource in made]
        errors = [delete.exception() for delete in deletes]
    assert len([error for error in errors if error]) == 1


def test_writes_on_different_identities_run_side_by_side(
    azure: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("id-one", "id-two"):
        azure.identity(name)
    both = Barrier(2)
    monkeypatch.setattr(azure.simulator, "wait", lambda seconds: both.wait(timeout=60))

    def write(of: str) -> Resource:
        return azure.credential(of=of)

    with ThreadPoolExecutor(2) as pool:
        assert len(list(pool.map(write, ("id-one", "id-two")))) == 2


def test_a_refused_write_frees_the_identity(azure: Azure) -> None:
    azure.identity()
    with pytest.raises(ArmError):
        azure.credential(audiences=[])
    azure.credential()


def test_a_credential_changes_its_subject_in_place(azure: Azure) -> None:
    azure.identity()
    made = azure.credential()
    changed = credential(subject="system:serviceaccount:demo:other")
    assert not azure.diff(CREDENTIAL, made, changed).replaces
    assert azure.update(CREDENTIAL, made, changed).outputs["subject"].endswith("other")
