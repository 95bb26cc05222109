"""The sign-in of verify: that of the stack, whatever providers its state has."""

from collections.abc import Mapping

import pytest

from operations.errors import OperationError
from operations.verify import run
from trust.graph import Graph, Node


def test_the_session_has_the_subscription_of_the_default_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Mapping[str, str]] = []

    def refuse(config: Mapping[str, str]) -> None:
        opened.append(config)
        raise OperationError("no session")

    monkeypatch.setattr(run.AzureSession, "open", refuse)
    monkeypatch.setattr(run, "_require", lambda *_: None)
    inputs = {
        "default_3_29_0": {"subscriptionId": "own", "tenantId": "t", "version": "3.29.0"},
        "subscription/hub": {"subscriptionId": "hub", "useMsi": "true"},
    }
    nodes = [
        Node(urn=f"urn:{name}", type="pulumi:providers:azure-native", name=name, inputs=values)
        for name, values in inputs.items()
    ]
    for order in (nodes, nodes[::-1]):
        with pytest.raises(OperationError):
            run.findings_of(Graph(order, "state"), "dev", 1)
    assert [config["subscriptionId"] for config in opened] == ["own", "own"]
