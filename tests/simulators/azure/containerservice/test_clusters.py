"""Simulated AKS: one test for each rule."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.wire import UNKNOWN
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import POOL, Azure, CheckFailedError, Kubernetes, cluster

CLUSTER = "containerservice:ManagedCluster"
AGENT_POOL = "containerservice:AgentPool"


def pool(name: str = "user", **more: Any) -> dict[str, Any]:
    names = {"resourceGroupName": "rg", "resourceName": "aks-one", "agentPoolName": name}
    return {**names, "vmSize": "Standard_D2s_v5", "count": 1, "mode": "User", **more}


def test_a_cluster_says_its_issuer_with_a_final_slash(azure: Azure) -> None:
    issuer = azure.cluster().outputs["oidcIssuerProfile"]["issuerURL"]
    assert issuer.startswith("https://westeurope.oic.prod-aks.azure.com/")
    assert issuer.endswith("/")


def test_a_cluster_without_the_issuer_says_none(azure: Azure) -> None:
    made = azure.cluster(oidcIssuerProfile={"enabled": False})
    assert "issuerURL" not in made.outputs["oidcIssuerProfile"]


def test_a_preview_says_the_issuer_is_unknown_rather_than_absent(azure: Azure) -> None:
    seen = azure.preview(CLUSTER, cluster())
    assert seen["oidcIssuerProfile"] == {"enabled": True, "issuerURL": UNKNOWN}
    assert seen["fqdn"] is UNKNOWN
    assert seen["dnsPrefix"] == "one"
    assert seen["name"] is UNKNOWN


def test_the_preview_of_an_update_knows_name_and_location_and_no_issuer(azure: Azure) -> None:
    made = azure.cluster()
    seen = azure.update(CLUSTER, made, cluster(tags={"a": "b"}), preview=True).outputs
    assert (seen["name"], seen["location"]) == ("aks-one", "westeurope")
    assert seen["oidcIssuerProfile"]["issuerURL"] is UNKNOWN


def test_the_issuer_cannot_be_switched_off(azure: Azure) -> None:
    made = azure.cluster()
    with pytest.raises(ArmError, match="OIDC issuer feature cannot be disabled"):
        azure.update(CLUSTER, made, cluster(oidcIssuerProfile={"enabled": False}))


def test_the_issuer_stays_the_same_over_updates(azure: Azure) -> None:
    made = azure.cluster()
    again = azure.update(CLUSTER, made, cluster(tags={"a": "b"}))
    assert again.outputs["oidcIssuerProfile"] == made.outputs["oidcIssuerProfile"]


def test_a_cluster_has_a_system_pool(azure: Azure) -> None:
    with pytest.raises(ArmError, match="at least one system pool"):
        azure.cluster(agentPoolProfiles=[{**POOL, "mode": "User"}])


def test_a_system_pool_has_a_node(azure: Azure) -> None:
    with pytest.raises(ArmError, match="at least one node"):
        azure.cluster(agentPoolProfiles=[{**POOL, "count": 0}])


def test_pools_are_not_added_inline_to_an_existing_cluster(azure: Azure) -> None:
    made = azure.cluster()
    with pytest.raises(ArmError, match="A new agent pool was introduced"):
        azure.update(CLUSTER, made, cluster(agentPoolProfiles=[dict(POOL), {**POOL, "name": "second"}]))


def test_workload_identity_needs_the_issuer(azure: Azure) -> None:
    with pytest.raises(ArmError, match="requires OIDC issuer"):
        azure.cluster(oidcIssuerProfile=None, securityProfile={"workloadIdentity": {"enabled": True}})


def test_azure_creates_a_cluster_without_any_sign_in(azure: Azure) -> None:
    """According to the documentation every sign-in fails then; AKS does not refuse the cluster.

    The settings of this project do.

    https://learn.microsoft.com/azure/aks/local-accounts
    """
    assert azure.cluster(disableLocalAccounts=True).outputs["disableLocalAccounts"] is True


def test_entra_cannot_be_switched_off(azure: Azure) -> None:
    made = azure.cluster(aadProfile={"managed": True})
    with pytest.raises(ArmError, match="DisableManagedAADNotAllowed"):
        azure.update(CLUSTER, made, cluster(aadProfile={"managed": False}))


def test_settings_of_add_ons_are_strings(azure: Azure) -> None:
    profile = {"azureKeyvaultSecretsProvider": {"enabled": True, "config": {"enableSecretRotation": True}}}
    with pytest.raises((ArmError, CheckFailedError), match="enableSecretRotation"):
        azure.cluster(addonProfiles=profile)


def test_the_control_plane_identity_exists_before_the_cluster(azure: Azure) -> None:
    identity = {"type": "UserAssigned", "userAssignedIdentities": ["/subscriptions/x/none"]}
    with pytest.raises(ArmError, match="FailedIdentityOperation"):
        azure.cluster(identity=identity)


def test_a_user_assigned_identity_reads_back_as_a_map(azure: Azure) -> None:
    identity = azure.identity()
    made = azure.cluster(identity={"type": "UserAssigned", "userAssignedIdentities": [identity.id]})
    identity_output = made.outputs["identity"]["userAssignedIdentities"][identity.id]
    assert identity_output["principalId"] == identity.outputs["principalId"]
    again = azure.read(CLUSTER, made)
    assert again is not None
    assert again.inputs == made.inputs


@pytest.mark.parametrize("name", ["dnsPrefix", "location", "nodeResourceGroup"])
def test_some_changes_replace_the_cluster(azure: Azure, name: str) -> None:
    made = azure.cluster(nodeResourceGroup="nodes")
    change = azure.diff(CLUSTER, made, cluster(**{"nodeResourceGroup": "nodes", name: "other"}))
    assert change.replaces == {(name,)}
    assert change.delete_first


def test_a_network_setting_that_aks_can_change_does_not_replace_the_cluster(azure: Azure) -> None:
    """pulumi-azure-native#4756"""
    made = azure.cluster(networkProfile={"networkPlugin": "azure", "serviceCidr": "10.0.0.0/16"})
    advanced = {
        "networkPlugin": "azure",
        "serviceCidr": "10.0.0.0/16",
        "advancedNetworking": {"enabled": True},
    }
    assert not azure.diff(CLUSTER, made, cluster(networkProfile=advanced)).replaces
    moved = {"networkPlugin": "azure", "serviceCidr": "10.9.0.0/16"}
    assert azure.diff(CLUSTER, made, cluster(networkProfile=moved)).replaces == {
        ("networkProfile", "serviceCidr")
    }


