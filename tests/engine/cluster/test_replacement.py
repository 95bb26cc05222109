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


def test_the_engine_cannot_replace_a_cluster_with_its_objects_and_touches_nothing(changed: Rehearsal) -> None:
    """It closes the Kubernetes provider when it asks whether that has to be replaced too, and needs it a
    moment later: Registry.Diff in pkg/resource/deploy/providers/registry.go of Pulumi 3.256; pulumi#14650
    looks the same. When this fails, the runbook is shorter.
    """
    before = changed.world
    refused = changed.command("up", "--json")
    assert refused.status != 0
    assert "grpc: the client connection is closing" in refused.errors
    after = changed.world
    assert (after["azure"], after["kubernetes"]) == (before["azure"], before["kubernetes"])


def test_a_cluster_is_replaced_once_its_objects_are_out_of_the_state(changed: Rehearsal) -> None:
    value = changed.secret("orders-password")
    (provider,) = [
        resource["urn"]
        for resource in changed.deployment["resources"]
        if resource["type"] == "pulumi:providers:kubernetes"
    ]
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
        if op in ("replace", "delete") and kind not in ("ManagedCluster", "RoleAssignment")
    }
    assert changed.secret("orders-password") == value, "the vault has nothing to do with it"
    assert changed.up().summary == {}
