"""The graph of what the engine sends to a policy pack, against the graph of a state, which holds all."""

import copy
import random
from typing import Any

import pytest

from tests.policy.recording import recorded
from tests.trust.recording import recorded as state
from trust import SECRET, UNKNOWN, Graph, Node, read_state
from trust.access import readings
from trust.chain import Chain
from trust.sources.analysis import read_analysis
from trust.values import leaves

_SUBSCRIPTION = "/subscriptions/5b5c5c5b-0000-4000-8000-00000000000b"
_GROUP = f"{_SUBSCRIPTION}/resourceGroups/rg-aks-secrets-small"


def _graph(name: str, document: Any = None) -> Graph:
    document = document or recorded(name)
    return read_analysis(document["resources"], document["inputs"], preview=document["preview"])


def _node(graph: Graph, kind: str, name: str) -> Node:
    return next(node for node in graph if node.type.endswith(kind) and node.name == name)


@pytest.mark.parametrize("name", ["up", "preview_same"])
def test_the_ids_that_resources_name_are_known_and_others_are_not_needed(name: str) -> None:
    chain = Chain.read(_graph(name))
    # AKS writes some of its ids in lower case
    assert [str(cluster.resource_id).lower() for cluster in chain.clusters] == [
        f"{_GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-small".lower()
    ]
    assert [str(vault.name) in str(vault.resource_id) for vault in chain.vaults] == [True]
    assert all(chain.cluster_of(workload) is chain.clusters[0] for workload in chain.workloads)
    assert len(chain.workloads) == 2


@pytest.mark.parametrize("name", ["up", "preview_same"])
def test_the_chain_of_a_stack_that_is_up_is_known(name: str) -> None:
    chain = Chain.read(_graph(name))
    issuer = chain.clusters[0].issuer
    assert issuer
    assert [credential.issuer for credential in chain.credentials] == [issuer, issuer]
    for credential in chain.credentials:
        identity = chain.identity_of(credential)
        assert identity is not None
        assert identity.client_id
        assert chain.roles_of(identity)


def test_a_first_preview_knows_what_the_program_says_and_no_answer_of_azure() -> None:
    chain = Chain.read(_graph("preview_new"))
    assert {credential.subject for credential in chain.credentials} == {
        "system:serviceaccount:orders:orders",
        "system:serviceaccount:worker:worker",
    }
    assert {credential.issuer for credential in chain.credentials} == {UNKNOWN}
    assert [cluster.resource_id for cluster in chain.clusters] == [UNKNOWN]
    assert all(chain.cluster_of(workload) is chain.clusters[0] for workload in chain.workloads)
    owner = chain.pod_owners[0].node
    assert owner.get("spec.template.spec.serviceAccountName") == "worker"
    assert owner.get("status.readyReplicas") is UNKNOWN


def test_inputs_that_are_no_outputs_are_there() -> None:
    """ARM does not return the vault of a secret, and pulumi-policy has outputs only."""
    secret = _node(_graph("up"), ":keyvault:Secret", "vault/orders-db-password")
    assert secret.outputs.get("vaultName") is None
    assert secret.get("vaultName").startswith("kv-small-")


def test_no_value_of_a_secret_is_in_the_graph() -> None:
    graph = _graph("up")
    secret = _node(graph, ":keyvault:Secret", "vault/orders-db-password")
    assert secret.get("properties.value") == SECRET
    texts = [str(value) for node in graph for _, value in (*leaves(node.inputs), *leaves(node.outputs))]
    assert not any("plain-value" in text for text in texts)
    assert "plain-value" in str(recorded("up"))


def test_whole_numbers_are_whole() -> None:
    """Protobuf has no others than floating ones."""
    deployment = _node(_graph("up"), ":Deployment", "worker-deployment")
    assert repr(deployment.input("spec.replicas")) == "1"
    numbers = [value for node in _graph("up") for _, value in (*leaves(node.inputs), *leaves(node.outputs))]
    assert not any(isinstance(value, float) for value in numbers)


def test_the_outputs_of_the_stack_are_those_of_the_graph() -> None:
    graph = _graph("up")
    assert graph.outputs is not None
    assert {row["workload"] for row in graph.outputs["access"]} == {"orders", "worker"}
    assert all(not node.outputs for node in graph.of_type("pulumi:pulumi:Stack"))


def test_the_order_in_which_the_engine_sends_resources_is_of_no_account() -> None:
    shuffled = recorded("up")
    random.Random(15).shuffle(shuffled["resources"])
    assert list(_graph("up", shuffled).nodes) == list(_graph("up").nodes)


def test_protection_parents_and_dependencies_are_kept() -> None:
    graph = _graph("up")
    vault = _node(graph, ":keyvault:Vault", "vault-vault")
    assert vault.protect
    assert not _node(graph, ":ManagedCluster", "cluster-cluster").protect
    parent = graph.ancestor(vault, "aks-secrets:index:KeyVault")
    assert parent is not None
    assert _node(graph, ":keyvault:Secret", "vault/orders-db-password").dependencies


def test_what_the_program_only_reads_is_external() -> None:
    """The engine sends no inputs of it."""
    document = recorded("up")
    urn = next(urn for urn in document["inputs"] if urn.endswith("::orders-identity"))
    del document["inputs"][urn]
    assert [node.name for node in _graph("up", document) if node.external] == ["orders-identity"]
    assert not any(node.external for node in _graph("up"))


def test_of_two_resources_of_one_name_the_one_of_the_resource_group_is_meant() -> None:
    document = recorded("up")
    other = copy.deepcopy(document["inputs"])
    text = "/resourceGroups/rg-other/providers/Microsoft.ContainerService/managedClusters/aks-small"
    other["urn:other"] = {"clusterId": f"{_SUBSCRIPTION}{text}"}
    document["inputs"] = other
    document["resources"].append({"urn": "urn:other", "type": "other:index:Other", "provider": {"urn": "p"}})
    resource_id = str(Chain.read(_graph("up", document)).clusters[0].resource_id)
    assert resource_id.lower().startswith(f"{_GROUP}/".lower())


def test_an_id_of_which_the_subscription_is_not_certain_is_unknown() -> None:
    document = recorded("up")
    kind = "providers/Microsoft.ContainerService/managedClusters"
    other = f"{_GROUP.replace('5b5c5c5b', '6c6d6d6c')}/{kind}/aks-small"
    document["inputs"]["urn:other"] = {"clusterId": other}
    document["resources"].append({"urn": "urn:other", "type": "other:index:Other", "provider": {"urn": "p"}})
    assert Chain.read(_graph("up", document)).clusters[0].resource_id is UNKNOWN


@pytest.mark.parametrize("name", ["up", "preview_same"])
def test_who_reads_what_is_the_same_as_in_an_exported_state(name: str) -> None:
    of_state = _readings(read_state(state("state_before")))
    assert len(of_state) == 3
    assert _readings(_graph(name)) == of_state


def _readings(graph: Graph) -> list[Any]:
    return [
        (reading.key, reading.technique, [(link.what, link.state) for link in reading.links])
        for reading in readings(Chain.read(graph))
    ]


def test_a_first_preview_knows_who_would_read_what() -> None:
    assert {(key[0], key[3]) for key, *_ in _readings(_graph("preview_new"))} == {
        ("orders", "orders-db-password"),
        ("orders", "payment-api-key"),
        ("worker", "orders-db-password"),
    }
