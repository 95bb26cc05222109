"""Every value of the production stack, changed: the reviewer sees it, or there is a reason why not."""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

import pytest

from tests.stack_files import shipped
from tests.support.plan import plan_file
from tests.trust.graphs import shipped_build
from trust import Graph
from trust.access import Reading, readings
from trust.chain import Chain
from trust.changes.access import access_changes
from trust.changes.attention import locks, new_possibilities, notices
from trust.graph import Node, unversioned
from trust.proofs import run
from trust.values import leaves, written

TODAY = date(2030, 1, 1)
PROD = shipped("Pulumi.prod.yaml")
_AZURE = "azure-native:.*"
_POD = r"spec\.template\.spec\."
REASONS: dict[tuple[str, str], str] = {
    (".*", r"(apiVersion|kind|metadata\.name|resourceGroupName|location|.*tags\..*)"): (
        "another object, which the operations tell, or a label for people"
    ),
    (_AZURE, r".*(Name|ResourceName|\[0\]\.name|^name)"): "a new name replaces it, which the operations tell",
    (".*(Autoscaler|DisruptionBudget|MaintenanceConfiguration|VirtualNetwork|PrivateZone)", ".*"): (
        "availability and capacity"
    ),
    (
        ".*:AgentPool",
        r"(vnetSubnetID|os.*|m(ax|in)(Pods|Count)|mode|enableAuto.*|orch.*|avail.*|type|count|vmSize)",
    ): ("which nodes there are"),
    (
        ".*(VirtualNetworkLink|PrivateDnsZoneGroup|SystemTopic)",
        ".*",
    ): "names resolve or events arrive, or not",
    (
        ".*:Subnet",
        r"(addressPrefix|private.*Policies)",
    ): "addresses, and policies that no rule of the stack uses",
    (".*:Workspace", r"sku\.name"): "a price",
    (".*:PrivateEndpoint", r"subnet\..*Policies"): "a copy of the subnet's own",
    (".*:DiagnosticSetting", r"(metrics.*|logAnalyticsDestinationType)"): "no audit log",
    (
        ".*:MetricAlert",
        r"(evaluationFrequency|windowSize|severity|description|autoMitigate)",
    ): "still an alert",
    (
        ".*:SystemTopicEventSubscription",
        r"(destination\.(description|severity|endpointType)|eventDel.*|.*isSub.*)",
    ): ("still an alert"),
    (".*:RoleAssignment", "principalType"): "it helps Azure find the principal, and gives nothing",
    (".*:Vault", r"properties\.(sku\..*|networkAcls\.bypass)"): "it is the lowest already",
    ("pulumi:providers:.*", "(clusterIdentifier|enableSecretMutable)"): "how the provider works",
    (".*:Service", r"(metadata\.labels.*|spec\.(type|ports.*))"): "a public address has a test of its own",
    (
        "kubernetes:apps.*",
        rf"({_POD}(topology|nodeSel|containers.*(Probe|resources|ports|\.name$|mountPath|readOnly$|env.*name)|volumes.*name).*|spec\.replicas)",
    ): ("where and how well it runs"),
    ("kubernetes:apps.*", r"(metadata\.labels|spec\.(selector|progress)|.*annotations\.aks-secrets/).*"): (
        "how it is found, and when it restarts"
    ),
    (
        ".*:Release",
        r"(name|namespace|atomic|cleanupOnFail|timeout|compat|values\.(.*resources|.*replicaCount|.*DisruptionBudget|leaderElect|installCRDs|.*\.create$|.*enableCSI).*)",
    ): ("whether it works"),
    (".*external-secrets.*", r"(.*pulumi\.com/waitFor.*|spec\.target\.template\.engineVersion)"): "form",
}


@cache
def before() -> tuple[Chain, tuple[Reading, ...], frozenset[str]]:
    chain = Chain.read(shipped_build(PROD).graph)
    return chain, readings(chain), broken(chain)


def broken(chain: Chain) -> frozenset[str]:
    rows = (row for verdict in run(chain, today=TODAY) for row in verdict.rows())
    return frozenset(str(row["text"]) for row in rows if row["status"] == "broken")


def is_told(after: Graph) -> bool:
    """Whether the first screen names something."""
    old, were, known = before()
    if locks(old.graph, after):
        return True
    chain = Chain.read(after)
    now = readings(chain)
    return (
        any(change.verdict != "same" for change in access_changes(were, now))
        or bool(list(notices(old, chain, were, now, TODAY)))
        or bool(new_possibilities(old, chain))
        or bool(broken(chain) - known)
    )


def others(value: Any) -> list[Any]:
    if value in ("true", "false"):
        return ["false" if value == "true" else "true"]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value - 1, value + 1]
    return [f"{value}x"] if isinstance(value, str) else ["x"]


def changed(inputs: Any, path: Sequence[str | int]) -> Iterator[Any]:
    """The inputs with other values at a path, then without it."""
    *way, last = path
    for value in [*others(_at(inputs, path)), None]:
        copied = copy.deepcopy(inputs)
        inside = _at(copied, way)
        if value is None:
            del inside[last]
        else:
            inside[last] = value
        yield copied


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        value = value[step]
    return value


def with_inputs(graph: Graph, node: Node, inputs: Any) -> Graph:
    new = dataclasses.replace(node, inputs=inputs, outputs={})
    nodes = [new if other.urn == node.urn else other for other in graph]
    return Graph(nodes, graph.source, outputs=graph.outputs)


def reason(token: str, path: str) -> tuple[str, str] | None:
    return next((key for key in REASONS if re.fullmatch(key[0], token) and re.match(key[1], path)), None)


_PLANNED = re.findall(r"^(?!aks-secrets:)([\w.-]+:\S+) ", plan_file(PROD).read_text("utf-8"), re.MULTILINE)
TYPES = sorted({unversioned(token) for token in _PLANNED})
"""The names are read from the plan file: a build during collection would be one for each worker."""


@pytest.mark.parametrize("token", TYPES)
def test_a_change_of_any_value_is_told_or_has_a_reason_why_not(token: str) -> None:
    graph = before()[0].graph
    silent = [
        f"{node.name}: {written(path)}"
        for node in graph.of_type(token)
        for path, _ in leaves(node.inputs)
        if not reason(token, written(path))
        if not any(is_told(with_inputs(graph, node, inputs)) for inputs in changed(node.inputs, path))
    ]
    assert silent == []


def test_each_reason_is_about_values_that_exist() -> None:
    graph = before()[0].graph
    used = {
        reason(unversioned(node.type), written(path)) for node in graph for path, _ in leaves(node.inputs)
    }
    assert set(REASONS) - used == set()


def test_each_type_with_inputs_is_changed() -> None:
    assert {unversioned(node.type) for node in before()[0].graph if node.inputs} <= set(TYPES)
