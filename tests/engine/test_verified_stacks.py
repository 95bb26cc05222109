"""`operations verify` on rehearsed stacks, whose cloud answers in the real protocols: fine as they were made,
and what a person breaks in that cloud is the first finding.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from operations.checks import Finding, exit_status, worst_first
from operations.verify.run import findings_of
from rehearsal.data_planes.planes import Planes
from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure.authorization import ASSIGNMENT
from rehearsal.simulators.azure.keyvault.secrets import SECRET
from rehearsal.simulators.azure.keyvault.vaults import VAULT
from rehearsal.simulators.azure.managedidentity import CREDENTIAL
from rehearsal.simulators.world import AzureResource, World
from tests.support.rehearse import Rehearsal
from trust import read_state

pytestmark = pytest.mark.engine
Verify = Callable[[], list[Finding]]


@contextmanager
def live(stack: Rehearsal, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[World, Verify]]:
    """The cloud of a stack that is up, and a look at it as the deployer."""
    graph = read_state({"deployment": stack.deployment})
    world = World(stack.state / "world")
    folder.mkdir()
    with Planes(world, folder).serving() as planes:
        for name, value in planes.environment().items():
            monkeypatch.setenv(name, value)
        yield world, lambda: worst_first(findings_of(graph, stack.stack, 0))
        assert planes.proxy.refused == []


def shown(findings: list[Finding]) -> str:
    return "\n".join(
        f"{finding.state} {finding.subject}: {finding.check}: {finding.text}"
        for finding in findings
        if finding.state != "fine"
    )


def _only(world: World, kind: str, part: str) -> AzureResource:
    (resource,) = [item for item in world.of_type(kind) if part in item.id]
    return resource


def _without_slash(world: World) -> None:
    properties = _only(world, CREDENTIAL, "test-greeter/").properties
    properties["issuer"] = properties["issuer"].rstrip("/")


def _another_subject(world: World) -> None:
    _only(world, CREDENTIAL, "test-shop/").properties["subject"] = "system:serviceaccount:shop:other"


def _without_role(world: World) -> None:
    role = _only(world, ASSIGNMENT, "/secrets/greeting/")
    world.remove_only(role.id)


def _disabled(world: World) -> None:
    _only(world, SECRET, "/secrets/greeting").properties["properties"]["attributes"] = {"enabled": False}


def _closed(world: World) -> None:
    _only(world, VAULT, "").properties["properties"]["publicNetworkAccess"] = "Disabled"


def _foreign_credential(world: World) -> None:
    known = _only(world, CREDENTIAL, "test-greeter/")
    foreign = {**known.properties, "subject": "system:serviceaccount:default:default"}
    world.put(known.id.rpartition("/")[0] + "/foreign", CREDENTIAL, foreign)


# A surplus comes last in the order of the chain, and the operator may have tried while a link was broken:
# it is looked for before anything breaks.
BREAKS: dict[Callable[[World], None], tuple[str, str]] = {
    _foreign_credential: ("id-aks-secrets-test-greeter", "credentials"),
    _without_slash: ("greeter", "issuer"),
    _another_subject: ("shop", "credential"),
    _without_role: ("greeter", "grant greeting"),
    _disabled: ("greeter", "read greeting"),
    _closed: ("kv-test-", "vault"),
}


def test_the_dev_stack_is_verified_and_what_breaks_in_its_cloud_comes_first(
    tmp_path: Path, simulators: Simulators, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Rehearsal.of("Pulumi.dev.yaml", tmp_path / "dev", simulators)
    stack.up()
    with live(stack, tmp_path / "planes", monkeypatch) as (world, verify):
        findings = verify()
        assert exit_status(findings) == 0, shown(findings)
        checks = {finding.check for finding in findings}
        assert checks >= {"versions in podinfo", "store shop", "sidecar: orders-db-password", "variables"}
        azure = deepcopy(dict(world.azure))
        for broken, (subject, check) in BREAKS.items():
            broken(world)
            first = verify()[0]
            assert (first.state, first.check) == ("wrong", check), (broken.__name__, first)
            assert first.subject.startswith(subject), (broken.__name__, first)
            world.azure.clear()
            world.azure.update(deepcopy(azure))


def test_values_in_kubernetes_secrets_and_services_are_verified(
    tmp_path: Path, simulators: Simulators, monkeypatch: pytest.MonkeyPatch
) -> None:
    workload: dict[str, Any] = {
        "name": "orders",
        "namespace": "shop",
        "technique": "kubernetes-secret",
        "image": "registry.example/shop:1",
        "port": 8080,
        "service": {"type": "ClusterIP"},
        "secrets": [{"name": "db-password", "from": "random", "env": "DB"}],
    }
    stack = Rehearsal.small(tmp_path / "small", simulators, workload)
    stack.up()
    with live(stack, tmp_path / "planes", monkeypatch) as (_, verify):
        findings = verify()
        assert exit_status(findings) == 0, shown(findings)
        assert {finding.check for finding in findings} >= {"service orders", "pods"}
