"""No proof breaks for a stack of any kind that the settings allow."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.support.every_type import STACKS
from tests.trust.graphs import build_config
from tests.trust.proofs.broken import WORKLOADS, config, not_proved
from trust.chain import Chain
from trust.graph import Graph
from trust.proofs import run

_ALL = config(*WORKLOADS, isolated=True)
_SHARED = ("azure-native:location", "cluster", "operators", "namespaces")


def _with_operators(**operators: Any) -> dict[str, Any]:
    return {**_ALL, "operators": {**_ALL["operators"], **operators}}


def _each(change: Callable[[dict[str, Any]], dict[str, Any]]) -> list[dict[str, Any]]:
    return [change(workload) for workload in _ALL["workloads"]]


def _by_another_tool(workload: Mapping[str, Any]) -> dict[str, Any]:
    kept = {
        key: value for key, value in workload.items() if key in ("name", "namespace", "technique", "secrets")
    }
    return {**kept, "kind": "none"}


def _with_a_second_vault(workload: Mapping[str, Any]) -> dict[str, Any]:
    is_variable = any("env" in secret for secret in workload["secrets"])
    secret = {"name": "pay", "from": "random", "vault": "payments", **({"env": "PAY"} if is_variable else {})}
    return {**workload, "secrets": [*workload["secrets"], secret]}


def _without_reload(workload: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in workload.items() if key != "reload"}


KINDS: Mapping[str, dict[str, Any]] = {
    "every technique": _ALL,
    "charts": _with_operators(csi_driver={"install": "helm"}, external_secrets={"scoped_namespace": "shop"}),
    "an extension": _with_operators(dapr={"install": "extension", "version": "1.14.4-msft.10"}),
    "an operator for others, too": _with_operators(external_secrets={"cluster_wide": True}),
    "operators that exist": _with_operators(
        csi_driver={"install": "existing"},
        external_secrets={"install": "existing"},
        dapr={"install": "existing"},
        reloader={"existing": True},
    ),
    "grants of another tool": {**_ALL, "grants": "external", "workloads": _each(_without_reload)}
    | {"operators": {key: value for key, value in _ALL["operators"].items() if key != "reloader"}},
    "pods of another tool": {**_ALL, "workloads": _each(_by_another_tool)}
    | {"operators": {key: value for key, value in _ALL["operators"].items() if key != "reloader"}},
    "a Secret that something else makes": {
        **config("copied"),
        "workloads": [
            {
                **config("copied")["workloads"][0],
                "secrets": [{"name": "a", "from": "existing", "kubernetes_secret": {"name": "shared"}}],
                "external_secrets": {"creation_policy": "None"},
            }
        ],
    },
    "older versions, which have to be listed": {
        **config("files"),
        "workloads": [
            {
                **config("files")["workloads"][0],
                "scope": "vault",
                "reload": False,
                "secrets": [{"name": "a", "from": "existing", "file": "a", "version_history": 2}],
            }
        ],
    },
    "two vaults": {**_ALL, "vaults": [{"name": "payments"}], "workloads": _each(_with_a_second_vault)},
}


def _texts(graph: Graph, *statuses: str) -> list[str]:
    return [
        judged.text
        for verdict in not_proved(run(Chain.read(graph)))
        for judged in verdict.findings
        if judged.status in statuses
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_stack_of_each_kind_keeps_every_proof(kind: str) -> None:
    graph = build_config(KINDS[kind]).graph
    assert _texts(graph, "broken", "unknown") == []


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_with_every_type_keeps_every_proof(name: str) -> None:
    stack, cloud = STACKS[name]
    assert _texts(build_config(stack, cloud=cloud).graph, "broken", "unknown") == []


def test_a_platform_and_the_workloads_on_it_keep_every_proof() -> None:
    sections = {key: value for key, value in _ALL.items() if key in _SHARED}
    operators = {**_ALL["operators"], "reloader": {"existing": True}}
    platform = build_config({**sections, "operators": operators, "composition": "platform"})
    assert _texts(platform.graph, "broken", "unknown") == []
    workloads = {
        "azure-native:location": "westeurope",
        "composition": "workloads",
        "platform": {"stack": "organization/aks-secrets/platform"},
        "workloads": _each(_without_reload),
    }
    assert _texts(build_config(workloads, platform=platform).graph, "broken", "unknown") == []


def test_what_a_first_preview_does_not_know_is_unknown_and_not_broken() -> None:
    graph = build_config(_ALL, preview=True).graph
    assert _texts(graph, "broken") == []
    assert _texts(graph, "unknown")
