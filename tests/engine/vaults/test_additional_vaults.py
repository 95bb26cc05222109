"""Additional vaults of a stack: private addresses, the order of the list, people and alerts."""

import copy
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal
from tests.support.vault_stacks import AUDIT, CLOUD, SHARED, reading_workload

pytestmark = pytest.mark.engine


def test_one_zone_leads_to_all_private_addresses(tmp_path: Path, simulators: Simulators) -> None:
    """Azure links a network to one zone of a name, and would refuse a second one."""
    closed: dict[str, Any] = {"network": {"public_access": False}, "private_endpoint": {}}
    config = {
        **copy.deepcopy(SHARED),
        "aks-secrets:network": {
            "address_space": "10.10.0.0/16",
            "nodes": "10.10.0.0/22",
            "private_endpoints": "10.10.4.0/27",
        },
        "aks-secrets:vault": closed,
        "aks-secrets:vaults": [{"name": "payments", **closed}],
        "aks-secrets:workloads": [reading_workload("sdk")],
    }
    stack = Rehearsal(tmp_path, config, simulators)
    made = stack.up()
    assert len(made.inputs("PrivateEndpoint")) == 2
    assert len(made.inputs("PrivateZone")) == 1
    assert len(made.inputs("PrivateDnsZoneGroup")) == 2
    assert stack.up().summary == {}


def test_the_order_of_the_list_has_no_effect(tmp_path: Path, simulators: Simulators) -> None:
    """The shared resource group and zone belong to no vault of the list, and stay when one of them goes."""
    closed: dict[str, Any] = {"network": {"public_access": False}, "private_endpoint": {}}
    shared = {**closed, "resource_group": "rg-secrets"}
    config = {
        **copy.deepcopy(SHARED),
        "aks-secrets:network": {
            "address_space": "10.10.0.0/16",
            "nodes": "10.10.0.0/22",
            "private_endpoints": "10.10.4.0/27",
        },
        "aks-secrets:vaults": [{"name": "a", **shared}, {"name": "b", **shared}],
        "aks-secrets:workloads": [],
    }
    stack = Rehearsal(tmp_path, config, simulators)
    stack.up()
    config["aks-secrets:vaults"].reverse()
    assert stack.up().summary == {}
    config["aks-secrets:vault"] = closed
    added = stack.up()
    assert set(added.summary) == {"create", "update"}, "an endpoint, and no other zone"
    config["aks-secrets:vaults"].pop()
    gone = stack.up()
    assert {resource["name"] for resource in gone.document["resources"] if resource["op"] == "delete"} >= {
        "vault-a-vault"
    }
    assert not {
        resource["type"]
        for resource in gone.document["resources"]
        if resource["op"] == "delete" and "Zone" in resource["type"]
    } - {"azure-native:network:PrivateDnsZoneGroup"}
    assert stack.up().summary == {}


def test_people_manage_the_vaults_that_the_stack_creates_and_no_others(
    tmp_path: Path, simulators: Simulators
) -> None:
    config = {
        **copy.deepcopy(SHARED),
        "aks-secrets:vaults": [{"name": "payments"}, {"name": "audit", "existing": {"id": AUDIT}}],
        "aks-secrets:people": {"groups": ["66666666-7777-4888-8999-000000000000"]},
        "aks-secrets:workloads": [],
    }
    stack = Rehearsal(tmp_path, config, simulators)
    made = stack.up(CLOUD)
    officers = [
        resource["scope"]
        for resource in made.inputs("RoleAssignment")
        if resource["principalType"] == "Group"
    ]
    assert len(officers) == 2
    assert not [scope for scope in officers if "kv-audit" in scope]


def test_beside_an_existing_vault_the_additional_one_has_alerts(
    tmp_path: Path, simulators: Simulators
) -> None:
    config = {
        **copy.deepcopy(SHARED),
        "aks-secrets:vault": {"existing": {"id": AUDIT}},
        "aks-secrets:monitoring": {"alerts": {"emails": ["shop@example.com"]}},
        "aks-secrets:workloads": [reading_workload("sdk")],
    }
    stack = Rehearsal(tmp_path, config, simulators)
    made = stack.up(CLOUD)
    (payments,) = (
        resource["vaultName"] for resource in made.inputs("Vault") if "vaultName" in resource
    )  # the other is read
    watched = [
        *(resource["source"] for resource in made.inputs("SystemTopic")),
        *(rule["scopes"][0] for rule in made.inputs("MetricAlert")),
    ]
    assert [scope.rsplit("/", 1)[1] for scope in watched] == [payments] * 3
    assert stack.up().summary == {}