def test_an_immutable_property_that_reaches_arm_is_refused(azure: Azure) -> None:
    made = azure.cluster()
    with pytest.raises(ArmError, match=r"PropertyChangeNotAllowed.*properties.dnsPrefix"):
        azure.update(CLUSTER, made, cluster(dnsPrefix="other"))


def test_authorized_ranges_need_a_public_api_server(azure: Azure) -> None:
    access = {"enablePrivateCluster": True, "authorizedIPRanges": ["203.0.113.0/24"]}
    with pytest.raises(ArmError, match="private clusters"):
        azure.cluster(apiServerAccessProfile=access)


def test_a_pool_needs_its_cluster(azure: Azure) -> None:
    with pytest.raises(ArmError, match="ParentResourceNotFound"):
        azure.create(AGENT_POOL, pool())


def test_another_vm_size_makes_another_pool(azure: Azure) -> None:
    azure.cluster()
    made = azure.create(AGENT_POOL, pool())
    assert azure.diff(AGENT_POOL, made, pool(vmSize="Standard_D4s_v5")).replaces == {("vmSize",)}
    with pytest.raises(ArmError, match="PropertyChangeNotAllowed"):
        azure.update(AGENT_POOL, made, pool(maxPods=50) | {"vmSize": "Standard_D4s_v5"})


def test_encryption_at_host_stays_as_it_was_made(azure: Azure) -> None:
    made = azure.cluster(agentPoolProfiles=[dict(POOL)])
    apps = azure.create(AGENT_POOL, pool(enableEncryptionAtHost=True))
    azure.update(AGENT_POOL, apps, pool(enableEncryptionAtHost=True, count=2))
    for change in (
        lambda: azure.update(AGENT_POOL, apps, pool()),
        lambda: azure.update(
            CLUSTER, made, cluster(agentPoolProfiles=[dict(POOL) | {"enableEncryptionAtHost": True}])
        ),
    ):
        with pytest.raises(
            ArmError, match=r"Changing property 'properties\.enableEncryptionAtHost' is not allowed"
        ):
            change()


def test_a_pool_name_has_at_most_twelve_lower_case_letters_and_digits(azure: Azure) -> None:
    azure.cluster()
    for name in ("Pool", "1pool", "a" * 13):
        with pytest.raises(CheckFailedError, match="agentPoolName"):
            azure.create(AGENT_POOL, pool(name))
    with pytest.raises(ArmError, match="at most 6"):
        azure.create(AGENT_POOL, pool("windows1", osType="Windows"))


def test_the_last_system_pool_cannot_be_deleted(azure: Azure) -> None:
    azure.cluster(agentPoolProfiles=[dict(POOL)])
    second = azure.create(AGENT_POOL, pool("second", mode="System"))
    azure.delete(AGENT_POOL, second)
    third = azure.create(AGENT_POOL, pool("third", mode="System"))
    stored = azure.world.get(third.id.rsplit("/", 2)[0])
    assert stored is not None
    stored.properties["agentPoolProfiles"] = []
    with pytest.raises(ArmError, match="at least one agent pool"):
        azure.delete(AGENT_POOL, third)


def test_deleting_a_cluster_takes_pools_objects_and_node_group_along(azure: Azure) -> None:
    made = azure.cluster()
    azure.create(AGENT_POOL, pool())
    Kubernetes(azure, kubeconfig_of(azure)).namespace()
    azure.delete(CLUSTER, made)
    assert azure.world.kubernetes == {}
    assert {resource.token for resource in azure.world.azure.values()} == {
        "azure-native:resources:ResourceGroup"
    }
    assert len(azure.world.azure) == 1
    assert [p.type for p in azure.world.directory.values()] == ["User"]


def test_what_an_update_omits_stays_on(azure: Azure) -> None:
    made = azure.cluster(
        addonProfiles={"azureKeyvaultSecretsProvider": {"enabled": True}},
        apiServerAccessProfile={"authorizedIPRanges": ["20.50.2.0/24"]},
    )
    silent = azure.update("containerservice:ManagedCluster", made, cluster())
    assert silent.outputs["addonProfiles"]["azureKeyvaultSecretsProvider"]["enabled"] is True
    assert silent.outputs["apiServerAccessProfile"] == {"authorizedIPRanges": ["20.50.2.0/24"]}
    off = {
        "addonProfiles": {"azureKeyvaultSecretsProvider": {"enabled": False}},
        "apiServerAccessProfile": {"authorizedIPRanges": []},
    }
    switched_off = azure.update("containerservice:ManagedCluster", silent, cluster(**off))
    assert switched_off.outputs["addonProfiles"]["azureKeyvaultSecretsProvider"]["enabled"] is False
    assert switched_off.outputs["apiServerAccessProfile"] == {"authorizedIPRanges": []}
