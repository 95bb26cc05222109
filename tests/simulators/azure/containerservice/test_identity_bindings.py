"""Simulated identity bindings: one test for each rule."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure import exclusive_write
from rehearsal.simulators.azure.arm import ArmError
from tests.support.acting import SUBSCRIPTION, Azure, Resource

BINDING = "containerservice:IdentityBinding"
IDENTITIES = f"{SUBSCRIPTION}/resourcegroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exclusive_write, "HOLD_SECONDS", 0.0)


def binding(name: str = "app", identity: str = "id-app") -> dict[str, Any]:
    return {
        "resourceGroupName": "rg",
        "resourceName": "aks-one",
        "identityBindingName": name,
        "properties": {"managedIdentity": {"resourceId": f"{IDENTITIES}/{identity}"}},
    }


def credentials(azure: Azure, identity: Resource) -> list[str]:
    return [item.id.rpartition("/")[2] for item in azure.world.descendants(identity.id)]


def test_aks_makes_one_credential_for_all_bindings_and_never_deletes_it(azure: Azure) -> None:
    azure.cluster()
    identity = azure.identity()
    made = azure.create(BINDING, binding())
    profile = made.outputs["properties"]
    assert profile["managedIdentity"]["clientId"] == identity.outputs["clientId"]
    assert profile["oidcIssuer"]["oidcIssuerUrl"].endswith(f"/{identity.outputs['clientId']}")
    azure.create(BINDING, binding("other"))
    assert credentials(azure, identity) == ["aks-identity-binding"]
    azure.delete(BINDING, made)
    assert credentials(azure, identity) == ["aks-identity-binding"]


def test_the_credential_of_aks_counts_among_twenty(azure: Azure) -> None:
    azure.cluster()
    azure.identity()
    for number in range(20):
        azure.credential(f"app{number}", subject=f"system:serviceaccount:demo:app{number}")
    with pytest.raises(ArmError, match="FederatedIdentityCredentialsLimitExceeded"):
        azure.create(BINDING, binding())


def test_a_binding_needs_its_identity_and_its_cluster(azure: Azure) -> None:
    azure.identity()
    with pytest.raises(ArmError, match="ParentResourceNotFound"):
        azure.create(BINDING, binding())
    azure.cluster()
    with pytest.raises(ArmError, match="ManagedIdentityNotFound"):
        azure.create(BINDING, binding(identity="id-other"))


def test_another_identity_is_another_binding(azure: Azure) -> None:
    azure.cluster()
    azure.identity()
    change = azure.diff(BINDING, azure.create(BINDING, binding()), binding(identity="id-other"))
    assert change.replaces == {("properties", "managedIdentity", "resourceId")}


def test_an_api_server_in_a_subnet_has_no_token_proxy(azure: Azure) -> None:
    made = azure.cluster()
    azure.identity()
    resource = azure.world.get(made.id)
    assert resource is not None
    resource.properties["apiServerAccessProfile"] = {"enableVnetIntegration": True}
    with pytest.raises(ArmError, match="IdentityBindingNotSupported"):
        azure.create(BINDING, binding())
