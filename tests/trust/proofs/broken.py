"""Broken programs: the real program, changed in one place, and what its proofs say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.trust.graphs import build_config
from tests.trust.proofs.edited import edit
from trust.chain import Chain
from trust.graph import Graph
from trust.proofs import Verdict, run

_SECRETS = [{"name": "db-password", "from": "random"}, {"name": "api-key", "from": "existing"}]
_ENV = [{**_SECRETS[0], "env": "DB_PASSWORD"}, {**_SECRETS[1], "env": "API_KEY"}]
_PODS = {"namespace": "shop", "image": "registry.example/shop:1.4.2", "run_as_user": 65532}
WORKLOADS: dict[str, dict[str, Any]] = {
    "app": {"technique": "sdk", "secrets": _SECRETS, "port": 8080, "service": {"port": 80}},
    "files": {
        "technique": "csi",
        "reload": True,
        "secrets": [_ENV[0], {**_SECRETS[1], "file": "api/key"}],
    },
    "copied": {"technique": "eso", "reload": True, "secrets": _ENV},
    "cart": {"technique": "dapr", "port": 8080, "secrets": _SECRETS},
    "plain": {"technique": "kubernetes-secret", "secrets": _ENV[:1]},
    "nightly": {
        "technique": "csi",
        "kind": "CronJob",
        "schedule": "0 3 * * *",
        "secrets": [{**_SECRETS[0], "file": "db"}],
    },
}
_OPERATORS = {
    "files": {"csi_driver": {}, "reloader": {}},
    "copied": {"external_secrets": {}, "reloader": {}},
    "cart": {"dapr": {"scheduler": False}},
    "nightly": {"csi_driver": {}},
}


def config(*names: str, isolated: bool = False, **sections: Any) -> dict[str, Any]:
    """The config of a stack with some of ``WORKLOADS``, and the operators that they need."""
    operators: dict[str, Any] = {}
    for name in names:
        operators |= _OPERATORS.get(name, {})
    return {
        "azure-native:location": "westeurope",
        "cluster": {"system_pool": {"vm_size": "Standard_D4s_v5", "count": 2}},
        "operators": operators,
        "namespaces": [{"name": "shop", "enforce": "restricted", "isolated": isolated}],
        "workloads": [{"name": name, **_PODS, **WORKLOADS[name]} for name in names],
        **sections,
    }


UNREAD = frozenset({"role-covers-requests", "role-is-needed"})
"""Consequences if a workload asks for other objects than those for which it has roles."""


@dataclass(frozen=True)
class Broken:
    """The program, broken in one place, and the proofs that break."""

    proof: str
    """The one that comes first."""
    module: str
    """Empty: the config itself is broken, in a way that the settings cannot refuse."""
    old: str
    new: str
    config: Mapping[str, Any]
    workload: str = ""
    """The workload that the first finding names."""
    follows: frozenset[str] = frozenset()
    """The other proofs that break: each names its cause."""
    says: str = ""
    """Part of the first finding's text."""
    cloud: Any = field(default=None)

    def verdicts(self, monkeypatch: pytest.MonkeyPatch) -> tuple[Verdict, ...]:
        if self.module:
            edit(monkeypatch, self.module, self.old, self.new)
        return run(Chain.read(build_config(self.config, cloud=self.cloud).graph))


def ids(broken: Broken) -> str:
    return f"{broken.proof}-{broken.new.strip()[:40]}"


def not_proved(verdicts: Iterable[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.status in ("broken", "unknown")]


def check(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof comes first, and nothing else breaks but its consequences."""
    compare(broken, not_proved(broken.verdicts(monkeypatch)))


def compare(broken: Broken, verdicts: list[Verdict]) -> None:
    """The proofs that break are those that the case names."""
    texts = [judged.text for verdict in verdicts for judged in verdict.findings]
    assert verdicts, "no proof breaks"
    assert verdicts[0].proof.name == broken.proof, texts
    assert {verdict.proof.name for verdict in verdicts[1:]} == broken.follows, texts
    assert all(verdict.is_consequence for verdict in verdicts[1:]), texts
    first = verdicts[0].findings[0].finding
    assert first.workload == broken.workload, texts
    assert broken.says in first.text, first.text
    assert first.fix
    assert first.urn


def changed(graph: Graph, urn_end: str, **inputs: Any) -> Chain:
    """The chain of a graph in which one resource has other inputs, where the program cannot be changed so."""
    from dataclasses import replace

    (node,) = [node for node in graph if node.urn.endswith(urn_end)]
    nodes = [replace(item, inputs={**item.inputs, **inputs}) if item is node else item for item in graph]
    return Chain.read(Graph(nodes, graph.source, outputs=graph.outputs))
