"""A split that `operations shard` proposes, rehearsed: the state moves, and the cloud stays."""

import json
from pathlib import Path
from typing import Any

import pytest

from operations.commands.shard import sections
from operations.effective_settings import stack_settings
from operations.sharding.proposal import Proposal, proposal
from operations.sharding.state import State
from rehearsal.simulator_process import Simulators
from tests.support.rehearse import REPOSITORY, Rehearsal, Run

pytestmark = pytest.mark.engine

CONFIG: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D2s_v5", "count": 1}, "app_routing": {}},
    "aks-secrets:waivers": [
        {"proof": "image-pinned", "workload": "audit", "reason": "none yet", "expires": "2030-01-31"}
    ],
    "aks-secrets:operators": {"csi_driver": {}, "external_secrets": {}, "akv2k8s": {}, "reloader": {}},
    "aks-secrets:vaults": [{"name": "payments"}],
    "aks-secrets:namespaces": [{"name": "shop", "isolated": True}],
    "aks-secrets:identities": [{"name": "tills"}],
    "aks-secrets:workloads": [
        {
            "name": "orders",
            "namespace": "shop",
            "technique": "csi",
            "image": "registry.example/orders:1",
            "reload": True,
            "port": 8080,
            "service": {
                "ingress": {"host": "orders.example.com", "certificate": "Orders-tls", "vault": "payments"}
            },
            "secrets": [{"name": "orders-password", "from": "random"}],
        },
        {
            "name": "till",
            "namespace": "pay",
            "technique": "eso",
            "identity": "tills",
            "image": "registry.example/till:1",
            "port": 8080,
            "service": {
                "ingress": {"host": "till.example.com", "certificate": "orders-tls", "vault": "payments"}
            },
            "secrets": [
                {"name": "till-pin", "vault": "payments", "from": "random", "env": "PIN"},
                {"name": "orders-password", "from": "random", "env": "ORDERS_PASSWORD"},
            ],
        },
        {
            "name": "audit",
            "namespace": "pay",
            "technique": "sdk",
            "identity": "tills",
            "access": "identity-binding",
            "image": "registry.example/audit:1",
            "secrets": [{"name": "till-pin", "vault": "payments", "from": "existing"}],
        },
        {
            "name": "receipts",
            "namespace": "pay",
            "technique": "akv2k8s",
            "image": "registry.example/receipts:1",
            "secrets": [{"name": "receipts-key", "from": "random", "env": "KEY"}],
        },
    ],
}


def _proposed(dev: Rehearsal, folder: Path) -> Proposal:
    file = folder / "Pulumi.dev.yaml"
    file.write_text(json.dumps({"config": dev.config}), encoding="utf-8")
    read = stack_settings("dev", REPOSITORY, file)
    proposed = proposal(read, sections(read), State(dev.deployment["resources"]), 2, "organization")
    proposed.write(folder / "out", REPOSITORY)
    return proposed


def _touched(run: Run) -> set[str]:
    return {
        f"{resource['op']} {resource['name'].split('_')[0]}"
        for resource in run.document["resources"]
        if resource["op"] not in ("same", "read")
    }


def test_a_proposed_split_moves_the_state_and_replaces_nothing(
    tmp_path: Path, simulators: Simulators
) -> None:
    dev = Rehearsal(tmp_path, CONFIG, simulators, "dev")
    dev.up()
    before = dev.world
    proposed = _proposed(dev, tmp_path)
    assert proposed.unlisted_namespaces == ["pay"]
    assert [part.workloads for part in proposed.parts] == [1, 3]
    dev.config = {**CONFIG, "aks-secrets:namespaces": [{"name": "shop", "isolated": True}, {"name": "pay"}]}
    assert _touched(dev.up()) == set()

    for part in proposed.parts:
        team = Rehearsal(tmp_path, part.document["config"], simulators, part.stack)
        moved = team.engine("state", "move", "--yes", "--source", "dev", "--dest", part.stack, *part.moved)
        assert "Successfully moved resources" in moved
        # Components stand for nothing in a cloud; what reads a stack is a provider of the engine's own.
        assert _touched(team.up()) <= {
            "create cluster",
            "create vault",
            "create vault-payments",
            "create default",
            "create cluster/app-routing",
            "create akv2k8s/identity",
        }
    dev.config = dict(proposed.platform["config"])
    assert _touched(dev.up()) <= {"delete default", "delete cluster/app-routing"}
    assert dev.world["azure"] == before["azure"]
    assert dev.world["kubernetes"] == before["kubernetes"]
