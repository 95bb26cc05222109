"""PushSecrets of a stack that runs: one row each."""

from __future__ import annotations

from typing import Any

import pytest

from tests.operations.verify.live import made, running

pytestmark = pytest.mark.servers
_STACK: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "cluster": {"system_pool": {"vm_size": "Standard_D4s_v5", "count": 2}},
    "operators": {"external_secrets": {"push_secrets": True}},
    "workloads": [
        {
            "name": "writer",
            "namespace": "shop",
            "technique": "eso",
            "kind": "none",
            "pushes": [{"name": "db-password", "secret": "db-app", "key": "password"}],
        }
    ],
}
_CHECK = "push db-password"
_NAME = "writer-push.db-password"


def test_each_push_has_a_row(monkeypatch: pytest.MonkeyPatch, way: Any) -> None:
    with running(monkeypatch, way, made(_STACK)) as live:
        (row,) = [finding for finding in live.verify() if finding.check == _CHECK]
        assert (row.state, row.text) == ("fine", f"PushSecret {_NAME} is ready")
        message = "could not get source secret"
        live.object("external-secrets.io/v1alpha1", "shop", "pushsecrets", _NAME)["status"]["conditions"] = [
            {"type": "Ready", "status": "False", "reason": "Errored", "message": message}
        ]
        (row,) = [finding for finding in live.verify() if finding.check == _CHECK]
        assert row.state == "wrong"
        assert message in row.text
        assert row.next_step.startswith("wait for what makes it")
