"""Others that could read more than workloads do, and why."""

from typing import Any

import pytest

from tests.stack_files import shipped
from tests.support.every_type import OTHERS, OTHERS_CLOUD
from tests.trust.graphs import STACK_FILES, build_config, shipped_chain
from tests.trust.stacks import BASE, VARIANTS, existing, stack, workload
from tests.trust.test_nodes import kubernetes
from trust import Graph, Node
from trust.access import readings
from trust.chain import Chain
from trust.possible import Possibility, possible


def chain_of(config: dict[str, Any], *more: Node, **options: Any) -> Chain:
    graph = build_config(config, **options).graph
    provider = next((node.urn for node in graph.of_type("pulumi:providers:kubernetes")), "")
    nodes = [Node(**{**vars(node), "provider": provider}) for node in more]
    return Chain.read(Graph([*graph, *nodes], "build", outputs=graph.outputs))


def who(chain: Chain, name: str = "web-key", may: str = "read") -> dict[str, str]:
    """Principal that could read an object → the reason."""
    return {item.who: item.why for item in possible(chain) if item.name == name and item.may == may}


LOCKED: dict[str, Any] = {
    **BASE["cluster"],
    "entra": {"admin_groups": ["11111111-2222-4333-8444-555555555555"]},
}


def test_pods_of_the_namespace_can_run_as_the_service_account() -> None:
    chain = chain_of(stack(workload("web", "sdk"), cluster=LOCKED, operators={}))
    assert who(chain) == {
        "principals that may create pods in namespace shop": "pods can run as any ServiceAccount there"
    }


def test_a_copy_in_a_secret_can_be_read_there_and_what_is_only_mounted_cannot() -> None:
    secrets = [existing("web-key", env="KEY"), existing("file-only", file="a")]
    chain = chain_of(stack(workload("web", "csi", *secrets), cluster=LOCKED))
    readers_of_secrets = "principals that may read Secrets in namespace shop"
    assert who(chain)[readers_of_secrets] == "values are in Kubernetes Secrets too"
    assert readers_of_secrets not in who(chain, "file-only")
    for technique in ("eso", "kubernetes-secret"):
        assert readers_of_secrets in who(chain_of(stack(workload("web", technique), cluster=LOCKED)))


def test_the_operator_may_request_tokens_of_the_accounts_that_it_serves() -> None:
    chain = chain_of(stack(workload("web", "eso"), workload("other", "sdk"), cluster=LOCKED))
    operator = "external-secrets/external-secrets"
    assert who(chain)[operator] == "it may request tokens of their ServiceAccounts"
    assert operator not in who(chain, "other-key")


def test_an_operator_with_its_charts_own_rights_may_become_every_account() -> None:
    release = kubernetes("Release", "helm.sh/v3", name="eso", namespace="eso", chart="external-secrets")
    chain = chain_of(stack(workload("other", "sdk"), cluster=LOCKED), release)
    assert "rbac.serviceAccountTokenCreate" in who(chain, "other-key")["the operator eso/eso"]


def test_roles_of_the_stack_that_create_pods_or_read_secrets() -> None:
    def bound(name: str, **rule: Any) -> list[Node]:
        metadata = {"name": name, "namespace": "shop"}
        role = Node(
            urn=f"u::p::role::{name}",
            type="kubernetes:rbac.authorization.k8s.io/v1:Role",
            name=name,
            inputs={"metadata": metadata, "rules": [{"apiGroups": [""], **rule}]},
        )
        binding = Node(
            urn=f"u::p::binding::{name}",
            type="kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
            name=name,
            inputs={
                "metadata": metadata,
                "roleRef": {"kind": "Role", "name": name},
                "subjects": [{"kind": "Group", "name": name}],
            },
        )
        return [role, binding]

    chain = chain_of(
        stack(workload("web", "eso"), cluster=LOCKED),
        *bound("deployers", resources=["deployments"], verbs=["create"]),
        *bound("readers", resources=["secrets"], verbs=["get"]),
        *bound("viewers", resources=["pods"], verbs=["get"]),
        *bound("tokens", resources=["serviceaccounts/token"], verbs=["create"], resourceNames=["another"]),
        *bound("admins", resources=["*"], verbs=["*"]),
    )
    could = who(chain)
    assert could["deployers"] == "its pods can run as any ServiceAccount there"
    assert could["readers"] == "it may read Secrets, and values are in Secrets too"
    assert could["admins"] == "it may request tokens of their ServiceAccounts"
    assert not could.keys() & {"viewers", "tokens"}


