"""The cluster: its defaults, the effect of each argument, and properties that are never sent."""

import pulumi
import pytest

from aks_secrets_testing.builds import ISSUER, TENANT, build
from components.authorization.roles import Role
from components.cluster.csi_addon import CsiAddon
from components.cluster.entra import Entra
from components.cluster.network_profile import Dataplane, NetworkPolicy, NetworkProfile
from components.cluster.node_pools import NodePool
from components.cluster.upgrades import UpgradeChannel
from tests.support import samples


def test_oidc_issuer_and_workload_identity_are_on() -> None:
    inputs = build(samples.cluster).single("ManagedCluster").inputs
    assert inputs["oidcIssuerProfile"] == {"enabled": True}
    assert inputs["securityProfile"]["workloadIdentity"] == {"enabled": True}


def test_the_issuer_url_is_verbatim_with_its_final_slash() -> None:
    built = build(lambda: samples.cluster().issuer_url)
    assert built.outputs == ISSUER
    assert ISSUER.endswith("/")


def test_a_cluster_that_reports_no_issuer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aks_secrets_testing.answers.ISSUER", "")
    with pytest.raises(pulumi.RunError, match="no OIDC issuer URL"):
        build(lambda: samples.cluster().issuer_url)


def test_defaults_are_secure() -> None:
    inputs = build(samples.cluster).single("ManagedCluster").inputs
    assert inputs["disableLocalAccounts"] is True
    assert inputs["aadProfile"] == {
        "managed": True,
        "enableAzureRBAC": True,
        "tenantID": TENANT,
        "adminGroupObjectIDs": [],
    }
    assert inputs["sku"] == {"name": "Base", "tier": "Standard"}
    assert inputs["autoUpgradeProfile"] == {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"}
    assert (
        inputs["networkProfile"]
        | {"networkPlugin": "azure", "networkPluginMode": "overlay", "networkDataplane": "cilium"}
        == inputs["networkProfile"]
    )
    assert inputs["networkProfile"]["networkPolicy"] == "cilium"
    for absent in ("linuxProfile", "kubernetesVersion", "podIdentityProfile"):
        assert absent not in inputs


def test_the_control_planes_role_on_the_subnet_precedes_the_cluster() -> None:
    built = build(lambda: samples.cluster(network=NetworkProfile(subnet_id=samples.SUBNET)))
    grant = built.single("RoleAssignment", "cluster-subnet")
    assert grant.inputs["scope"] == samples.SUBNET
    assert grant.inputs["roleDefinitionId"].endswith(Role.NETWORK_CONTRIBUTOR.value)
    assert grant.inputs["principalId"] == "<cluster-identity.principalId>"
    assert grant.urn in built.single("ManagedCluster").dependencies
    assert built.single("ManagedCluster").inputs["agentPoolProfiles"][0]["vnetSubnetID"] == samples.SUBNET


def test_the_control_plane_identity_is_user_assigned() -> None:
    identity = build(samples.cluster).single("ManagedCluster").inputs["identity"]
    assert identity == {"type": "UserAssigned", "userAssignedIdentities": ["/id/of/cluster-identity"]}


@pytest.mark.parametrize("channel", [UpgradeChannel.STABLE, UpgradeChannel.RAPID])
def test_a_channel_that_moves_the_minor_version_owns_it(channel: UpgradeChannel) -> None:
    built = build(lambda: samples.cluster(upgrade_channel=channel, kubernetes_version="1.36"))
    assert built.single("ManagedCluster").ignore_changes == ("kubernetesVersion",)


def test_the_csi_addon_is_configured_with_strings() -> None:
    built = build(lambda: samples.cluster(csi_addon=CsiAddon(rotation=True, poll_interval="5m")))
    addon = built.single("ManagedCluster").inputs["addonProfiles"]["azureKeyvaultSecretsProvider"]
    assert addon == {
        "enabled": True,
        "config": {"enableSecretRotation": "true", "rotationPollInterval": "5m"},
    }


def test_features_that_are_not_configured_are_disabled_explicitly() -> None:
    """ARM keeps properties that a PUT omits, so a removed feature would stay on."""
    inputs = build(samples.cluster).single("ManagedCluster").inputs
    assert inputs["addonProfiles"] == {"azureKeyvaultSecretsProvider": {"enabled": False}}
    assert inputs["apiServerAccessProfile"] == {"authorizedIPRanges": [], "enablePrivateCluster": False}
    assert inputs["securityProfile"]["azureKeyVaultKms"]["enabled"] is False


def test_another_kubernetes_version_upgrades_the_user_pools_too() -> None:
    pools = [NodePool(name="apps", vm_size="Standard_D4s_v5")]
    built = build(lambda: samples.cluster(kubernetes_version="1.36", user_pools=pools))
    assert built.single("AgentPool").inputs["orchestratorVersion"] == "1.36"
    moved = build(
        lambda: samples.cluster(
            kubernetes_version="1.36", user_pools=pools, upgrade_channel=UpgradeChannel.RAPID
        )
    )
    assert "orchestratorVersion" not in moved.single("AgentPool").inputs


def test_a_deployer_with_the_role_gets_none() -> None:
    assert build(lambda: samples.cluster(deployer=None)).of_type("RoleAssignment") == []


def test_the_azure_dataplane_can_be_chosen() -> None:
    network = NetworkProfile(dataplane=Dataplane.AZURE, policy=NetworkPolicy.CALICO)
    profile = (
        build(lambda: samples.cluster(network=network)).single("ManagedCluster").inputs["networkProfile"]
    )
    assert (profile["networkDataplane"], profile["networkPolicy"]) == ("azure", "calico")


def test_nodes_may_pull_from_each_listed_registry() -> None:
    built = build(lambda: samples.cluster(container_registry_ids=[samples.REGISTRY]))
    grant = built.single("RoleAssignment", "cluster/registry/shopimages")
    assert grant.inputs["scope"] == samples.REGISTRY
    assert grant.inputs["roleDefinitionId"].endswith(Role.ACR_PULL.value)
    assert grant.inputs["principalId"] == "<kubelet.objectId>"
    assert grant.inputs["principalType"] == "ServicePrincipal"


def test_the_deployers_role_precedes_all_objects_in_the_cluster() -> None:
    built = build(samples.cluster)
    grant = built.single("RoleAssignment", "cluster-deployer")
    assert grant.inputs["roleDefinitionId"].endswith(Role.AKS_RBAC_CLUSTER_ADMIN.value)
    assert grant.inputs["principalType"] == "User"
    assert grant.urn in built.single("kubernetes").dependencies


def test_the_deployer_gets_no_role_without_azure_rbac() -> None:
    assert build(lambda: samples.cluster(entra=None, local_accounts=True)).of_type("RoleAssignment") == []
    entra = Entra(azure_rbac=False, admin_groups=["g"])
    assert build(lambda: samples.cluster(entra=entra)).of_type("RoleAssignment") == []


def test_external_grants_are_listed_and_not_created() -> None:
    built = build(
        lambda: len(samples.cluster(container_registry_ids=[samples.REGISTRY], grants_managed=False).grants)
    )
    assert built.of_type("RoleAssignment") == []
    assert built.outputs == 2


def test_the_provider_is_replaced_with_the_cluster_only() -> None:
    provider = build(samples.cluster).single("kubernetes")
    assert provider.inputs["clusterIdentifier"] == "/id/of/cluster-cluster"


def test_protection_is_on_the_cluster_alone() -> None:
    built = build(
        lambda: samples.cluster(protect=True, user_pools=[NodePool(name="apps", vm_size="Standard_D4s_v5")])
    )
    assert [resource.type.split(":")[-1] for resource in built.resources if resource.protect] == [
        "ManagedCluster"
    ]


def test_identities_carry_no_tags() -> None:
    built = build(lambda: samples.cluster(tags={"team": "shop"}))
    assert "tags" not in built.single("UserAssignedIdentity").inputs
    assert built.single("ManagedCluster").inputs["tags"] == {"team": "shop"}


def test_a_kubernetes_secret_is_updated_in_place() -> None:
    """A replacement would delete it for a moment, and Reloader ignores both delete and create
    (stakater/Reloader#334).
    """
    assert build(samples.cluster).single("kubernetes").plain()["enableSecretMutable"] == "true"
