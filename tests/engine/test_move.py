"""An all-in-one becomes a platform and a team: the state moves, and the cloud stays. docs/compositions.md has
the steps.
"""

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal, Run

pytestmark = pytest.mark.engine

GROUP = "rg-aks-secrets-dev"
WORKLOADS: list[dict[str, Any]] = [
    {"name": "orders", "technique": "csi", "secrets": [{"name": "orders-password", "from": "random"}]},
    {
        "name": "cart",
        "technique": "eso",
        "secrets": [
            {"name": "cart-key", "from": "random", "env": "CART_KEY"},
            {"name": "orders-password", "from": "existing"},
        ],
    },
    {
        "name": "fax",
        "technique": "dapr",
        "secrets": [
            {"name": "fax-key", "from": "random"},
            {"name": "fax-pin", "vault": "payments", "from": "random"},
        ],
    },
]
SHARED: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D2s_v5", "count": 1}},
    "aks-secrets:operators": {"csi_driver": {}, "external_secrets": {}, "dapr": {"scheduler": False}},
    "aks-secrets:namespaces": [{"name": "shop"}],
    "aks-secrets:vaults": [{"name": "payments"}],
}


def _workloads(**more: Any) -> list[dict[str, Any]]:
    return [
        {"namespace": "shop", "image": "registry.example/shop:1", **resource, **more}
        for resource in copy.deepcopy(WORKLOADS)
    ]


ALL_IN_ONE = {**SHARED, "aks-secrets:workloads": _workloads()}
PLATFORM = {**SHARED, "aks-secrets:composition": "platform"}
TEAM: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:composition": "workloads",
    "aks-secrets:platform": {"stack": "organization/aks-secrets/dev"},
    # The identities stay where they are, and are called what they are called.
    "aks-secrets:cluster": {"resource_group": GROUP},
    "aks-secrets:resource_groups": [{"name": GROUP, "existing": True}],
    "aks-secrets:identities": [
        {"name": workload["name"], "resource_name": f"id-aks-secrets-dev-{workload['name']}"}
        for workload in WORKLOADS
    ],
    "aks-secrets:workloads": [{**resource, "identity": resource["name"]} for resource in _workloads()],
}
# As in docs/compositions.md: grep -E of these.
MOVED = (
    r"::aks-secrets:index:(Workload|WorkloadIdentity)::(orders|cart|fax)$"
    r"|::vault(-[a-z0-9-]+)?/(orders-password|cart-key|fax-key|fax-pin)$"
)


@pytest.fixture
def stacks(tmp_path: Path, simulators: Simulators) -> tuple[Rehearsal, Rehearsal]:
    """An all-in-one that is up, and a team that has nothing yet."""
    dev = Rehearsal(tmp_path, copy.deepcopy(ALL_IN_ONE), simulators, "dev")
    dev.up()
    return dev, Rehearsal(tmp_path, copy.deepcopy(TEAM), simulators, "shop")


def _move(dev: Rehearsal, shop: Rehearsal) -> str:
    urns = [resource["urn"] for resource in dev.deployment["resources"] if re.search(MOVED, resource["urn"])]
    assert len(urns) == 3 * 2 + 4 * 2, "workloads and their identities; secrets and their values"
    return shop.engine("state", "move", "--yes", "--source", "dev", "--dest", "shop", *urns)


def _touched(run: Run) -> set[str]:
    return {
        f"{resource['op']} {resource['name']}"
        for resource in run.document["resources"]
        if resource["op"] not in ("same", "read")
    }


def test_the_state_moves_and_nothing_in_the_cloud_does(stacks: tuple[Rehearsal, Rehearsal]) -> None:
    dev, shop = stacks
    before = dev.world
    assert "Successfully moved resources" in _move(dev, shop)

    assert shop.run("preview").summary == {"create": 3}
    # Components stand for nothing in any cloud; what reads a stack is a provider of the engine's own.
    assert _touched(shop.up()) == {
        "create cluster",
        "create vault",
        "create vault-payments",
        "create default",
    }
    assert shop.up().summary == {}

    dev.config = copy.deepcopy(PLATFORM)
    assert dev.run("preview").summary == {}
    assert {change.split("_")[0] for change in _touched(dev.up())} == {"delete default"}, (
        "no resource uses the random provider any more"
    )
    assert dev.up().summary == {}
    assert shop.up().summary == {}
    assert shop.run("refresh").status == 0
    after = dev.world
    assert after["azure"] == before["azure"]
    assert after["kubernetes"] == before["kubernetes"]


def test_what_was_moved_goes_with_its_new_stack(stacks: tuple[Rehearsal, Rehearsal]) -> None:
    dev, shop = stacks
    _move(dev, shop)
    shop.up()
    dev.config = copy.deepcopy(PLATFORM)
    dev.up()
    assert shop.run("destroy").status == 0
    left = {resource["id"].rsplit("/", 1)[1] for resource in dev.world["azure"]}
    assert not {name for name in left if "cart" in name or "orders" in name or "fax" in name}
    assert dev.up().summary == {}, "the platform has lost nothing"
