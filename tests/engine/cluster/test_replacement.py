"""A change that replaces the cluster. docs/production.md has the same as a runbook."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine


@pytest.fixture
def changed(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """Pods are to have other addresses, which AKS gives to a new cluster only."""
    config: dict[str, Any] = {
        "azure-native:location": "westeurope",
        "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D2s_v5", "count": 1}},
        "aks-secrets:operators": {"external_secrets": {}},
        "aks-secrets:workloads": [
            {
                "name": "orders",
                "namespace": "shop",
                "technique": "eso",
                "image": "registry.example/orders:1",
                "secrets": [{"name": "orders-password", "from": "random"}],
            }
        ],
    }
    stack = Rehearsal(tmp_path, config, simulators)
    stack.up()
    config["aks-secrets:cluster"]["network"] = {"pod_cidr": "10.100.0.0/16"}
    return stack


def test_a_cluster_is_replaced_with_everything_in_it(changed: Rehearsal) -> None:
    """Engines before 3.276 stopped at the first object (pulumi#14650), and touched nothing."""
    value, issuer = changed.secret("orders-password"), _issuer(changed)
    replaced = changed.up()
    ops = {(resource["op"], resource["type"].split(":")[-1]) for resource in replaced.document["resources"]}
    objects = ("ManagedCluster", "Namespace", "ServiceAccount", "Release", "ExternalSecret", "Deployment")
    assert {("replace", kind) for kind in objects} <= ops
    assert ("update", "FederatedIdentityCredential") in ops
    kept = {"Vault", "Secret", "UserAssignedIdentity", "ResourceGroup", "RandomPassword"}
    assert not {(op, kind) for op, kind in ops if kind in kept and op != "same"}
    assert changed.secret("orders-password") == value, "the vault has nothing to do with it"
    assert _issuer(changed) != issuer
    assert changed.up().summary == {}


def _issuer(stack: Rehearsal) -> str:
    (issuer,) = {
        resource["outputs"]["issuer"]
        for resource in stack.deployment["resources"]
        if resource["type"].endswith(":FederatedIdentityCredential")
    }
    return issuer


def test_a_cluster_out_of_reach_is_replaced_once_its_objects_are_out_of_the_state(changed: Rehearsal) -> None:
    value = changed.secret("orders-password")
    (provider,) = [
        resource["urn"]
        for resource in changed.deployment["resources"]
        if resource["type"] == "pulumi:providers:kubernetes"
    ]
    components = (
        "ExternalSecrets",
        "Workload",
    )  # replaced with their provider, without anything of their own
    changed.engine("state", "delete", "--yes", "--target-dependents", provider)
    replaced = changed.up()
    ops = {(resource["op"], resource["type"].split(":")[-1]) for resource in replaced.document["resources"]}
    assert {
        ("replace", "ManagedCluster"),
        ("create", "Deployment"),
        ("update", "FederatedIdentityCredential"),
    } <= ops
    assert not {
        kind
        for op, kind in ops
        if op in ("replace", "delete") and kind not in ("ManagedCluster", "RoleAssignment", *components)
    }
    assert changed.secret("orders-password") == value, "the vault has nothing to do with it"
    assert changed.up().summary == {}
