"""The contract of ``trust/techniques``: a technique that only its own module knows takes part in every
question to the chain, also one whose operator reads as itself.
"""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

import trust.techniques
from tests.each import each
from tests.trust.graphs import build_config
from tests.trust.stacks import existing, stack, workload
from tests.trust.vault_copies import (
    a_copy,
    a_graph,
    a_release,
    beside,
    copier,
    delivery,
    named,
    secrets,
    served,
    texts,
    with_nodes,
)
from trust.access import readings
from trust.chain import Chain
from trust.graph import Graph, Node
from trust.nodes.kubernetes import CLIENT_ID
from trust.operators import EXTERNAL_SECRETS, release
from trust.possible import possible
from trust.requests import Served, TokenRight


def _also_served(chain: Chain) -> Iterator[Served]:
    """Another operator serves stores, if its release is there."""
    is_installed = release(chain, "another-operator") is not None
    yield Served("another", chain.secret_stores, lambda _: is_installed)


def _token_rights(chain: Chain) -> Iterator[TokenRight]:
    if installed := copier(chain):
        yield TokenRight(installed, "", "it copies for every namespace")


@pytest.fixture(autouse=True)
def module(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module of the technique, as if it were in the folder."""
    technique = SimpleNamespace(
        NAME="vault-copy",
        IS_FALLBACK=False,
        OWN_NAMES=("-copy-",),
        delivery=delivery,
        secrets=secrets,
        named=named,
        served=served,
        token_rights=_token_rights,
    )
    modules = [technique, *trust.techniques.techniques()]
    monkeypatch.setattr(trust.techniques, "techniques", lambda: modules)


def test_its_operator_has_to_be_there() -> None:
    graph = a_graph()
    with_copy = with_nodes(graph, a_copy(graph))
    needs = "VaultCopy 'copy' needs secret_copier, which the stack neither installs nor lists"
    assert texts(with_copy, "operator-is-there") == [needs]
    assert not texts(with_nodes(with_copy, a_release(graph, "secret-copier")), "operator-is-there")


def test_an_object_that_two_operators_serve_needs_one_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    beside(monkeypatch, served=_also_served)
    built = build_config(stack(workload("web", "eso", {"name": "key", "from": "random", "env": "KEY"}))).graph
    operator = release(Chain.read(built), EXTERNAL_SECRETS)
    assert operator
    alone = Graph([node for node in built if node != operator.node], built.source, outputs=built.outputs)
    needs = "SecretStore 'web' needs external_secrets or another, which the stack neither installs nor lists"
    assert needs in texts(alone, "operator-is-there")
    assert needs not in texts(with_nodes(alone, a_release(built, "another-operator")), "operator-is-there")


def test_an_object_that_it_names_has_to_be_there() -> None:
    graph = a_graph()
    assert not texts(with_nodes(graph, a_copy(graph)), "vault-object-is-there")
    (problem,) = texts(with_nodes(graph, a_copy(graph, "another")), "vault-object-is-there")
    assert problem.startswith("VaultCopy 'copy' names secret 'another' of vault ")


def test_a_key_of_a_secret_that_it_makes_is_made() -> None:
    def problems(secret: str, key: str) -> list[str]:
        ref = {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
        pods = {"containers": [{"name": "web", "env": [ref]}]}
        graph = a_graph(overrides={"spec": {"template": {"spec": pods}}})
        return texts(with_nodes(graph, a_copy(graph)), "secret-key-is-made")

    reads = "Deployment 'web' reads "
    assert not problems("copied", "key")
    assert problems("copied", "no-key") == [
        f"{reads}key 'no-key' of Secret 'copied', which only has other keys"
    ]
    assert problems("web-copied", "key") == [
        f"{reads}Secret 'web-copied', which nothing makes, and nothing reads 'copied'"
    ]
    assert problems("web-copy-1", "key") == [f"{reads}Secret 'web-copy-1', which nothing makes"]


def test_its_operator_may_have_the_right_to_request_tokens_of_all() -> None:
    graph = a_graph()
    chain = Chain.read(with_nodes(graph, a_release(graph, "secret-copier")))
    who = {item.who for item in possible(chain) if item.why == "it copies for every namespace"}
    assert who == {"the operator operators/secret-copier"}


def test_an_operator_reads_as_itself() -> None:
    """The identity of the operator is what reads: with its ServiceAccount's credential, or not at all."""
    graph = a_graph()
    (account,) = Chain.read(graph).service_accounts
    named = {"name": "copier", "annotations": {CLIENT_ID: str(account.client_id)}}

    def reading(*nodes: Node) -> tuple[str, list[str]]:
        chain = Chain.read(with_nodes(graph, a_copy(graph), *nodes))
        (item,) = [item for item in readings(chain) if item.technique == "vault-copy" and item.named]
        return item.state, [str(link) for link in item.links]

    # The identity trusts the workload's ServiceAccount, and not the operator's.
    state, links = reading(a_release(graph, "secret-copier", **named))
    assert state == "missing"
    assert "are served by the operator as" in links[1]
    assert "ServiceAccount operators/copier" in links[1]
    (credential,) = (item.node for item in Chain.read(graph).credentials if item.node.name == "web/shop/web")
    subject = "system:serviceaccount:operators:copier"
    trusting = replace(
        credential,
        urn="urn:credential",
        inputs={**credential.inputs, "subject": subject},
        outputs={**credential.outputs, "subject": subject},
    )
    assert reading(a_release(graph, "secret-copier", **named), trusting)[0] == "held"
    assert reading(a_release(graph, "secret-copier", name="copier"))[0] == "missing"
    assert reading()[0] == "unknown"  # the operator is of another stack


def test_a_store_that_names_no_service_account_reads_as_the_operator() -> None:
    built = build_config(stack(workload("web", "eso", existing("key", env="KEY")))).graph
    (store,) = built.of_kind("external-secrets.io", "SecretStore")
    provider = store.inputs["spec"]["provider"]["azurekv"]
    spec = {"provider": {"azurekv": {key: provider[key] for key in ("authType", "vaultUrl")}}}
    edited = replace(store, inputs={**store.inputs, "spec": spec}, outputs={})
    graph = Graph([edited if node is store else node for node in built], built.source, outputs=built.outputs)
    chain = Chain.read(graph)
    assert release(chain, EXTERNAL_SECRETS)
    (item,) = [item for item in readings(chain) if item.technique == "eso"]
    assert item.state == "missing"  # the chart's values give the operator no identity
    assert any("ServiceAccount external-secrets/external-secrets" in str(link) for link in item.links)


@each("technique", ["sdk", "copied-secret"])
def test_the_label_is_asked_for_where_the_pods_of_a_technique_are_known_to_sign_in(technique: str) -> None:
    """Pods of a technique that has no module here may leave the sign-in to its operator."""
    graph = a_graph()
    (pods,) = (pods for workload in Chain.read(graph).workloads for pods in workload.pods)
    template = {**pods.node.inputs["spec"]["template"], "metadata": {"labels": {"app": "web"}}}
    bare = replace(
        pods.node, inputs={**pods.node.inputs, "spec": {**pods.node.inputs["spec"], "template": template}}
    )
    rows = [{**row, "technique": technique} for row in (graph.outputs or {})["access"]]
    others = [node for node in graph if node.urn != pods.node.urn]
    changed = Graph([*others, bare], graph.source, outputs={**(graph.outputs or {}), "access": rows})
    assert bool(texts(changed, "pod-token-label")) is (technique == "sdk")
