"""Keys that Azure lists: what the program knows, what the rehearsal answers, and what the SDK has."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from components.key_vault.keyed_type import Answers, KeyedType
from components.key_vault.resource_keys import KEYED_TYPES
from components.resource_ids import ArmId
from rehearsal.simulators.azure import arm, listed_keys
from rehearsal.simulators.azure.types import TYPES
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.seed import apply_seed
from rehearsal.simulators.world import World
from tests.each import each
from tests.support.acting import SUBSCRIPTION

GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-data"
ON: dict[str, Any] = {"Microsoft.ContainerRegistry/registries": {"adminUserEnabled": True}}
"""The resource that a listing of keys needs."""
ROWS = list(KEYED_TYPES.values())


def id_of(row: KeyedType) -> str:
    """An id of the type."""
    provider, *kinds = row.type.split("/")
    return f"{GROUP}/providers/{provider}/" + "/".join(f"{kind}/{kind.lower()}shop" for kind in kinds)


def arguments(row: KeyedType) -> dict[str, str]:
    names = dict(zip(row.arguments, ArmId.parse(id_of(row)).names, strict=True))
    return {"resourceGroupName": "rg-data", **names}


def source(function: str) -> str:
    """The SDK's source of a function; importing all these modules would take seconds."""
    _, module, name = function.split(":")
    spec = find_spec("pulumi_azure_native")
    assert spec is not None
    assert spec.origin is not None
    snake = re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
    return (Path(spec.origin).parent / module / f"{snake}.py").read_text(encoding="utf-8")


@each("row", ROWS, ids=lambda row: row.type)
def test_the_sdk_has_the_functions_with_these_arguments_and_results(row: KeyedType) -> None:
    for function in {row.lists, *(row.other_lists or {}).values()}:
        text = source(function)
        assert f"'{function}'" in text
        assert {f"__args__['{name}']" in text for name in row.arguments} == {True}
        simulated = listed_keys.FUNCTIONS[function][1](listed_keys.Keys(id_of(row), {}))
        for name in simulated:
            assert f'getter(name="{name}")' in text or f"def {name}(" in text
    text = source(row.reads)
    assert {f"__args__['{name}']" in text for name in row.arguments[: row.read_names]} == {True}
    if row.off:
        first = row.off[0][0]
        assert f'getter(name="{first}")' in text or f"def {first}(" in text


@each("row", ROWS, ids=lambda row: row.type)
def test_the_rehearsal_lists_every_value(row: KeyedType, tmp_path: Path) -> None:
    world = World(tmp_path / row.type.replace("/", "-"))
    token = listed_keys.FUNCTIONS[row.lists][0]
    apply_seed(world, {"azure": [{"id": GROUP, "location": "westeurope"}]})
    world.put(id_of(row), token, ON.get(row.type, {}), 1)
    resource = {"hostName": "cache.redis.cache.windows.net", "loginServer": "shop.azurecr.io"}
    values = set()
    for name, take in row.values.items():
        function = row.function_for(name)
        listed = listed_keys.list_keys(world, function, arguments(row), arm.SUBSCRIPTION)
        values.add(take(Answers(name=ArmId.parse(id_of(row)).names[0], resource=resource, listed=listed)))
    assert "" not in values
    assert len(values) == len(row.values), "each value is another one"


def test_the_tables_of_the_program_and_of_the_rehearsal_have_the_same_functions() -> None:
    known = {function for row in ROWS for function in (row.lists, *(row.other_lists or {}).values())}
    assert known == set(listed_keys.FUNCTIONS)
    for row in ROWS:
        assert TYPES[listed_keys.FUNCTIONS[row.lists][0]].parse(id_of(row)) == arguments(row)


STORAGE = KEYED_TYPES["microsoft.storage/storageaccounts"]
REGISTRY = KEYED_TYPES["microsoft.containerregistry/registries"]
LOCKED = {"subscriptions": [{"locks": [{"level": "ReadOnly", "scope": "/resourceGroups/rg-data"}]}]}
DENIED = {"subscriptions": [{"denials": [{"name": "no keys", "actions": ["*/listKeys/action"]}]}]}


@each(
    "row, seed, says",
    [
        (STORAGE, {"missing": True}, "ResourceNotFound"),
        (STORAGE, LOCKED, "ScopeLocked"),
        (STORAGE, DENIED, "DenyAssignmentAuthorizationFailed"),
        (REGISTRY, {}, "UnAuthorizedForCredentialOperations"),
    ],
)
def test_arm_refuses_to_list_keys(row: KeyedType, seed: dict[str, Any], says: str, tmp_path: Path) -> None:
    world = World(tmp_path / f"{says}-{row.lists.split(':')[1]}")
    apply_seed(world, {"azure": [{"id": GROUP, "location": "westeurope"}]})
    if not seed.get("missing"):
        world.put(id_of(row), listed_keys.FUNCTIONS[row.lists][0], {}, 1)
        apply_seed(world, seed)
    with pytest.raises(ProviderError, match=says):
        listed_keys.list_keys(world, row.lists, arguments(row), arm.SUBSCRIPTION)


def test_every_namespace_has_the_rule_of_its_root(tmp_path: Path) -> None:
    world = World(tmp_path)
    row = KEYED_TYPES["microsoft.servicebus/namespaces/authorizationrules"]
    namespace = ArmId.parse(id_of(row)).parent.format()
    root = {**arguments(row), "authorizationRuleName": "RootManageSharedAccessKey"}
    with pytest.raises(ProviderError, match="NotFound"):
        listed_keys.list_keys(world, row.lists, root, arm.SUBSCRIPTION)
    world.put(namespace, "azure-native:servicebus:Namespace", {}, 1)
    answer = listed_keys.list_keys(world, row.lists, root, arm.SUBSCRIPTION)
    assert ";SharedAccessKeyName=RootManageSharedAccessKey;" in answer["primaryConnectionString"]


def test_the_page_lists_every_type_with_its_values() -> None:
    page = (Path(__file__).parents[3] / "docs/config/secrets.md").read_text(encoding="utf-8")
    rows = [f"| `{row.type}` | {', '.join(f'`{value}`' for value in row.values)} |" for row in ROWS]
    assert [row for row in rows if row not in page] == []