_TOKENS = "it may request tokens of their ServiceAccounts"
_PODS_THERE = "its pods can run as any ServiceAccount there"
_SECRETS = "it may read Secrets, and values are in Secrets too"


def bound_to(role: str, kind: str = "RoleBinding") -> Node:
    """A binding to a ClusterRole that Kubernetes itself makes."""
    namespace = {"namespace": "shop"} if kind == "RoleBinding" else {}
    return kubernetes(
        kind,
        "rbac.authorization.k8s.io/v1",
        name=role,
        metadata={"name": role, **namespace},
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        subjects=[{"kind": "Group", "name": f"{role}s"}],
    )


@pytest.mark.parametrize(
    ("role", "technique", "why"),
    [
        ("cluster-admin", "csi", {_TOKENS}),
        ("admin", "csi", {_TOKENS, _PODS_THERE}),
        ("edit", "csi", {_TOKENS, _PODS_THERE}),
        ("edit", "sdk", {_TOKENS, _PODS_THERE}),
        ("edit", "kubernetes-secret", {_PODS_THERE, _SECRETS}),
        ("view", "kubernetes-secret", set()),
        ("system:discovery", "eso", set()),
    ],
)
@pytest.mark.parametrize("kind", ["RoleBinding", "ClusterRoleBinding"])
def test_roles_of_kubernetes_itself_read_secrets_or_create_pods(
    role: str, technique: str, why: set[str], kind: str
) -> None:
    chain = chain_of(stack(workload("web", technique), cluster=LOCKED), bound_to(role, kind))
    could = {item.why for item in possible(chain) if item.who == f"{role}s"}
    assert could == why


def test_every_pod_of_a_node_can_use_the_nodes_identity() -> None:
    chain = chain_of(VARIANTS["the node's identity"])
    assert "every pod on the nodes of aks-test" in who(chain, "a-key")


def test_people_with_a_role_on_the_vault_read_and_change_every_secret() -> None:
    chain = shipped_chain(shipped("Pulumi.prod.yaml"))
    group = "group 66666666-7777-4888-8999-000000000000"
    assert who(chain, "*")[group] == "Key Vault Secrets Officer on the whole vault"
    assert who(chain, "*", "change")[group] == "Key Vault Secrets Officer"


def test_an_access_policy_applies_to_the_whole_vault() -> None:
    chain = chain_of(OTHERS, cloud=OTHERS_CLOUD)
    assert {item.why for item in possible(chain) if item.who.startswith("identity") and item.name == "*"} == {
        "an access policy, which applies to the whole vault"
    }


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("f25e0fa2-a7c8-4377-a976-54943a77a395", ("grant", "secret")),
        ("a4417e6f-fecd-4de8-b567-7b0420556985", ("read", "certificate")),
        ("14b46e9e-c2b7-41b4-b07b-48a6ebf60603", ("change", "key")),
        ("00482a5a-887f-4fb3-b363-3b7fe8e74483", ("read", "secret")),
    ],
)
def test_a_role_on_the_resource_group_reaches_its_vaults(role: str, expected: tuple[str, str]) -> None:
    chain = chain_of(stack(workload("web", "sdk")))
    group = str(chain.vaults[0].resource_id).split("/providers/")[0].upper()
    assignment = Node(
        urn="u::p::azure-native:authorization:RoleAssignment::wide",
        type="azure-native:authorization:RoleAssignment",
        name="wide",
        inputs={
            "scope": group,
            "principalId": "p",
            "principalType": "User",
            "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role.upper()}",
        },
    )
    wide = Chain.read(Graph([*chain.graph, assignment], "build"))
    rights = {(item.may, item.kind) for item in possible(wide) if item.who == "user p" and item.name == "*"}
    assert expected in rights


