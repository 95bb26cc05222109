"""Every type of resource that the program can make is replaced once, in a preview and in an update.

A change that replaces a resource is rare and drastic (another resource group, location or name of an
identity), so it is just what is rehearsed.
"""

import copy
from collections.abc import Collection
from pathlib import Path

import pytest

from rehearsal.simulator_process import Simulators
from tests.support import every_type
from tests.support.plan import PLANS
from tests.support.rehearse import Rehearsal
from tests.support.unknowns import failed_previews, providers

MADE = {
    "own": {
        *("ActionGroup", "AgentPool", "ClusterRole", "ClusterRoleBinding", "Component", "Configuration"),
        *("CronJob", "DaemonSet", "Deployment", "IdentityBinding"),
        *("DiagnosticSetting", "ExternalSecret", "FederatedIdentityCredential", "HorizontalPodAutoscaler"),
        *("Job", "MaintenanceConfiguration", "ManagedCluster", "MetricAlert", "Namespace", "NatGateway"),
        *("Ingress", "Password", "PushSecret"),
        *("NetworkPolicy", "Pod", "PodDisruptionBudget", "PrivateDnsZoneGroup", "PrivateEndpoint"),
        *("PrivateZone", "PublicIPAddress", "RandomPassword", "Release", "ResourceGroup", "Role"),
        *("RoleAssignment", "RoleBinding", "Secret", "SecretProviderClass", "SecretStore", "Service"),
        *("AzureKeyVaultSecret", "SecretSync", "ServiceAccount", "StatefulSet", "Subnet"),
        *("SystemTopic", "SystemTopicEventSubscription"),
        *("UserAssignedIdentity", "Vault", "VirtualNetwork", "VirtualNetworkLink", "VirtualNetworkPeering"),
        "Workspace",
    },
    "others": {
        *("AccessPolicy", "AzureIdentity", "AzureIdentityBinding", "Component", "Configuration"),
        *("Deployment", "Extension", "FederatedIdentityCredential", "ManagedCluster", "RandomPassword"),
        *("ResourceGroup", "RoleAssignment", "RouteTable", "Secret", "SecretProviderClass"),
        *("ServiceAccount", "ServiceAccountPatch", "Subnet", "UserAssignedIdentity", "VirtualNetwork"),
    },
}
"""Stack of tests/support/every_type.py → types that it makes."""
NOT_UPDATED = {
    "RouteTable": "InUseRouteTableCannotBeDeleted: a subnet uses it",
    "NatGateway": "InUseNatGatewayCannotBeDeleted: a subnet uses it",
    "PublicIPAddress": "PublicIPAddressCannotBeDeleted: a gateway uses it",
    "Vault": "ConflictError: a deleted vault keeps its name, docs/production.md",
    "ManagedCluster": "the engine closes its Kubernetes provider too early: cluster/test_replacement.py",
    "ResourceGroup": "the cluster is in it",
}
"""Types whose replacement the preview shows and the update refuses, and why."""


def _urns(stack: Rehearsal) -> dict[str, list[str]]:
    """Type → URNs of the resources that a provider has made."""
    urns: dict[str, list[str]] = {}
    for resource in stack.deployment["resources"]:
        is_made = resource["custom"] and not resource.get("external")
        if is_made and not resource["type"].startswith("pulumi:"):
            urns.setdefault(resource["type"].rsplit(":", 1)[1], []).append(resource["urn"])
    return urns


def _of(urns: dict[str, list[str]], types: Collection[str]) -> list[str]:
    return [urn for type_ in types for urn in urns.get(type_, [])]


@pytest.mark.engine
@pytest.mark.parametrize("name", sorted(MADE))
def test_every_type_is_replaced_in_a_preview_and_in_an_update(
    name: str, tmp_path: Path, simulators: Simulators
) -> None:
    config, cloud = every_type.STACKS[name]
    stack = Rehearsal(tmp_path, copy.deepcopy(config), simulators)
    stack.up(cloud)
    urns = _urns(stack)
    assert set(urns) == MADE[name]
    resources = [(r["urn"], r.get("inputs", {})) for r in stack.deployment["resources"]]
    made = {urn for of_type in urns.values() for urn in of_type}
    assert failed_previews([r for r in resources if r[0] in made], providers(tmp_path)) == {}

    # Dependents have unknown inputs as long as they are not replaced themselves.
    with_dependents = _of(urns, {"UserAssignedIdentity", *NOT_UPDATED})
    preview = stack.run("preview", replace=with_dependents)
    assert preview.status == 0, preview.errors
    replaced = _of(urns, set(urns) - set(NOT_UPDATED))
    preview = stack.run("preview", replace=replaced)
    assert preview.status == 0, preview.errors
    done = stack.run("up", replace=replaced)
    assert done.status == 0, done.errors
    assert {urn.rsplit("::", 1)[1] for urn in replaced} <= set(done.changes["replace"])


def test_no_type_of_the_program_is_left_out() -> None:
    planned = {
        line.split()[0]
        for plan in PLANS.glob("*.txt")
        for line in plan.read_text(encoding="utf-8").splitlines()
        if line.startswith(("azure-native:", "kubernetes:", "random:"))
    }
    types = {type_.rsplit(":", 1)[1] for type_ in planned} | every_type.classes_of_components()
    assert types - set().union(*MADE.values()) == set()
