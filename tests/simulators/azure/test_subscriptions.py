"""Subscriptions in one simulated cloud: kept apart, found or not, and of one tenant each."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.seed import SeedError, apply_seed
from tests.support.acting import SECRETS_USER, Actor, Azure

HUB = "99999999-0000-4000-8000-00000000000b"
THEIRS = "77777777-0000-4000-8000-00000000000a"


def _hub(azure: Azure) -> Actor:
    settings = {"azure-native:config:subscriptionId": HUB}
    return Actor(azure.simulator, "azure-native", "hub", settings)


def test_a_provider_looks_up_and_writes_in_its_own_subscription(azure: Azure) -> None:
    hub = _hub(azure)
    group = {"resourceGroupName": "rg-hub", "location": "westeurope"}
    assert hub.create("resources:ResourceGroup", group).id == f"/subscriptions/{HUB}/resourceGroups/rg-hub"
    names = {"resourceGroupName": "rg-hub", "resourceName": "id-app"}
    made = hub.create("managedidentity:UserAssignedIdentity", {**names, "location": "westeurope"})
    getter = "managedidentity:getUserAssignedIdentity"
    assert hub.invoke(getter, **names)["id"] == made.id
    with pytest.raises(ProviderError, match="ResourceGroupNotFound"):
        azure.invoke(getter, **names)
    # A read is about a whole id.
    assert azure.read("managedidentity:UserAssignedIdentity", made) is not None


def test_a_private_endpoint_is_in_the_subscription_of_its_network(azure: Azure) -> None:
    network = f"/subscriptions/{HUB}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v"
    inputs = {"resourceGroupName": "rg", "privateEndpointName": "pe", "location": "westeurope"}
    inputs |= {"subnet": {"id": f"{network}/subnets/s"}}
    with pytest.raises(ArmError, match=rf"InvalidResourceReference.*{network} referenced by"):
        azure.create("network:PrivateEndpoint", inputs)


def test_a_provider_in_use_is_registered(azure: Azure) -> None:
    """A provider that is not registered is so in the subscription of the stack."""
    hub = _hub(azure)
    group = {"resourceGroupName": "rg-hub", "location": "westeurope"}
    hub.create("resources:ResourceGroup", group)
    first, second = ({**group, "resourceName": name} for name in ("id-one", "id-two"))
    hub.create("managedidentity:UserAssignedIdentity", first)
    apply_seed(azure.world, {"unregistered": ["Microsoft.ManagedIdentity"]})
    hub.create("managedidentity:UserAssignedIdentity", second)
    with pytest.raises(ProviderError, match="MissingSubscriptionRegistration"):
        azure.identity()


def test_a_role_has_the_id_of_the_subscription_of_its_scope(azure: Azure) -> None:
    hub = _hub(azure)
    group = hub.create("resources:ResourceGroup", {"resourceGroupName": "rg", "location": "westeurope"})
    inputs = {
        "scope": group.id,
        "principalId": "p",
        "principalType": "User",
        "roleDefinitionId": SECRETS_USER,
    }
    made = azure.create("authorization:RoleAssignment", inputs)
    role = SECRETS_USER.rpartition("/")[2]
    definitions = f"/subscriptions/{HUB}/providers/Microsoft.Authorization/roleDefinitions"
    assert made.outputs["roleDefinitionId"] == f"{definitions}/{role}"
    here = azure.create("authorization:RoleAssignment", {**inputs, "scope": azure.group("here").id})
    assert here.outputs["roleDefinitionId"] == SECRETS_USER


@pytest.mark.parametrize(
    ("entry", "refusal"),
    [
        ({"id": HUB, "tenant": THEIRS}, rf"Status=401.*InvalidAuthenticationTokenTenant.*{THEIRS}"),
        ({"id": THEIRS}, rf"Status=404.*SubscriptionNotFound.*'{HUB}' could not be found"),
    ],
    ids=["another tenant", "not named"],
)
def test_a_subscription_that_the_sign_in_does_not_reach(
    azure: Azure, entry: dict[str, str], refusal: str
) -> None:
    apply_seed(azure.world, {"subscriptions": [entry]})
    hub = _hub(azure)
    with pytest.raises(ProviderError, match=refusal):
        hub.invoke("keyvault:getVault", resourceGroupName="rg", vaultName="kv-hub")
    with pytest.raises(ProviderError, match=refusal):
        hub.create("resources:ResourceGroup", {"resourceGroupName": "rg", "location": "westeurope"})


def test_the_subscription_of_the_sign_in_exists_whatever_is_named(tmp_path: Path) -> None:
    own = "66666666-0000-4000-8000-00000000000b"
    azure = Azure(tmp_path, subscriptionId=own)
    apply_seed(azure.world, {"subscriptions": [{"id": HUB}]})
    with pytest.raises(ProviderError, match="SubscriptionNotFound"):
        azure.group()
    assert azure.invoke("authorization:getClientConfig")["subscriptionId"] == own
    azure.group()


def test_a_tenant_is_a_guid(azure: Azure) -> None:
    with pytest.raises(SeedError, match="tenant: contoso is no GUID"):
        apply_seed(azure.world, {"subscriptions": [{"id": HUB, "tenant": "contoso"}]})
