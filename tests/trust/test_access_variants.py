"""The readings of stacks of every kind are those of the output `access`."""

from typing import Any

import pytest

from components.workloads import Technique
from tests.support.every_type import OTHERS, OTHERS_CLOUD, OWN, OWN_CLOUD
from tests.trust.graphs import build_config
from tests.trust.stacks import (
    ADOPTING,
    BASE,
    CLOUD,
    PLATFORM,
    TEAM,
    TECHNIQUES,
    VARIANTS,
    existing,
    stack,
    without_pods,
    workload,
)
from tests.trust.test_access import check_against_the_output, keys
from trust.access import readings
from trust.chain import Chain
from trust.nodes.azure import CLUSTER
from trust.nodes.vaults import VAULT
from trust.techniques import techniques


@pytest.mark.parametrize("technique", TECHNIQUES)
@pytest.mark.parametrize("make", [workload, without_pods])
def test_each_technique_is_recognised(technique: str, make: Any) -> None:
    by_key = check_against_the_output(build_config(stack(make("web", technique))))
    assert {reading.technique for reading in by_key.values()} == {technique}


@pytest.mark.parametrize("config", VARIANTS.values(), ids=VARIANTS)
def test_each_kind_of_stack(config: dict[str, Any]) -> None:
    check_against_the_output(build_config(config))


@pytest.mark.parametrize(
    ("config", "cloud"), [(OWN, OWN_CLOUD), (OTHERS, OTHERS_CLOUD)], ids=["own", "others"]
)
def test_stacks_with_every_type_of_resource(config: dict[str, Any], cloud: dict[str, Any]) -> None:
    check_against_the_output(build_config(config, cloud=cloud))


def test_a_stack_on_what_exists() -> None:
    by_key = check_against_the_output(build_config(ADOPTING, cloud=CLOUD))
    assert {reading.state for reading in by_key.values()} == {"held"}


def test_grants_that_another_tool_has_to_make_are_external() -> None:
    by_key = check_against_the_output(build_config({**ADOPTING, "grants": "external"}, cloud=CLOUD))
    assert {reading.state for reading in by_key.values()} == {"external"}


def test_a_stack_on_a_platform_knows_its_cluster_and_vaults_by_what_that_publishes() -> None:
    built = build_config(TEAM, platform=build_config(PLATFORM))
    by_key = check_against_the_output(built)
    assert {reading.state for reading in by_key.values()} == {"held"}
    assert {key[1] for key in by_key} == {row["vault"] for row in built.access}


def test_a_cluster_and_a_vault_of_which_nothing_is_known_are_unknown_and_not_broken() -> None:
    built = build_config(TEAM, platform=build_config(PLATFORM))
    graph = built.graph
    others = ("pulumi:", "aks-secrets:index:AksCluster", "aks-secrets:index:KeyVault", CLUSTER, VAULT)
    nodes = [node for node in graph if not node.type.startswith(others)]
    by_key = keys(Chain.read(type(graph)(nodes, "state")))
    assert {reading.state for reading in by_key.values()} == {"unknown"}
    assert {key[2:] for key in by_key} == {key[2:] for key in keys(Chain.read(graph))}


def test_an_access_policy_reads_every_key_of_the_vault_and_the_output_says_so() -> None:
    """https://learn.microsoft.com/azure/key-vault/general/assign-access-policy: a policy is of the vault."""
    keyed = workload("a", "sdk", existing("k", type="key"), {"name": "s", "from": "random"}, scope="vault")
    vault = {**BASE["vault"], "authorization": "access-policy"}
    built = build_config(stack(keyed, vault=vault))
    names = {(reading.kind, reading.name) for reading in readings(Chain.read(built.graph))}
    assert names == {("secret", "s"), ("secret", "*"), ("key", "*")}
    rows = {(row["type"], row["secret"], row["asked"]) for row in built.outputs["access"]}
    assert rows == {
        ("key", "k", True),
        ("key", "*", False),
        ("secret", "s", True),
        ("secret", "*", True),
    }
    assert built.readers("another-key") == {"a"}


def test_a_client_secret_of_unknown_owner_is_unknown() -> None:
    config = VARIANTS["a client secret"]
    pods = config["workloads"][0]
    bare = {key: value for key, value in pods.items() if key != "image"} | {"kind": "none"}
    by_key = check_against_the_output(build_config({**config, "workloads": [bare]}), held=False)
    assert {reading.state for reading in by_key.values()} == {"unknown"}


def test_each_module_is_a_technique_of_the_program() -> None:
    in_front_of_pods = {"app-routing"}  # an add-on that reads for an Ingress, whatever the technique
    names = {module.NAME for module in techniques()}
    assert names - in_front_of_pods <= {technique.value for technique in Technique}
