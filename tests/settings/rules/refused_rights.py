"""Settings that the rules of ``rules/rights.py`` refuse, with the exact words."""

from typing import Any

from tests.settings.cases import case
from tests.settings.samples import DRIVER, PRINCIPAL, csi, pod, secret


def _rights(*rights: str, type_: str = "secret") -> dict[str, Any]:
    return {"workloads": [pod(secrets=[secret(from_="existing", type=type_, rights=list(rights))])]}


_AT = "workloads[0].secrets[0].rights"
_CUSTOM = "without get needs a custom role: every built-in role that gives it reads the value too"
_OFFICER = "the nearest is Key Vault Secrets Officer at this secret"
_KEY = "list the key of this name too, with type: key, and give it this right"
_NONE = (
    "more than reading does not work with access: {}: the application has no token of its own; choose access:"
    f" workload-identity, or remove it (pulumi config rm --path '{_AT}')"
)

CASES = [
    case(
        "right-of-the-object",
        _rights("get", "sign"),
        f"{_AT}[1]: 'sign' is no right of type secret; choose get, list, set, delete, recover, backup, restore"
        " or purge",
    ),
    case(
        "right-of-the-object",
        _rights("get", "set", type_="key"),
        f"{_AT}[1]: 'set' is no right of type key; choose get, list, delete, recover, backup, restore, purge,"
        " encrypt, decrypt, wrap, unwrap, sign, verify, create, import, update, rotate or release",
    ),
    case(
        "right-of-the-object",
        _rights("get", "sign", type_="cert"),
        f"{_AT}[1]: 'sign' is no right of type cert; {_KEY}",
    ),
    case(
        "right-of-the-object",
        _rights("unwrap", type_="cert-key-pair"),
        f"{_AT}[0]: 'unwrap' is no right of type cert-key-pair; {_KEY}",
    ),
    case(
        "right-of-the-object",
        _rights("get", "set", type_="cert"),
        f"{_AT}[1]: 'set' is no right of type cert; choose get, list, delete, recover, backup, restore, purge,"
        " create, import or update",
    ),
    case("rights-include-reading", _rights("set"), f"{_AT}: [set] {_CUSTOM}; {_OFFICER}: rights: [get, set]"),
    case(
        "rights-include-reading",
        _rights("delete", "set"),
        f"{_AT}: [delete, set] {_CUSTOM}; {_OFFICER}: rights: [get, delete, set]",
    ),
    case(
        "rights-include-reading",
        _rights("list"),
        f"{_AT}: [list] without get: a workload reads every object that it lists; add it: rights: [get, list]",
    ),
    case(
        "rights-include-reading",
        _rights("import", type_="cert-key-pair"),
        f"{_AT}: [import] without get: a workload reads every object that it lists; add it: rights: [get, import]",
    ),
    case(
        "rights-include-reading",
        _rights(),
        f"{_AT}: empty, so the workload could do nothing with the object; remove it, which leaves get"
        f" (pulumi config rm --path '{_AT}')",
    ),
    case(
        "rights-need-a-token",
        {
            "workloads": [
                csi(secret(from_="existing", rights=["get", "set"]), access="user-assigned-vm"),
            ],
            **DRIVER,
        },
        f"{_AT}: {_NONE.format('user-assigned-vm')}",
    ),
    case(
        "rights-need-a-token",
        {
            "workloads": [
                csi(
                    secret(from_="existing", type="key", rights=["get", "sign"]),
                    access="service-principal",
                    service_principal=PRINCIPAL,
                ),
            ],
            "secret-values:sp": "the client secret",
            **DRIVER,
        },
        f"{_AT}: {_NONE.format('service-principal')}",
        secret=("secret-values:sp",),
    ),
]
