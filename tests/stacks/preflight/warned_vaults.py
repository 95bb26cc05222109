"""Warnings of the preflight about vaults that are to be recovered and about grants that others made, in their
exact words.
"""

from typing import Any

from components import naming
from components.authorization.roles import Role
from tests.stacks.preflight.cases import GROUP, Case, case, vault, workload

_RECOVERS: dict[str, Any] = {
    "vault": {"name": "kv-shop", "recover": True},
    "workloads": [workload(secrets=[{"name": "db", "from": "random"}, {"name": "Key", "from": "random"}])],
}
FIRST_VAULT = [
    "aks-secrets:index:KeyVault::vault",
    "aks-secrets:index:KeyVault$azure-native:keyvault:Vault::vault-vault",
]
_REMOVE = "remove it after this `pulumi up` (pulumi config rm --path 'vault.recover')"

_PRINCIPAL = "aaaaaaaa-1111-4111-8111-111111111111"
_SCOPE = f"{GROUP}/vaults/kv-old/secrets/db"
_NAME = naming.role_assignment(_SCOPE, Role.KEY_VAULT_SECRETS_USER.value, _PRINCIPAL)
_MADE_BY_OTHERS: dict[str, Any] = {"workloads": [workload(secrets=[{"name": "db", "from": "existing"}])]}
_STACK = "pulumi:pulumi:Stack::aks-secrets-dev"
_PUBLISHED = {
    "grants": [
        {
            "principal": "shop",
            "principalId": _PRINCIPAL,
            "roleDefinition": Role.KEY_VAULT_SECRETS_USER.value,
            "scope": _SCOPE,
            "exists": True,
        }
    ]
}
_READ = {
    "state": {
        _STACK: _PUBLISHED,
        "azure-native:authorization:RoleAssignment::shop/secrets/db": {"name": _NAME},
    }
}

CASES = [
    case(
        "grants-of-others-exist",
        _MADE_BY_OTHERS,
        "grants: is managed now, but the stack only reads 1 role assignments that were made while it was"
        " external, so `pulumi up` cannot create them: cannot create already existing resource; leave them to"
        " those who made them, or take them over as docs/operations.md#grants-that-others-made describes"
        " (pulumi config set aks-secrets:grants external)",
        answers=_READ,
    ),
    case(
        "vault-may-be-deleted",
        {"vaults": [{"name": "payments", "resource_name": "kv-payments"}]},
        "vaults[0].recover: the state has no vault 'kv-payments', so the update creates it; if a vault of"
        " this name was deleted, Azure answers that it already exists in deleted state; recover it then"
        " (pulumi config set --path 'vaults[0].recover' true)",
        answers={"state": [*FIRST_VAULT, "aks-secrets:index:KeyVault::vault-payments"]},
    ),
    case(
        "unprotected-vault",
        {
            "vault": {"name": "kv-shop", "protect": True},
            "vaults": [{"name": "payments"}, {"name": "billing", "protect": True}],
        },
        "vaults[0].protect: is off although vault 'kv-shop' is protected: a `pulumi destroy --skip-preview`"
        " deletes this vault before it is refused; protect it too"
        " (pulumi config set --path 'vaults[0].protect' true)",
    ),
    case(
        "unprotected-vault",
        {"cluster.protect": True},
        "vault.protect: is off although the cluster is protected: a `pulumi destroy --skip-preview` deletes"
        " this vault before it is refused; protect it too (pulumi config set --path 'vault.protect' true)",
    ),
    case(
        "recover-is-temporary",
        _RECOVERS,
        "vault.recover: vault 'kv-shop' does not exist, so the update recovers it with its secrets, which the"
        " preview shows as created; if `az keyvault list-deleted` does not list it, Azure answers"
        f" SoftDeletedVaultDoesNotExist; {_REMOVE}",
    ),
    case(
        "recover-is-temporary",
        _RECOVERS | {"workloads": []},
        f"vault.recover: vault 'kv-shop' exists, so there is nothing to recover; {_REMOVE}",
        answers={"vault kv-shop": vault()},
    ),
    case(
        "recovered-secret",
        _RECOVERS,
        "vault.recover: vault 'kv-shop' exists, so there is no vault to recover, and the state takes over"
        f" what it lacks of the vault and of its secrets db; {_REMOVE}",
        "vault.recover: vault 'kv-shop' has no secret 'key', so the program writes a new value; if it is"
        " deleted and its value is to come back, recover it first"
        " (az keyvault secret recover --vault-name kv-shop --name key)",
        answers={"vault kv-shop": vault(), "secret db": {"properties": {}}},
    ),
    case(
        "recovered-value",
        {
            "vault": {"name": "kv-shop", "recover": True},
            "workloads": [
                workload(technique="kubernetes-secret", secrets=[{"name": "db", "from": "random"}]),
            ],
        },
        "vault.recover: vault 'kv-shop' does not exist, so the update recovers it with its secrets, which the"
        " preview shows as created; if `az keyvault list-deleted` does not list it, Azure answers"
        f" SoftDeletedVaultDoesNotExist; {_REMOVE}",
        "workloads[0].secrets[0].manage: vault 'kv-shop' comes back with its value of 'db', and"
        " kubernetes-secret delivers the one in the state, which is new after a `pulumi destroy`; if both"
        " have to be equal, let the program write its own"
        " (pulumi config set --path 'workloads[0].secrets[0].manage' always)",
        "workloads[0].technique: with kubernetes-secret etcd keeps the values, and everyone who may read"
        " Secrets or create pods in namespace 'shop' can read them; prefer another technique, or limit those"
        " rights (docs/security.md)",
        answers={},
    ),
    case(
        "recover-is-temporary",
        {"vaults": [{"name": "payments", "resource_name": "kv-payments", "recover": True}]},
        "vaults[0].recover: vault 'kv-payments' does not exist, so the update recovers it with its secrets,"
        " which the preview shows as created; if `az keyvault list-deleted` does not list it, Azure answers"
        " SoftDeletedVaultDoesNotExist; remove it after this `pulumi up`"
        " (pulumi config rm --path 'vaults[0].recover')",
    ),
]
SILENT = [
    # They stay theirs; one that is in the state no more is found by `resume`.
    Case("grants-of-others-exist", {**_MADE_BY_OTHERS, "grants": "external"}, (), _READ),
    Case("grants-of-others-exist", _MADE_BY_OTHERS, (), {"state": {_STACK: _PUBLISHED}}),
]
