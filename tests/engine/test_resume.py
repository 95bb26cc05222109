"""Updates that die, and what brings them back: `up`, or `resume` and `up`. The cloud is the same then."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.workloads import Technique
from rehearsal.bad_days import comparison
from rehearsal.simulator_process import Simulators
from tests.engine.kills import cloud_of, killed_up, lost_answers, recovered
from tests.settings.samples import operators
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

ORDERS = {
    "name": "orders",
    "namespace": "orders",
    "technique": "sdk",
    "image": "registry.example/orders:1",
    "secrets": [{"name": "db-password", "from": "random"}],
}
SHOP = {
    "name": "shop",
    "namespace": "shop",
    "technique": "eso",
    "image": "registry.example/shop:1",
    "secrets": [{"name": "color", "from": "literal", "sensitive": False, "value": "blue"}],
}
COPIED = {**SHOP, "technique": "akv2k8s"}
RELEASE = "kubernetes:helm.sh/v3:Release"

Stack = Callable[[str], Rehearsal]


@pytest.fixture
def sdk_only(tmp_path: Path, simulators: Simulators) -> Stack:
    return lambda name: Rehearsal.small(tmp_path / name, simulators, ORDERS)


@pytest.fixture
def with_chart(tmp_path: Path, simulators: Simulators) -> Stack:
    def stack(name: str) -> Rehearsal:
        rehearsal = Rehearsal.small(tmp_path / name, simulators, SHOP)
        rehearsal.config["aks-secrets:operators"] = {"external_secrets": {"install": "helm"}}
        return rehearsal

    return stack


@pytest.fixture
def with_reading_operator(tmp_path: Path, simulators: Simulators) -> Stack:
    """A stack whose operator has an identity, a credential and roles, and its workload none."""

    def stack(name: str) -> Rehearsal:
        rehearsal = Rehearsal.small(tmp_path / name, simulators, COPIED)
        rehearsal.config["aks-secrets:operators"] = {"akv2k8s": {}}
        return rehearsal

    return stack


def test_two_updates_of_every_technique_end_with_the_same_cloud(
    tmp_path: Path, simulators: Simulators
) -> None:
    """Otherwise a campaign of bad days calls every run of the stack a failure."""
    workloads = [
        {
            **ORDERS,
            "name": technique.value,
            "namespace": f"of-{technique.value}",
            "technique": technique.value,
        }
        for technique in Technique
    ]
    first, second = (Rehearsal.small(tmp_path / name, simulators, *workloads) for name in ("one", "two"))
    for stack in (first, second):
        stack.config["aks-secrets:operators"] = operators()
    first.up()
    done = second.command("up")
    assert done.status == 0, done.output
    assert comparison.difference(cloud_of(first), cloud_of(second)) == ""


def _undisturbed(stack: Stack) -> dict[str, Any]:
    rehearsal = stack("undisturbed")
    rehearsal.up()
    return cloud_of(rehearsal)


@pytest.mark.parametrize(
    ("victim", "at", "options"),
    [
        ("engine", 9, ("--keep-checkpoints",)),
        ("program", 3, ()),
        ("simulators", 6, ()),
        ("all", 11, ()),
    ],
)
def test_an_update_that_was_killed_comes_back(
    sdk_only: Stack, victim: str, at: int, options: tuple[str, ...]
) -> None:
    killed = sdk_only("killed")
    assert killed_up(killed, victim, at, options, typed=victim == "all").status != 0
    recovered(killed)
    assert cloud_of(killed) == _undisturbed(sdk_only)
    assert killed.run("up").summary == {}


@pytest.mark.parametrize(
    "tokens",
    [
        ["azure-native:keyvault:Vault", "azure-native:managedidentity:UserAssignedIdentity"],
        ["azure-native:authorization:RoleAssignment", "kubernetes:core/v1:ServiceAccount", RELEASE],
    ],
    ids=["azure", "cluster"],
)
def test_a_create_whose_answer_was_lost_comes_back(with_chart: Stack, tokens: list[str]) -> None:
    broken = with_chart("broken")
    lost = lost_answers(broken, tokens)
    assert lost.status != 0
    assert "connection reset by peer" in lost.output
    assert recovered(broken) == "resume and up"
    assert cloud_of(broken) == _undisturbed(with_chart)
    assert broken.run("up").summary == {}


def test_the_identity_of_an_operator_whose_answers_were_lost_comes_back(
    with_reading_operator: Stack,
) -> None:
    broken = with_reading_operator("broken")
    kinds = ["UserAssignedIdentity", "FederatedIdentityCredential"]
    tokens = [f"azure-native:managedidentity:{kind}" for kind in kinds]
    assert lost_answers(broken, [tokens[0]]).status != 0
    assert broken.command("resume", "--yes").status == 0
    assert lost_answers(broken, [tokens[1], "azure-native:authorization:RoleAssignment"]).status != 0
    assert recovered(broken) == "resume and up"
    assert cloud_of(broken) == _undisturbed(with_reading_operator)
    assert broken.run("up").summary == {}


def test_resume_asks_before_it_writes(sdk_only: Stack) -> None:
    stack = sdk_only("asked")
    lost_answers(stack, ["azure-native:resources:ResourceGroup"])
    before, cloud = stack.deployment, stack.world
    unanswered = stack.command("resume")
    assert unanswered.status != 0
    assert "rg-aks-secrets-test" in unanswered.output
    assert "add --yes for a yes" in unanswered.output
    assert (stack.deployment, stack.world) == (before, cloud)
    taken = stack.command("resume", "--yes")
    assert taken.status == 0
    assert "1 resource is in the state now; the cloud is as it was" in taken.output
    assert stack.world == cloud
    assert stack.up().changes["create"]


def test_a_release_that_helm_left_pending_needs_a_second_yes(with_chart: Stack) -> None:
    stack = with_chart("pending")
    lost_answers(stack, [RELEASE], pending=True)
    resumed = stack.command("resume", "--yes")
    assert resumed.status != 0
    assert "helm uninstall external-secrets --namespace external-secrets" in resumed.output
    assert "add --mend-releases for a yes" in resumed.output
    assert stack.command("resume", "--mend-releases").status == 0
    stack.up()
    assert cloud_of(stack) == _undisturbed(with_chart)


def test_a_state_file_that_was_cut_off_is_restored(sdk_only: Stack) -> None:
    stack = sdk_only("cut")
    stack.up()
    stack.config["aks-secrets:tags"] = {"owner": "shop-team"}
    stack.up()
    (file,) = (stack.state / "state/.pulumi/stacks/aks-secrets").glob("*.json")
    file.write_bytes(file.read_bytes()[:2000])
    refused = stack.command("up")
    assert refused.status != 0
    assert "python -m rehearsal resume --stack test" in refused.output
    resumed = stack.command("resume", "--yes", own_simulators=True)
    assert resumed.status == 0, resumed.output
    assert "was cut off (kept as test.json.cut-off)" in resumed.output
    assert stack.run("up").status == 0
    assert stack.run("up").summary == {}
