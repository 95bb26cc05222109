"""A label that changes while the name in Azure or the cluster stays, for every name that the settings choose.

The sweep compares what the program registers before and after: whatever would be created while it still
exists under another logical name is refused beforehand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from aks_secrets_testing.builds import Build, build, built_once
from stacks import STACKS
from stacks.preflight.own_state import IDENTITY, VAULT
from stacks.settings import load
from tests.settings.cases import as_config, document
from tests.settings.samples import DAPR, DRIVER, ESO
from tests.stacks.preflight.cases import GROUP, Case, existing, find, vault

CHECK = "name-is-held-under-one-label"
_GET_VAULT = "azure-native:keyvault:getVault"
_DB: dict[str, Any] = {"name": "db", "from": "existing"}
_NAMED: dict[str, Any] = {**_DB, "env": "DB", "kubernetes_secret": {"name": "db"}}
_PARTNER = {"name": "kv-pay", "resource_group": "rg-old"}
_ANSWERS = {"vault kv-old": vault(), "vault kv-pay": vault()}


def _workload(name: str, **keys: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "team",
        "technique": "sdk",
        "image": "registry.example/app:1",
        "run_as_user": 1000,
        "secrets": [_DB],
        **keys,
    }


def _workloads(*workloads: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return {"workloads": list(workloads), **sections}


def _in_vault(label: str, **settings: Any) -> dict[str, Any]:
    return _workloads(
        _workload("desk", secrets=[{"name": "db", "from": "random", "vault": label}]),
        vaults=[{"name": label, **settings}],
    )


def _read_only(label: str) -> dict[str, Any]:
    return _workloads(
        _workload("desk", secrets=[{**_DB, "vault": label}]),
        vaults=[{"name": label, "existing": _PARTNER}],
        grants="external",
    )


@dataclass(frozen=True)
class Rename:
    """Two settings, one after the other, and the keys that the check refuses."""

    before: dict[str, Any]
    after: dict[str, Any]
    refused: tuple[str, ...]


def _renamed(*refused: str, **keys: Any) -> Rename:
    """A workload with another name and otherwise the same keys."""
    sections: dict[str, Any] = {"csi": DRIVER, "eso": ESO, "dapr": DAPR}.get(keys.get("technique", ""), {})
    return Rename(
        _workloads(_workload("desk", **keys), **sections),
        _workloads(_workload("counter", **keys), **sections),
        refused,
    )


_ACCOUNT = "workloads[0].service_account"
_SECRET = "workloads[0].secrets[0].kubernetes_secret.name"
_ID = existing("identity", "id-old")
RENAMES = {
    "workload": _renamed(),
    **{
        f"workload with its ServiceAccount, {technique}": _renamed(
            _ACCOUNT, technique=technique, service_account="app"
        )
        for technique in ("sdk", "csi", "eso", "dapr")
    },
    "its Secret, eso": _renamed(_SECRET, technique="eso", secrets=[_NAMED]),
    "its Secret, kubernetes-secret": _renamed(
        _SECRET,
        technique="kubernetes-secret",
        secrets=[{**_NAMED, "from": "random"}],
    ),
    "its composed Secret": _renamed(
        "workloads[0].compose[0].kubernetes_secret.name",
        technique="eso",
        secrets=[_DB],
        compose=[
            {"name": "url", "template": "x{{ .db }}", "env": "URL", "kubernetes_secret": {"name": "db"}}
        ],
    ),
    "its search": _renamed(
        "workloads[0].find[0].kubernetes_secret",
        technique="eso",
        scope="vault",
        secrets=[],
        find=[{"regexp": "^app-", "kubernetes_secret": "found"}],
    ),
    "its Dapr store": _renamed("workloads[0].dapr.store", technique="dapr", dapr={"store": "vault"}),
    "its Dapr app id": _renamed("workloads[0].dapr.app_id", technique="dapr", dapr={"app_id": "app"}),
    "the Dapr app id becomes the name": Rename(
        _workloads(_workload("desk", technique="dapr", dapr={"app_id": "counter"}), **DAPR),
        _workloads(_workload("counter", technique="dapr"), **DAPR),
        ("workloads[0].name",),
    ),
    "two ServiceAccounts change places": Rename(
        _workloads(_workload("a"), _workload("b")),
        _workloads(_workload("a", service_account="b"), _workload("b", service_account="a")),
        (_ACCOUNT, "workloads[1].service_account"),
    ),
    "identity": Rename(
        _workloads(_workload("desk", identity="a"), identities=[{"name": "a"}]),
        _workloads(_workload("desk", identity="b"), identities=[{"name": "b"}]),
        (),
    ),
    "identity with its name in Azure": Rename(
        _workloads(_workload("desk", identity="a"), identities=[{"name": "a", "resource_name": "id-x"}]),
        _workloads(_workload("desk", identity="b"), identities=[{"name": "b", "resource_name": "id-x"}]),
        ("identities[0].name",),
    ),
    "existing identity": Rename(
        _workloads(_workload("desk", identity="a"), identities=[{"name": "a", "existing": _ID}]),
        _workloads(_workload("desk", identity="b"), identities=[{"name": "b", "existing": _ID}]),
        ("identities[0].name",),
    ),
    "a workload's identity becomes a shared one": Rename(
        _workloads(_workload("desk")),
        _workloads(
            _workload("desk", identity="b"),
            identities=[{"name": "b", "resource_name": "id-aks-secrets-dev-desk"}],
        ),
        ("identities[0].name",),
    ),
    "a shared identity becomes a workload's": Rename(
        _workloads(
            _workload("desk", identity="b"),
            identities=[{"name": "b", "resource_name": "id-aks-secrets-dev-desk"}],
        ),
        _workloads(_workload("desk")),
        ("workloads[0].name",),
    ),
    "vault": Rename(_in_vault("pay"), _in_vault("money"), ()),
    "vault with its name in Azure": Rename(
        _in_vault("pay", resource_name="kv-x"), _in_vault("money", resource_name="kv-x"), ("vaults[0].name",)
    ),
    "existing vault": Rename(
        _in_vault("pay", existing=_PARTNER), _in_vault("money", existing=_PARTNER), ("vaults[0].name",)
    ),
    "existing vault in which nothing is made": Rename(_read_only("pay"), _read_only("money"), ()),
    "the first vault becomes another": Rename(
        {"vault": {"name": "kv-x"}, **_workloads(_workload("desk"))},
        _in_vault("money", resource_name="kv-x"),
        ("vaults[0].name",),
    ),
    "another vault becomes the first": Rename(
        _in_vault("money", resource_name="kv-x"),
        {"vault": {"name": "kv-x"}, **_workloads(_workload("desk"))},
        ("vault.name",),
    ),
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
    """What the state holds of a resource, as far as it names it."""
    if metadata := inputs.get("metadata"):
        return {"metadata": metadata}
    return {"name": name} if (name := _name(inputs)) else {}


def _name(inputs: Mapping[str, Any]) -> str:
    return str(inputs.get("resourceName") or inputs.get("vaultName") or "")


def _key(type_: str, inputs: Mapping[str, Any]) -> str | None:
    """The resource in Azure or in the cluster. None: not an object of its own there."""
    if type_.startswith("kubernetes:"):
        metadata = inputs.get("metadata") or {}
        return f"{type_} {metadata.get('namespace')}/{metadata.get('name')}"
    if not type_.startswith("azure-native:"):
        return None
    names = {key: str(value) for key, value in inputs.items() if key.endswith("Name")} | {
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
