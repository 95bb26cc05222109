"""The resources that the program registers for a vault with `recover`: by technique, by what Azure has, in
preview and update.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest

from aks_secrets_testing.builds import Answer, Build, build
from components.workloads import WORKLOADS
from components.workloads.technique import Technique
from stacks.all_in_one import all_in_one
from stacks.settings import load
from tests.settings.cases import as_config, document
from tests.stacks.composing import runs

_MISSING = Exception('Status=404 Code="ResourceNotFound" Message="not found"')


def _compose(technique: Technique, azure: Mapping[str, Answer], *, preview: bool) -> Build:
    secrets = [{"name": "db", "from": "random"}, {"name": "key", "from": "random"}]
    operator = WORKLOADS[technique].spec.operator
    changes = {
        "vault": {"name": "kv-shop", "recover": True},
        "operators": {operator.value: {}} if operator else {},
        "workloads": [runs(technique=technique.value, secrets=secrets)],
    }

    async def program() -> Any:
        return await all_in_one(load())

    return build(program, config=as_config(document(changes)), preview=preview, answers=azure)


def _azure(*vault: Mapping[str, Any] | Exception, secrets: tuple[str, ...] = ()) -> dict[str, Answer]:
    """Azure's answers: to one read of the vault after the other, and which secrets it holds."""
    answers = iter(vault)

    def get_secret(arguments: Mapping[str, Any]) -> Mapping[str, Any] | Exception:
        name = arguments["secretName"]
        return {"id": f"/id/{name}", "name": name} if name in secrets else _MISSING

    return {
        "azure-native:keyvault:getVault": lambda _: next(answers),
        "azure-native:keyvault:getSecret": get_secret,
    }


_FOUND = {"id": "/id/kv-shop", "name": "kv-shop"}
_WAYS: dict[str, tuple[Callable[[], dict[str, Answer]], bool, dict[str, str]]] = {
    "preview of a recovery": (lambda: _azure(_MISSING), True, {}),
    "recovery": (
        lambda: _azure(_MISSING, _FOUND, secrets=("db", "key")),
        False,
        {"vault/db": "/id/db", "vault/key": "/id/key"},
    ),
    "recovery with a new secret": (
        lambda: _azure(_MISSING, _FOUND, secrets=("key",)),
        False,
        {"vault/key": "/id/key"},
    ),
    "preview, nothing is deleted": (
        lambda: _azure(_FOUND, secrets=("db",)),
        True,
        {"vault-vault": "/id/kv-shop", "vault/db": "/id/db"},
    ),
    "nothing is deleted": (
        lambda: _azure(_FOUND, secrets=("db",)),
        False,
        {"vault-vault": "/id/kv-shop", "vault/db": "/id/db"},
    ),
}


@pytest.mark.parametrize(
    ("technique", "way"),
    [(Technique.SDK, way) for way in _WAYS] + [(technique, "recovery") for technique in Technique],
)
def test_what_azure_holds_is_imported_when_the_vault_is_back(technique: Technique, way: str) -> None:
    azure, preview, imported = _WAYS[way]
    built = _compose(technique, azure(), preview=preview)
    assert {
        resource.name: resource.import_id for resource in built.resources if resource.import_id
    } == imported
    secrets = built.of_type("keyvault:Secret")
    assert [secret.ignore_changes for secret in secrets] == [("properties", "tags")] * 2


def test_a_vault_that_only_the_state_has_stops_the_program() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        _compose(Technique.SDK, _azure(_MISSING, _MISSING), preview=False)
    assert str(refused.value) == (
        "vault.recover: vault 'kv-shop' does not exist, but the state has it, so Pulumi does not recover it;"
        " let the update read Azure first (pulumi up --refresh)"
    )


def test_a_read_that_fails_otherwise_is_a_problem_of_the_key() -> None:
    azure = _azure(Exception("Status=403 AuthorizationFailed"))
    with pytest.raises(pulumi.RunError, match=r"vault\.recover: Azure did not return vault 'kv-shop'"):
        _compose(Technique.SDK, azure, preview=False)
