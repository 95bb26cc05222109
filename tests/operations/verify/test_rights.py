"""Rights beyond reading of a stack that runs: a listed one is there, and one that is gone is found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.operations.verify.live import made, running
from trust.graph import Graph

pytestmark = pytest.mark.servers
_ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"


def _stack(**sections: Any) -> Graph:
    secrets = [{"name": "unseal", "type": "key", "from": "existing", "rights": ["get", "wrap", "unwrap"]}]
    workload = {"name": "vault", "namespace": "vault", "technique": "sdk", "kind": "none", "secrets": secrets}
    return made(
        {
            "azure-native:location": "westeurope",
            "cluster": {"system_pool": {"vm_size": "Standard_D4s_v5", "count": 2}},
            "workloads": [{**workload, "scope": "vault" if "vault" in sections else "object"}],
            **sections,
        }
    )


def test_a_listed_right_is_looked_for(monkeypatch: pytest.MonkeyPatch, way: Any) -> None:
    with running(monkeypatch, way, _stack()) as live:
        (row,) = [finding for finding in live.verify() if finding.check == "rights unseal"]
        assert row.state == "fine"
        assert row.text.endswith("may unwrap with key unseal by Key Vault Crypto Service Encryption User")
        live.azure.assignments[:] = [
            item
            for item in live.azure.assignments
            if not item["properties"]["roleDefinitionId"].endswith(_ENCRYPTION_USER)
        ]
        (row,) = [finding for finding in live.verify() if finding.check == "rights unseal"]
        assert row.state == "wrong"
        assert "may not unwrap with key unseal of kv-" in row.text
        assert row.next_step
