"""Settings that the rules of ``rules/pushes.py`` refuse, with the exact words."""

from typing import Any

from tests.settings.cases import case
from tests.settings.samples import DB, VAULTS, pod, secret, workload

_ESO: dict[str, Any] = {"operators": {"external_secrets": {"push_secrets": True}}}
_PUSH: dict[str, Any] = {"name": "db-password", "secret": "db-app", "key": "password"}


def pushing(*pushes: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A workload that pushes."""
    return workload(technique="eso", pushes=list(pushes), **keys)


def _config(*workloads: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return {"workloads": list(workloads), **_ESO, **sections}


_AT = "workloads[0].pushes"
_READER = pod(name="web", technique="sdk", secrets=[secret(name="web-key", from_="existing")])

SCENES: dict[str, Any] = {
    "workloads[].pushes": _config(pushing({"name": "db-password", "secret": "db-app"})),
    "workloads[].pushes[].generate": _config(
        pushing({"name": "db-password", "generate": {"length": 40, "symbol_characters": "-"}})
    ),
    "workloads[].pushes[].vault": _config(pushing({"name": "db-password", "secret": "db-app"}), **VAULTS),
    "operators.external_secrets.push_secrets": {
        "workloads": [pod(technique="eso", secrets=[DB])],
        "operators": {"external_secrets": {}},
    },
}

CASES = [
    case(
        "push-has-one-source",
        _config(pushing({"name": "db-password"})),
        f"{_AT}[0].secret: neither secret nor generate is set; name the Kubernetes Secret that has the value, or"
        " set generate: {length: 32}",
    ),
    case(
        "push-has-one-source",
        _config(pushing({**_PUSH, "generate": {}})),
        f"{_AT}[0].generate: has no effect beside secret, which has the value; remove one of them (pulumi config rm"
        f" --path '{_AT}[0].generate')",
    ),
    case(
        "push-has-one-source",
        _config(pushing({"name": "db-password", "key": "password", "generate": {}})),
        f"{_AT}[0].key: has no effect with generate, which has one value; remove it (pulumi config rm --path"
        f" '{_AT}[0].key')",
    ),
    case(
        "password-is-long-enough",
        _config(pushing({"name": "db-password", "generate": {"length": 16, "digits": 14}})),
        f"{_AT}[0].generate.length: 16 is less than 14 digits and 4 symbols; choose a larger one, or fewer of"
        f" them (pulumi config set --path '{_AT}[0].generate.length' 18)",
    ),
    case(
        "password-is-long-enough",
        _config(pushing({"name": "db-password", "generate": {"symbols": 0, "symbol_characters": "-"}})),
        f"{_AT}[0].generate.symbol_characters: has no effect with symbols: 0; remove it (pulumi config rm --path"
        f" '{_AT}[0].generate.symbol_characters')",
    ),
    case(
        "writer-reads-nothing",
        _config(pod(technique="eso", pushes=[_PUSH])),
        "workloads[0].kind: 'Deployment' makes pods, which could write what pushes lists; choose none, and list"
        " the pods as another workload",
    ),
    case(
        "writer-reads-nothing",
        _config(pushing(_PUSH, secrets=[secret(name="other", from_="existing")])),
        "workloads[0].secrets: are read with the identity that writes what pushes lists; list them in another"
        " workload",
    ),
    case(
        "writer-reads-nothing",
        _config(
            pushing(_PUSH, existing_service_account=True), namespaces=[{"name": "shop", "existing": True}]
        ),
        "workloads[0].existing_service_account: 'true' lets other pods that run as that ServiceAccount write what"
        " pushes lists; remove it, so that the program makes one for the pushes alone (pulumi config rm --path"
        " 'workloads[0].existing_service_account')",
    ),
    case(
        "writer-has-its-identity",
        _config(
            pushing(_PUSH, identity="shared"),
            {**_READER, "identity": "shared"},
            identities=[{"name": "shared"}],
        ),
        "workloads[0].identity: 'shared' is also the identity of 'web', which then could write what pushes lists;"
        " remove it, which gives the pushes an identity of their own (pulumi config rm --path"
        " 'workloads[0].identity')",
    ),
    case(
        "writer-has-no-whole-vault",
        _config(pushing(_PUSH, scope="vault")),
        "workloads[0].scope: 'vault' lets the identity that writes what pushes lists read every secret of the"
        " vault; choose object (pulumi config set --path 'workloads[0].scope' object)",
    ),
    case(
        "push-has-one-writer",
        _config(pushing(_PUSH), pod(name="web", secrets=[secret(name="DB-password", from_="random")])),
        f"{_AT}[0].name: 'db-password' is written by the program, with from: random, and the operator does not"
        " write a secret without its own tag; choose another name, or list it from: existing where it is read",
    ),
    case(
        "push-has-one-writer",
        _config(pushing(_PUSH), pod(name="web", secrets=[secret(from_="existing", type="cert-key-pair")])),
        f"{_AT}[0].name: 'db-password' is also a certificate of the vault, which stores its key pair as a secret"
        " of that name; choose another name for the secret",
    ),
    case(
        "push-has-one-writer",
        _config(pushing(_PUSH, {"name": "DB-Password", "generate": {}})),
        f"{_AT}[1].name: 'DB-Password' has another push, which would overwrite it; list it once"
        f" (pulumi config rm --path '{_AT}[1]')",
    ),
    case(
        "operator-pushes",
        {**_config(pushing(_PUSH)), "operators": {"external_secrets": {}}},
        f"{_AT}: needs operators.external_secrets.push_secrets, without which the operator ignores PushSecrets;"
        " set it (pulumi config set --path 'operators.external_secrets.push_secrets' true)",
    ),
]
