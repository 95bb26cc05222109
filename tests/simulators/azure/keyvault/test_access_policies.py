"""Single access policies of a vault that is managed elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure import arm
from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure

TOKEN = "keyvault:AccessPolicy"


@pytest.fixture
def listing(azure: Azure) -> Azure:
    """A vault with an entry of another owner."""
    azure.vault(
        accessPolicies=[{"tenantId": arm.TENANT, "objectId": "theirs", "permissions": {"secrets": ["all"]}}]
    )
    return azure


def _entry(object_id: str = "ours", *verbs: str) -> dict[str, Any]:
    permissions = {"secrets": list(verbs or ("get",))}
    return {
        "resourceGroupName": "rg",
        "vaultName": "kv-one",
        "policy": {"tenantId": arm.TENANT, "objectId": object_id, "permissions": permissions},
    }


def _listed(azure: Azure) -> dict[str, Any]:
    (vault,) = azure.world.of_type("azure-native:keyvault:Vault")
    return {
        entry["objectId"]: entry["permissions"]["secrets"]
        for entry in vault.properties["properties"]["accessPolicies"]
    }


def test_an_entry_is_added_changed_and_removed_and_the_others_stay(listing: Azure) -> None:
    made = listing.create(TOKEN, _entry())
    assert made.id.endswith("/vaults/kv-one/accessPolicy")
    assert _listed(listing) == {"theirs": ["all"], "ours": ["get"]}
    listing.update(TOKEN, made, _entry("ours", "get", "list"))
    assert _listed(listing) == {"theirs": ["all"], "ours": ["get", "list"]}
    listing.delete(TOKEN, made)
    assert _listed(listing) == {"theirs": ["all"]}


def test_an_existing_entry_is_not_created_again(listing: Azure) -> None:
    with pytest.raises(ProviderError, match="access policy for theirs already exists"):
        listing.create(TOKEN, _entry("theirs"))


def test_an_update_cannot_change_the_object_id(listing: Azure) -> None:
    """Therefore the program replaces the entry."""
    made = listing.create(TOKEN, _entry())
    with pytest.raises(ProviderError, match="access policy for others does not exist"):
        listing.update(TOKEN, made, _entry("others"))


def test_an_entry_needs_its_vault(azure: Azure) -> None:
    with pytest.raises(ProviderError, match="ResourceNotFound"):
        azure.create(TOKEN, _entry())
