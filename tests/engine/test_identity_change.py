"""A change that makes an identity of a live stack anew."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

CONFIG: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D2s_v5", "count": 1}},
    "aks-secrets:operators": {"csi_driver": {}},
    "aks-secrets:identities": [{"name": "shared"}],
    "aks-secrets:workloads": [
        {
            "name": "shop",
            "namespace": "shop",
            "technique": "csi",
            "identity": "shared",
            "image": "registry.example/shop:1",
            "run_as_user": 1654,
            "secrets": [{"name": "shop-key", "from": "random"}],
        }
    ],
}


def test_an_identity_with_another_name_takes_its_workloads_and_grants_along(
    tmp_path: Path, simulators: Simulators
) -> None:
    """The ServiceAccount, whose annotation is unknown until the new identity is there, is updated."""
    stack = Rehearsal(tmp_path, dict(CONFIG), simulators)
    stack.up()
    stack.config["aks-secrets:identities"] = [{"name": "shared", "resource_name": "id-renamed"}]
    preview = stack.run("preview")
    assert preview.status == 0, preview.errors
    changed = stack.up()
    assert changed.changes["replace"] == ["shared-identity", "shared/secrets/shop-key", "shared/shop/shop"]
    assert {"shop-service-account"} <= set(changed.changes["update"])
    assert stack.up().summary == {}
