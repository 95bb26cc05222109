"""Broken programs for the proofs of the webhook's label, SecretProviderClasses and rights in vaults."""

import pytest

from tests.trust.graphs import build_config
from tests.trust.proofs.broken import Broken, changed, check, compare, ids, not_proved
from tests.trust.proofs.places import (
    APP,
    CART,
    COPIED,
    CSI,
    DAPR,
    ELSEWHERE,
    FILES,
    FIND,
    PARAMETERS,
    POLICIES,
    SDK,
    VAULT_MODULE,
    with_keys,
)
from trust.chain import Chain
from trust.graph import Graph
from trust.nodes.vaults import VAULT
from trust.proofs import run

BROKEN = [
    Broken(
        "pod-token-label",
        SDK,
        'labels={USE_IDENTITY: "true"}',
        "labels={}",
        APP,
        "app",
        says="have no label azure.workload.identity/use",
    ),
    Broken(
        "pod-token-label",
        SDK,
        'labels={USE_IDENTITY: "true"}',
        "labels={}",
        ELSEWHERE,
        "app",
        says="have no label azure.workload.identity/use",
    ),
    Broken(
        "pod-token-label",
        DAPR,
        'labels={USE_IDENTITY: "true"}',
        'labels={USE_IDENTITY: "True"}',
        CART,
        "cart",
        says="have 'True' in label azure.workload.identity/use",
    ),
    Broken(
        "token-label-is-not-selected",
        "components.workloads.manifests",
        '{"matchLabels": labels(name)}, "template": template',
        '{"matchLabels": {**labels(name), "azure.workload.identity/use": ""}}, "template": template',
        APP,
        "app",
        frozenset({"owner-selects-its-pods"}),
        says="Deployment 'app' selects pods by azure.workload.identity/use",
    ),
    Broken(
        "token-label-is-not-selected",
        "components.workloads.manifests",
        '"selector": labels(name),',
        '"selector": {**labels(name), "azure.workload.identity/use": "true"},',
        APP,
        "app",
        says="Service 'app' selects pods",
    ),
    Broken(
        "class-identity",
        CSI,
        PARAMETERS,
        f'{PARAMETERS} "clientID": args.identity.principal_id,',
        FILES,
        "files",
        frozenset({"role-covers-requests", "role-is-needed"}),
        says="which no identity of the stack has",
    ),
    Broken(
        "class-identity",
        CSI,
        PARAMETERS,
        f'{PARAMETERS} "useVMManagedIdentity": "true",',
        FILES,
        "files",
        frozenset({"role-covers-requests", "role-is-needed"}),
        says="signs in in several ways at once",
    ),
    Broken(
        "class-identity",
        CSI,
        PARAMETERS,
        '"usePodIdentity": "false", "useVMManagedIdentity": "false",',
        FILES,
        "files",
        frozenset({"role-covers-requests", "role-is-needed"}),
        says="reads as nobody",
    ),
    Broken(
        "class-identity",
        CSI,
        PARAMETERS,
        f'{PARAMETERS} "userAssignedIdentityID": args.identity.principal_id,',
        with_keys(FILES, access="user-assigned-vm"),
        "files",
        frozenset({"role-covers-requests"}),
        says="which the cluster's nodes do not have",
    ),
    Broken(
        "role-covers-requests",
        VAULT_MODULE,
        "role=access.role,",
        "role=Role.KEY_VAULT_CRYPTO_USER,",
        COPIED,
        "copied",
        says="holds no role that reads secret 'db-password' of vault",
    ),
    Broken(
        "role-covers-requests",
        VAULT_MODULE,
        "lambda vault_id: child_id(vault_id, access.collection, object_name.lower())",
        'lambda vault_id: child_id(vault_id, "keys", object_name.lower())',
        APP,
        "app",
        says="secret 'db-password' of vault",
    ),
    Broken(
        "role-names-its-object",
        VAULT_MODULE,
        "lambda vault_id: child_id(vault_id, access.collection, object_name.lower())",
        'lambda vault_id: child_id(vault_id, access.collection, object_name.lower() + "s")',
        APP,
        "app",
        frozenset({"role-covers-requests", "role-is-asked-for", "role-is-needed"}),
        says="for 'db-password' of vault",
    ),
    Broken(
        "role-covers-requests",
        "components.authorization.role_assignments",
        "principal_id=principal_id,\n        principal_type",
        'principal_id="another",\n        principal_type',
        CART,
        "cart",
        says="secret 'db-password' of vault",
    ),
    Broken(
        "role-covers-requests",
        VAULT_MODULE,
        "role=Role.KEY_VAULT_SECRETS_USER,\n            scope=self.resource_id,",
        "role=Role.KEY_VAULT_SECRETS_USER, "
        'scope=self.resource_id.apply(lambda vault_id: child_id(vault_id, "secrets", "api-key")),',
        FIND,
        "copied",
        frozenset({"role-is-asked-for", "role-is-needed"}),
        says="every secret of vault",
    ),
    Broken(
        "role-is-needed",
        "",
        "",
        "scope: vault, which the settings ask for",
        with_keys(COPIED, scope="vault"),
        "copied",
        says="may read every secret of vault",
    ),
    Broken(
        "role-is-asked-for",
        VAULT_MODULE,
        "scope=self.resource_id.apply(\n"
        "                lambda vault_id: child_id(vault_id, access.collection, object_name.lower())\n"
        "            ),",
        "scope=self.resource_id,",
        COPIED,
        "copied",
        frozenset({"role-is-needed"}),
        says="may read every secret of vault",
    ),
    Broken(
        "role-reads-only",
        VAULT_MODULE,
        "role=access.role,",
        "role=Role.KEY_VAULT_SECRETS_OFFICER,",
        APP,
        "app",
        says="may write secrets in vault",
    ),
    Broken(
        "role-reads-only",
        "components.authorization.role_assignments",
        "role_definition_id=role_definition_id(subscription_id, spec.role.value),",
        'role_definition_id=role_definition_id(subscription_id, "b24988ac-6180-42a0-ab88-20f7382dd24c"),',
        FILES,
        "files",
        frozenset({"role-covers-requests"}),
        says="controls access in vault",
    ),
    Broken(
        "role-reads-only",
        "components.authorization.role_assignments",
        "role_definition_id=role_definition_id(subscription_id, spec.role.value),",
        'role_definition_id=role_definition_id(subscription_id, "00000000-0000-0000-0000-000000000000"),',
        COPIED,
        "copied",
        frozenset({"role-covers-requests"}),
        says="of which nothing is known",
    ),
    Broken(
        "role-reads-only",
        "stacks.args.vault",
        'secrets=("get", "list", *more["secrets"]),',
        'secrets=("get", "list", "set", *more["secrets"]),',
        POLICIES,
        "copied",
        says="may set secrets in vault",
    ),
    Broken(
        "vault-authorization",
        VAULT_MODULE,
        "enable_rbac_authorization=args.authorization is Authorization.RBAC,",
        "enable_rbac_authorization=False,",
        APP,
        "",
        frozenset({"role-covers-requests"}),
        says="authorizes by access policies, so the role assignments",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_a_broken_program_breaks_the_proof_first(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)


def test_access_policies_in_a_vault_that_authorizes_by_roles() -> None:
    """The program makes the roles as well, so here the graph is changed: they are not there."""
    graph = build_config(POLICIES).graph
    nodes = [node for node in graph if not node.type.endswith(":RoleAssignment")]
    assert not not_proved(run(Chain.read(Graph(nodes, graph.source, outputs=graph.outputs))))
    vault = {"properties": {**graph.of_type(VAULT)[0].inputs["properties"], "enableRbacAuthorization": True}}
    chain = changed(Graph(nodes, graph.source, outputs=graph.outputs), "vault-vault", **vault)
    says = "authorizes by Azure RBAC, so the access policies"
    follows = frozenset({"role-covers-requests"})
    compare(Broken("vault-authorization", "", "", "", {}, follows=follows, says=says), not_proved(run(chain)))
