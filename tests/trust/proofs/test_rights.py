"""Broken programs for the proofs of the webhook's label, SecretProviderClasses and rights in vaults."""

from typing import Any

import pytest

from tests.trust.graphs import build_config
from tests.trust.proofs.broken import WORKLOADS, Broken, changed, check, compare, config, ids, not_proved
from trust.chain import Chain
from trust.graph import Graph
from trust.nodes.vaults import VAULT
from trust.proofs import run

_IDENTITY = "components.identity.workload_identity"
_ACCOUNT = "components.workloads.base"
_CLUSTER = "components.cluster.aks_cluster"
_VAULT = "components.key_vault.vault"
_SDK, _DAPR, _CSI = (f"components.workloads.techniques.{name}" for name in ("sdk", "dapr", "csi"))
_PARAMETERS = "**ACCESS_MODES[args.access].parameters(args.identity),"
_APP, _FILES, _CART, _COPIED = config("app"), config("files"), config("cart"), config("copied")


def _with(whole: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """The config with more keys in each workload."""
    return {**whole, "workloads": [{**workload, **keys} for workload in whole["workloads"]]}


_SHARED = {**_with(config("app", "nightly"), identity="shared"), "identities": [{"name": "shared"}]}
_POLICIES = {**_with(_COPIED, scope="vault"), "vault": {"authorization": "access-policy"}}
_ELSEWHERE: dict[str, Any] = {
    **_APP,
    "workloads": [
        {
            "name": "app",
            "namespace": "shop",
            "kind": "none",
            "technique": "sdk",
            "secrets": WORKLOADS["app"]["secrets"],
        }
    ],
}
_FIND = {
    **_COPIED,
    "workloads": [
        {**_COPIED["workloads"][0], "secrets": [], "find": [{"regexp": "^api-"}], "scope": "vault"}
    ],
}

BROKEN = [
    Broken(
        "pod-token-label",
        _SDK,
        'labels={USE_IDENTITY: "true"}',
        "labels={}",
        _APP,
        "app",
        says="have no label azure.workload.identity/use",
    ),
    Broken(
        "pod-token-label",
        _SDK,
        'labels={USE_IDENTITY: "true"}',
        "labels={}",
        _ELSEWHERE,
        "app",
        says="have no label azure.workload.identity/use",
    ),
    Broken(
        "pod-token-label",
        _DAPR,
        'labels={USE_IDENTITY: "true"}',
        'labels={USE_IDENTITY: "True"}',
        _CART,
        "cart",
        says="have 'True' in label azure.workload.identity/use",
    ),
    Broken(
        "token-label-is-not-selected",
        "components.workloads.manifests",
        '{"matchLabels": labels(name)}, "template": template',
        '{"matchLabels": {**labels(name), "azure.workload.identity/use": ""}}, "template": template',
        _APP,
        "app",
        says="Deployment 'app' selects pods by azure.workload.identity/use",
    ),
    Broken(
        "token-label-is-not-selected",
        "components.workloads.manifests",
        '"selector": labels(name),',
        '"selector": {**labels(name), "azure.workload.identity/use": "true"},',
        _APP,
        "app",
        says="Service 'app' selects pods",
    ),
    Broken(
        "class-identity",
        _CSI,
        _PARAMETERS,
        f'{_PARAMETERS} "clientID": args.identity.principal_id,',
        _FILES,
        "files",
        frozenset({"role-covers-requests", "role-is-needed"}),
        says="which no identity of the stack has",
    ),
    Broken(
        "class-identity",
        _CSI,
        _PARAMETERS,
        f'{_PARAMETERS} "useVMManagedIdentity": "true",',
        _FILES,
        "files",
        frozenset({"role-covers-requests", "role-is-needed"}),
        says="signs in in several ways at once",
    ),
    Broken(
        "class-identity",
        _CSI,
        _PARAMETERS,
        '"usePodIdentity": "false", "useVMManagedIdentity": "false",',
        _FILES,
        "files",
        frozenset({"role-covers-requests", "role-is-needed"}),
        says="reads as nobody",
    ),
    Broken(
        "class-identity",
        _CSI,
        _PARAMETERS,
        f'{_PARAMETERS} "userAssignedIdentityID": args.identity.principal_id,',
        _with(_FILES, access="user-assigned-vm"),
        "files",
        frozenset({"role-covers-requests"}),
        says="which the cluster's nodes do not have",
    ),
    Broken(
        "role-covers-requests",
        _VAULT,
        "role=access.role,",
        "role=Role.KEY_VAULT_CRYPTO_USER,",
        _COPIED,
        "copied",
        says="holds no role that reads secret 'db-password' of vault",
    ),
    Broken(
        "role-covers-requests",
        _VAULT,
        "lambda vault_id: child_id(vault_id, access.collection, object_name.lower())",
        'lambda vault_id: child_id(vault_id, "keys", object_name.lower())',
        _APP,
        "app",
        says="secret 'db-password' of vault",
    ),
    Broken(
        "role-names-its-object",
        _VAULT,
        "lambda vault_id: child_id(vault_id, access.collection, object_name.lower())",
        'lambda vault_id: child_id(vault_id, access.collection, object_name.lower() + "s")',
        _APP,
        "app",
        frozenset({"role-covers-requests", "role-is-needed"}),
        says="for 'db-password' of vault",
    ),
    Broken(
        "role-covers-requests",
        "components.authorization.role_assignments",
        "principal_id=principal_id,\n        principal_type",
        'principal_id="another",\n        principal_type',
        _CART,
        "cart",
        says="secret 'db-password' of vault",
    ),
    Broken(
        "role-covers-requests",
        _VAULT,
        'label=f"{self._label}secrets", role=Role.KEY_VAULT_SECRETS_USER, scope=self.resource_id',
        'label=f"{self._label}secrets", role=Role.KEY_VAULT_SECRETS_USER,'
        ' scope=self.resource_id.apply(lambda vault_id: child_id(vault_id, "secrets", "api-key"))',
        _FIND,
        "copied",
        frozenset({"role-is-needed"}),
        says="every secret of vault",
    ),
    Broken(
        "role-is-needed",
        _VAULT,
        "scope=self.resource_id.apply(\n"
        "                lambda vault_id: child_id(vault_id, access.collection, object_name.lower())\n"
        "            ),",
        "scope=self.resource_id,",
        _COPIED,
        "copied",
        says="may read every secret of vault",
    ),
    Broken(
        "role-reads-only",
        _VAULT,
        "role=access.role,",
        "role=Role.KEY_VAULT_SECRETS_OFFICER,",
        _APP,
        "app",
        says="may write secrets in vault",
    ),
    Broken(
        "role-reads-only",
        "components.authorization.role_assignments",
        "role_definition_id=role_definition_id(subscription_id, spec.role.value),",
        'role_definition_id=role_definition_id(subscription_id, "b24988ac-6180-42a0-ab88-20f7382dd24c"),',
        _FILES,
        "files",
        frozenset({"role-covers-requests"}),
        says="controls access in vault",
    ),
    Broken(
        "role-reads-only",
        "components.authorization.role_assignments",
        "role_definition_id=role_definition_id(subscription_id, spec.role.value),",
        'role_definition_id=role_definition_id(subscription_id, "00000000-0000-0000-0000-000000000000"),',
        _COPIED,
        "copied",
        frozenset({"role-covers-requests"}),
        says="of which nothing is known",
    ),
    Broken(
        "role-reads-only",
        "stacks.args.vault",
        'secrets=("get", "list"),',
        'secrets=("get", "list", "set"),',
        _POLICIES,
        "copied",
        says="may set secrets in vault",
    ),
    Broken(
        "vault-authorization",
        _VAULT,
        "enable_rbac_authorization=args.authorization is Authorization.RBAC,",
        "enable_rbac_authorization=False,",
        _APP,
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
    graph = build_config(_POLICIES).graph
    nodes = [node for node in graph if not node.type.endswith(":RoleAssignment")]
    assert not not_proved(run(Chain.read(Graph(nodes, graph.source, outputs=graph.outputs))))
    vault = {"properties": {**graph.of_type(VAULT)[0].inputs["properties"], "enableRbacAuthorization": True}}
    chain = changed(Graph(nodes, graph.source, outputs=graph.outputs), "vault-vault", **vault)
    says = "authorizes by Azure RBAC, so the access policies"
    follows = frozenset({"role-covers-requests"})
    compare(Broken("vault-authorization", "", "", "", {}, follows=follows, says=says), not_proved(run(chain)))
