"""What the preflight warns of about vaults that are to be recovered, in its exact words."""

from typing import Any

from tests.stacks.preflight.cases import case, vault, workload

_RECOVERS: dict[str, Any] = {
    "vault": {"name": "kv-shop", "recover": True},
    "workloads": [workload(secrets=[{"name": "db", "from": "random"}, {"name": "Key", "from": "random"}])],
}
_REMOVE = "remove it after this `pulumi up` (pulumi config rm --path 'vault.recover')"

CASES = [
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
        " preview shows as created; if it is not deleted (az keyvault list-deleted), Azure answers"
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
        "recover-is-temporary",
        {"vaults": [{"name": "payments", "resource_name": "kv-payments", "recover": True}]},
        "vaults[0].recover: vault 'kv-payments' does not exist, so the update recovers it with its secrets,"
        " which the preview shows as created; if it is not deleted (az keyvault list-deleted), Azure answers"
        " SoftDeletedVaultDoesNotExist; remove it after this `pulumi up`"
        " (pulumi config rm --path 'vaults[0].recover')",
    ),
]
