"""A label that changes while the name in Azure or the cluster stays, for every name that the settings choose.

The sweep compares what the program registers before and after: whatever would be created while it still
exists under another logical name is refused beforehand.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from aks_secrets_testing.builds import Build, build, built_once
from stacks import STACKS
from stacks.preflight.own_state import IDENTITY, VAULT
from stacks.settings import load
from tests.settings.cases import as_config, document
from tests.stacks.preflight.cases import GROUP, Case, find, vault
from tests.stacks.preflight.renames import RENAMES, Rename

CHECK = "name-is-held-under-one-label"
_GET_VAULT = "azure-native:keyvault:getVault"
_ANSWERS = {
    "vault kv-old": vault(),
    "vault kv-pay": vault(),
    "identity id-old": {"principalId": "44444444-4444-4444-8444-444444444444"},
    "group rg-a": {},
}


_READ = {
    IDENTITY: ("aks-secrets:index:WorkloadIdentity", "-existing-identity"),
    VAULT: ("aks-secrets:index:KeyVault", "-existing-vault"),
}
"""Component and logical name of what is read there if it exists."""


async def _program() -> Any:
    settings = load()
    return await STACKS[settings.composition](settings)


@built_once
def _built(changes: dict[str, Any]) -> Build:
    return build(
        _program, config=as_config(document(changes)), answers={IDENTITY: _identity, _GET_VAULT: _vault}
    )


def _identity(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """A user-assigned identity, created or read."""
    name = inputs.get("resourceName", "id-old")
    return {**inputs, "name": name, "principalId": f"principal-{name}", "clientId": "c", "tenantId": "t"}


def _vault(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    name = arguments["vaultName"]
    return {"name": name, "id": f"{GROUP}/vaults/{name}", **vault()}


def _outputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs of a resource in the state, as far as they name it."""
    if metadata := inputs.get("metadata"):
        return {"metadata": metadata}
    return {"name": name} if (name := _name(inputs)) else {}


def _name(inputs: Mapping[str, Any]) -> str:
    alone = (
        inputs.get("resourceGroupName") if set(inputs) <= {"location", "tags", "resourceGroupName"} else None
    )
    return str(inputs.get("resourceName") or inputs.get("vaultName") or alone or "")


def _key(type_: str, inputs: Mapping[str, Any]) -> str | None:
    """The resource in Azure or in the cluster. None: not an object of its own there."""
    if type_.startswith("kubernetes:"):
        metadata = inputs.get("metadata") or {}
        # A patch is of the object itself.
        return f"{type_.removesuffix('Patch')} {metadata.get('namespace')}/{metadata.get('name')}"
    if not type_.startswith("azure-native:"):
        return None
    names = {key: str(value).lower() for key, value in inputs.items() if key.endswith("Name")} | {
        key: str(inputs[key]) for key in ("scope",) if key in inputs
    }
    return f"{type_} {sorted(names.items())}"


def _state(build: Build) -> dict[str, dict[str, Any]]:
    """The resources that the engine would hold, those that are read included."""
    made = {
        resource.urn.split("::", 2)[2]: _outputs(resource.plain())
        for resource in build.resources
        if resource.custom
    }
    parents = {resource.parent for resource in build.resources if resource.type in _READ}
    read = {
        f"{type_}::{component.name}{suffix}": {"name": id_.rpartition("/")[2]}
        for type_, id_ in build.read
        for of_type, suffix in [_READ.get(type_, ("", ""))]
        for component in build.resources
        if component.type == of_type and component.urn not in parents
    }
    return made | read


def _logical_names(build: Build) -> dict[str, str]:
    return {
        key: resource.urn
        for resource in build.resources
        if resource.custom and not resource.import_id and (key := _key(resource.type, resource.plain()))
    }


@pytest.mark.parametrize("rename", RENAMES.values(), ids=RENAMES)
def test_what_would_be_created_twice_is_refused(rename: Rename) -> None:
    before = _built(rename.before)
    answers = {**_ANSWERS, "state": _state(before)}
    problems, _ = find(Case(CHECK, rename.after, (), answers))
    assert [str(problem).partition(": ")[0] for problem in problems] == list(rename.refused)
    assert {problem.rule for problem in problems} <= {CHECK}
    held, expected = _logical_names(before), _logical_names(_built(rename.after))
    moved = sorted(key for key in held.keys() & expected.keys() if held[key] != expected[key])
    assert bool(moved) == bool(rename.refused), moved


@pytest.mark.parametrize("rename", RENAMES.values(), ids=RENAMES)
def test_settings_that_stay_as_they_are_are_accepted(rename: Rename) -> None:
    for settings in (rename.before, rename.after):
        state = _state(_built(settings))
        assert find(Case(CHECK, settings, (), {**_ANSWERS, "state": state}))[0] == []
