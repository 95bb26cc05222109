"""Refusals of values that cannot be copied, and of versions that cannot be there yet, in the exact words of
the preflight. None has a value in it.
"""

from typing import Any

from tests.settings.rules.refused_copied_values import KEY, OUTPUT, STORAGE, copied
from tests.settings.samples import csi, secret
from tests.stacks.preflight.cases import ELSEWHERE, case, workload

_AT = "workloads[0].secrets[0]"
_DATA = "outputs organization/data/prod"
_ACCOUNT = "Microsoft.Storage/storageAccounts 'stshop' in resource group 'rg-data'"
_LIST = "(az resource list --resource-group rg-data --output table)"
_NONE = (
    f"{_AT}.stack.output: has no value in stack organization/data/prod, or one that cannot be decrypted here;"
    " update that stack, and sign in to the key or set the passphrase of its secrets"
)


def _published(value: Any, secret: bool = True) -> dict[str, Any]:
    name = "connectionString"
    return {_DATA: {"outputs": {name: value}, "secretOutputNames": [name] if secret else []}}


CASES = [
    case(
        "copied-value-is-there",
        copied(stack=OUTPUT),
        f'{_AT}.stack.name: stack organization/data/prod cannot be read: unknown stack "x"; name a stack that'
        " exists (pulumi stack ls --all)",
        answers={
            _DATA: Exception(
                'invocation of pulumi:pulumi:readStackOutputs returned an error: unknown stack "x"'
            )
        },
    ),
    case(
        "copied-value-is-there",
        copied(stack={**OUTPUT, "name": "organization/aks-secrets/dev"}),
        f"{_AT}.stack.name: is this stack itself; name the stack that made the value",
    ),
    case(
        "copied-value-is-there",
        copied(stack={**OUTPUT, "output": "password"}),
        f"{_AT}.stack.output: stack organization/data/prod has no output of this name; choose"
        " connectionString",
        answers=_published("canary-7f3a"),
    ),
    case(
        "copied-value-is-there",
        copied(stack=OUTPUT),
        f"{_AT}.stack.output: stack organization/data/prod has no output of this name; export it there, then"
        " update that stack (pulumi up --stack organization/data/prod)",
        answers={_DATA: {"outputs": {}}},
    ),
    case(
        "copied-value-is-there",
        copied(stack=OUTPUT),
        f"{_AT}.stack.output: is no secret of stack organization/data/prod, whose state shows it in plain"
        " text; export it there with pulumi.Output.secret and update that stack, or set sensitive: false"
        " here if everyone may see it",
        answers=_published("canary-7f3a", secret=False),
    ),
    case(
        "copied-value-is-there",
        copied(stack={**OUTPUT, "property": "orders.primary"}),
        f"{_AT}.stack.property: output connectionString of stack organization/data/prod has billing there;"
        " correct the path",
        answers=_published({"billing": "canary-7f3a"}),
    ),
    case(
        "copied-value-is-there",
        copied(stack={**OUTPUT, "property": "primary"}),
        f"{_AT}.stack.property: output connectionString of stack organization/data/prod has no properties"
        f" there; remove this key (pulumi config rm --path '{_AT}.stack.property')",
        answers=_published("canary-7f3a"),
    ),
    # The engine passes on a secret that it cannot decrypt as an empty map.
    case("copied-value-is-there", copied(stack=OUTPUT), _NONE, answers=_published({})),
    case(
        "copied-value-is-there",
        copied(stack=OUTPUT),
        f"{_AT}.stack: the value has 25601 bytes; Key Vault allows 1 to 25600",
        answers=_published("x" * 25601),
    ),
    case(
        "resource-exists",
        copied(resource={**KEY, "id": STORAGE.replace(STORAGE.split("/")[2], ELSEWHERE)}),
        f"{_AT}.resource.id: there is no resource {_ACCOUNT} of subscription {ELSEWHERE}; look for it"
        f" {_LIST.removesuffix(')')} --subscription {ELSEWHERE})",
    ),
    case(
        "resource-exists",
        copied(resource=KEY),
        f"{_AT}.resource.id: there is no resource {_ACCOUNT}; look for it {_LIST}",
    ),
    case(
        "copied-value-is-there",
        copied(resource=KEY),
        f"{_AT}.resource.id: 'stshop' accepts no keys, so its keys open nothing; let the workload sign in"
        " with its identity instead, or accept keys (az storage account update --ids"
        f" {STORAGE} --allow-shared-key-access true)",
        answers={"storage stshop": {"allowSharedKeyAccess": False}},
    ),
    case(
        "resource-is-readable",
        copied(resource=KEY),
        f"{_AT}.resource.id: Azure did not return the keys of {_ACCOUNT}"
        " by Microsoft.Storage/storageAccounts/listKeys/action in listStorageAccountKeys: invoke of"
        " azure-native:storage:listStorageAccountKeys failed: Status=403 denied; check the sign-in of pulumi"
        " and its rights there",
        answers={"storage stshop": {}, "keys stshop": Exception("Status=403 denied")},
    ),
    case(
        "copied-value-is-there",
        copied(resource=KEY),
        f"{_AT}.resource.value: Azure lists no such value of {_ACCOUNT}; choose key1, key2,"
        " key1ConnectionString or key2ConnectionString",
        answers={"storage stshop": {}, "keys stshop": {"keys": []}},
    ),
]

_VERSION = "0123456789abcdef0123456789abcdef"
_PINNED = (
    ".version: is of a secret that this stack has yet to write, and Key Vault chooses its version then;"
    " remove it, and pin a version after the first update (pulumi config rm --path '"
)
_IN_THE_VAULT = {"state": ["azure-native:keyvault:Secret::vault/db-password"]}


def _pinned(from_: str = "random", **keys: Any) -> dict[str, Any]:
    pinned = csi(secret(from_=from_, version=_VERSION, **keys))
    return {"workloads": [pinned], "operators": {"csi_driver": {}}}


def _seeded_elsewhere() -> dict[str, Any]:
    changes = _pinned("existing", vault="payments")
    seeding = workload(name="cart", secrets=[secret(from_="random", vault="payments")])
    return {**changes, "vaults": [{"name": "payments"}], "workloads": [*changes["workloads"], seeding]}


CASES += [
    case(
        "pinned-version-is-there",
        _pinned(),
        f"{_AT}{_PINNED}{_AT}.version')",
        answers={"state": ["azure-native:keyvault:Vault::vault"]},
    ),
    case(
        "pinned-version-is-there",
        _seeded_elsewhere(),
        f"{_AT}{_PINNED}{_AT}.version')",
        answers=_IN_THE_VAULT,
    ),
]
VERSIONS_THAT_MAY_BE_THERE = [
    case("pinned-version-is-there", _pinned()),
    case("pinned-version-is-there", _pinned(), answers=_IN_THE_VAULT),
    case("pinned-version-is-there", _pinned("existing")),
    case("pinned-version-is-there", {**_pinned(), "vault": {"recover": True}}),
]
"""Versions of secrets that are in the vault, or may be."""
