"""Warnings of the preflight about rights that go beyond reading, in their exact words."""

from typing import Any

from tests.stacks.preflight.cases import case, workload


def _rights(*rights: str, type_: str = "secret", scope: str = "object", **sections: Any) -> dict[str, Any]:
    entry = {"name": "token", "type": type_, "from": "existing", "rights": list(rights)}
    return {"workloads": [workload(secrets=[entry], scope=scope)], **sections}


_MORE = (
    "list these too if they are meant, or take an identity that has a custom role (identities[].existing)"
    " and remove rights"
)
_SET = (
    "workloads[0].secrets[0].rights: set on 'token' comes by Key Vault Secrets Officer, the narrowest"
    f" built-in role, which also allows delete, recover, backup, restore, purge; {_MORE}"
)

CASES = [
    case("role-allows-more", _rights("get", "set"), _SET),
    case(
        "role-allows-more",
        _rights("get", "sign", "verify", type_="key"),
        "workloads[0].secrets[0].rights: sign on 'token' comes by Key Vault Crypto User, the narrowest"
        f" built-in role, which also allows backup, decrypt, unwrap, update; {_MORE}",
    ),
    case(
        "policy-reaches-every-object",
        _rights("get", "set", scope="vault", vault={"authorization": "access-policy"}),
        "workloads[0].secrets[0].rights: in a vault with access policies set applies to all secrets, not only"
        " to 'token'; move the vault to RBAC as docs/migrations.md describes, or give the object a vault of"
        " its own",
        "vault.authorization: with access-policy every workload can read every secret of the vault; move it"
        " to rbac in the order that docs/migrations.md describes",
    ),
    case(
        "writer-may-purge",
        _rights("get", "set", vault={"purge_protection": False}),
        _SET,
        "vault.purge_protection: is off, and a workload gets a role that may purge 'token'; turn it on before"
        " production: what is purged never comes back (pulumi config set --path 'vault.purge_protection'"
        " true)",
    ),
]