def test_a_custom_role_is_read_by_its_data_actions() -> None:
    chain = chain_of(stack(workload("web", "sdk")))
    role = Node(
        urn="u::p::azure-native:authorization:RoleDefinition::own",
        type="azure-native:authorization:RoleDefinition",
        name="own",
        inputs={
            "roleDefinitionId": "aaaaaaaa-0000-4000-8000-000000000001",
            "roleName": "Own",
            "permissions": [
                {
                    "dataActions": ["Microsoft.KeyVault/vaults/secrets/*"],
                    "notDataActions": ["Microsoft.KeyVault/vaults/secrets/delete", "*/update/action"],
                }
            ],
        },
    )
    assignment = Node(
        urn="u::p::azure-native:authorization:RoleAssignment::own",
        type="azure-native:authorization:RoleAssignment",
        name="own",
        inputs={
            "scope": chain.vaults[0].resource_id,
            "principalId": "p",
            "roleDefinitionId": "/x/aaaaaaaa-0000-4000-8000-000000000001",
        },
    )
    own = list(possible(Chain.read(Graph([*chain.graph, role, assignment], "build"))))
    assert {(item.may, item.kind, item.why) for item in own if item.who == "principal p"} == {
        ("read", "secret", "Own on the whole vault"),
        ("change", "secret", "Own"),
    }


def test_a_component_without_scopes_is_open_to_its_namespace() -> None:
    chain = chain_of(stack(workload("web", "dapr")))
    nodes = [
        Node(
            **{**vars(node), "inputs": {key: value for key, value in node.inputs.items() if key != "scopes"}}
        )
        for node in chain.graph
    ]
    opened = Chain.read(Graph(nodes, "build"))
    assert who(opened, "*")["every application of namespace shop"] == "Component web-key-vault has no scopes"


def test_local_accounts_open_everything_that_the_cluster_reads() -> None:
    cluster = {**BASE["cluster"], "entra": {"enabled": False}, "local_accounts": True}
    open_, locked = (chain_of(stack(workload("web", "sdk"), cluster=value)) for value in (cluster, LOCKED))
    holders = "holders of the certificate of cluster aks-test"
    assert holders in who(open_)
    assert holders not in who(locked)


@pytest.mark.parametrize("stack_file", STACK_FILES, ids=lambda path: path.name)
def test_each_possibility_is_listed_once_and_has_a_reason(stack_file: Any) -> None:
    chain = shipped_chain(stack_file)
    could = possible(chain, readings(chain))
    assert len(set(could)) == len(could) > 0
    assert all(isinstance(item, Possibility) and item.why and item.who for item in could)


def test_a_sentence_does_not_change_with_the_secrets_of_a_workload() -> None:
    before, after = (
        {
            str(item)
            for item in possible(chain_of(stack(workload("web", "eso", existing(name)), cluster=LOCKED)))
        }
        for name in ("old-key", "new-key")
    )
    assert before == after
    who = "principals that may create pods in namespace shop"
    why = "pods can run as any ServiceAccount there"
    assert f"{who} could read what the workloads of namespace shop read: {why}" in after


def test_what_comes_with_each_workload_is_expected() -> None:
    operators = {"external_secrets": {}, "csi_driver": {}}
    workloads = workload("web", "eso"), workload("web2", "csi")
    chain = chain_of(stack(*workloads, cluster=LOCKED, operators=operators))
    assert {item.who for item in possible(chain) if not item.expected} == set()
    people = {"groups": ["66666666-7777-4888-8999-000000000000"]}
    chain = chain_of(stack(workload("web", "eso"), cluster=LOCKED, people=people, operators=operators))
    assert {str(item) for item in possible(chain) if not item.expected} == {
        f"group {people['groups'][0]} could {may} every secret of {chain.vaults[0].name}: {why}"
        for may, why in (
            ("read", "Key Vault Secrets Officer on the whole vault"),
            ("change", "Key Vault Secrets Officer"),
        )
    }
