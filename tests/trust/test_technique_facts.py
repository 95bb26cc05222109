"""The contract of ``trust/techniques``: facts that a technique's module declares, and the proofs that ask."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.trust.graphs import build_config
from tests.trust.stacks import existing, stack, workload
from tests.trust.vault_copies import (
    COPIES,
    a_copy,
    a_graph,
    a_release,
    beside,
    secrets,
    texts,
    with_nodes,
    without,
)
from trust.chain import Chain
from trust.graph import Graph, Node
from trust.requests import SignIn, Unchanging


def _in_pods_namespace(graph: Graph, kind: str, **spec: Any) -> Node:
    """An object of workload ``web``, called ``copy``."""
    return replace(
        a_copy(graph),
        urn=f"urn:{kind}",
        type=f"kubernetes:{kind}",
        inputs={**a_copy(graph).inputs, "spec": spec},
    )


CLASS = "secrets-store.csi.x-k8s.io/v1:SecretProviderClass"


def test_a_class_that_its_objects_read_is_not_mounted(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {"reload": True, "replicas": 2}
    secret = {"name": "key", "from": "random", "env": "KEY"}
    built = build_config(
        stack(workload("web", "eso", secret, **keys), operators={"external_secrets": {}, "reloader": {}})
    ).graph
    vault = str(Chain.read(built).vaults[0].name)
    objects = 'array:\n  - |\n    objectName: "web-key"\n    objectType: "secret"\n'
    parameters = {"keyvaultName": vault, "objects": objects}
    graph = with_nodes(built, _in_pods_namespace(built, CLASS, provider="azure", parameters=parameters))
    proofs = ("class-is-mounted", "reload-names-what-changes")
    assert all(texts(graph, proof) for proof in proofs)
    beside(monkeypatch, read_classes=lambda chain: chain.secret_provider_classes)
    assert not any(texts(graph, proof) for proof in proofs)


def test_what_its_objects_name_for_the_sign_in_fits_the_identity_and_the_vault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph = a_graph()
    with_copy = with_nodes(graph, a_copy(graph))
    (account,) = Chain.read(graph).service_accounts

    def sign_ins(chain: Chain) -> Iterator[SignIn]:
        (copy,) = COPIES.of(chain)
        tenant = "00000000-0000-4000-8000-000000000000"
        yield SignIn(
            copy, "https://kv-web.vault.azure.net/", "AzureChinaCloud", str(account.client_id), tenant
        )

    proofs = ("vault-cloud", "account-tenant")
    assert [texts(with_copy, proof) for proof in proofs] == [[], []]
    beside(monkeypatch, sign_ins=sign_ins)
    (cloud,), (tenant,) = (texts(with_copy, proof) for proof in proofs)
    assert cloud.startswith("VaultCopy 'copy' is for cloud 'AzureChinaCloud'")
    assert tenant.startswith("web: VaultCopy 'shop/copy' names tenant '00000000")


def test_new_values_that_its_objects_never_get_restart_no_pods(monkeypatch: pytest.MonkeyPatch) -> None:
    built = build_config(
        stack(
            workload("web", "eso", existing("key", env="KEY"), reload=True, replicas=2), operators=_OPERATORS
        )
    ).graph
    graph = with_nodes(built, a_copy(built))
    assert not texts(graph, "reload-can-happen")
    beside(monkeypatch, unchanging=lambda chain: [Unchanging(COPIES.of(chain)[0], "is stale", "copy: often")])
    assert texts(graph, "reload-can-happen") == ["Deployment 'web' is stale"]


_OPERATORS = {"external_secrets": {}, "reloader": {}}


def test_jobs_read_no_secret_that_follows_running_pods(monkeypatch: pytest.MonkeyPatch) -> None:
    ref = {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "copied", "key": "key"}}}
    pods = {"containers": [{"name": "web", "env": [ref]}]}
    spec = {"jobTemplate": {"spec": {"template": {"spec": pods}}}}
    graph = a_graph(kind="CronJob", schedule="0 3 * * *", overrides={"spec": spec})
    with_copy = with_nodes(graph, a_copy(graph))
    assert not texts(with_copy, "rotation-reaches-jobs")
    beside(
        monkeypatch,
        secrets=lambda chain: [replace(made, follows_running_pods=True) for made in secrets(chain)],
    )
    (problem,) = texts(with_copy, "rotation-reaches-jobs")
    assert "reads copied, which keeps the value of the run before" in problem


def test_its_chart_may_need_a_privileged_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "privileged"}
    built = a_graph()
    node = replace(
        a_release(built, "secret-copier"),
        urn="urn:namespace",
        type="kubernetes:core/v1:Namespace",
        inputs={"metadata": {"name": "operators", "labels": labels}},
        outputs={},
    )
    graph = with_nodes(built, a_release(built, "secret-copier"), node)
    assert texts(graph, "namespace-is-not-privileged") == ["namespace 'operators' admits privileged pods"]
    beside(monkeypatch, NODE_CHARTS=("secret-copier",))
    assert not texts(graph, "namespace-is-not-privileged")


def test_its_objects_may_read_as_the_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = a_graph()
    chain = Chain.read(graph)
    (cluster,) = chain.clusters
    (role,) = (item.node for item in chain.role_assignments if item.node.name == "web/secrets/web-key")
    inputs = {**role.inputs, "principalId": cluster.kubelet_principal_id}
    of_nodes = with_nodes(graph, replace(role, urn="urn:role", inputs=inputs, outputs={}))
    assert texts(of_nodes, "nodes-read-no-vault")
    beside(monkeypatch, node_principals=lambda _, cluster: [cluster.kubelet_principal_id])
    assert not texts(of_nodes, "nodes-read-no-vault")


def test_pods_may_follow_a_secret_that_its_objects_name_and_another_tool_makes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret = existing("key", env="KEY")
    config = stack(workload("web", "eso", secret, reload=True, replicas=2), operators=_OPERATORS)
    built = build_config(config).graph
    key = "secret.reloader.stakater.com/reload"
    (owner,) = Chain.read(built).pod_owners
    metadata = owner.node.inputs["metadata"]
    watched = {**metadata["annotations"], key: f"{metadata['annotations'][key]},copied"}
    pods = replace(
        owner.node, inputs={**owner.node.inputs, "metadata": {**metadata, "annotations": watched}}, outputs={}
    )
    graph = with_nodes(without(built, owner.node), pods, a_copy(built))
    proof = "reload-names-what-changes"
    (problem,) = texts(graph, proof)
    assert "is to be restarted when copied changes, which nothing makes" in problem
    beside(monkeypatch, awaited=secrets)
    assert not texts(graph, proof)
