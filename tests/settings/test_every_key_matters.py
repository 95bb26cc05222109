"""Every settings key has an effect: another value changes a registration, an output, a warning or a refusal.

The keys come from a walk over the models, so a new key is tested without an entry anywhere, and fails here as
long as nothing reads it. Values come from the types; ``scenes.py`` holds the documents in which a key has its
effect, where an empty section is not enough; ``SCENES`` beside the refused cases of a rule adds to them.
"""

import copy
import json
import re
import typing
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import pulumi
import pytest
from pydantic import BaseModel, create_model
from pydantic.fields import FieldInfo

from aks_secrets_testing.builds import ISSUER, Build, build
from stacks import STACKS
from stacks.settings import Settings, load, loader
from stacks.settings.model.monitoring import MonitoringSettings
from stacks.settings.validation.constraints import IntRange, Pattern
from tests.settings.cases import as_config, document, refused_modules
from tests.settings.key_values import REFUSED, VALUES
from tests.settings.samples import GUID, PLATFORM_CLUSTER
from tests.settings.scenes import SCENES


@dataclass(frozen=True)
class Key:
    """A key of the settings: its path, with ``[]`` behind a list, and its field."""

    path: str
    field: FieldInfo


def keys(model: type[BaseModel]) -> list[Key]:
    """Every key whose value is not a section, once, and one key of a section that stands in several places,
    in each of them.
    """
    seen: set[tuple[type[BaseModel], str]] = set()
    return list(_keys(model, "", seen))


def _keys(model: type[BaseModel], prefix: str, seen: set[tuple[type[BaseModel], str]]) -> Iterator[Key]:
    repeated: Key | None = None
    fresh = False
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        section, listed = section_in(field.annotation)
        if section:
            inner = list(_keys(section, f"{path}[]." if listed else f"{path}.", seen))
            fresh = fresh or bool(inner)
            yield from inner
            continue
        declaring = next(
            kind for kind in reversed(model.__mro__) if name in getattr(kind, "model_fields", ())
        )
        if (declaring, name) in seen:
            repeated = repeated or Key(path, field)
        else:
            seen.add((declaring, name))
            fresh = True
            yield Key(path, field)
    if repeated and not fresh:
        yield repeated


def section_in(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The section class in an annotation, and whether it is a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    for inner in typing.get_args(annotation):
        section, listed = section_in(inner)
        if section:
            return section, listed or typing.get_origin(annotation) is tuple
    return None, False


def other_value(key: Key, current: Any) -> Any:
    """A valid value other than the current one."""
    if key.path in VALUES:
        return VALUES[key.path]
    kinds = [key.field.annotation, *_inner(key.field.annotation)]
    constraints = [
        *key.field.metadata,
        *(item for kind in kinds for item in getattr(kind, "__metadata__", ())),
    ]
    example = next((item.example for item in constraints if isinstance(item, Pattern | IntRange)), None)
    for kind in kinds:
        if kind is bool:
            return not (key.field.default if current is None else current)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            default = key.field.default if current is None else current
            return next(member.value for member in kind if member.value != default)
        if typing.get_origin(kind) is tuple:
            return [(example or "text").strip("'\"")]
        if kind is int and example:
            return int(example) if int(example) not in (current, key.field.default) else int(example) + 1
        origin = typing.get_origin(kind)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"team": "shop"}
    text = example.strip("'\"") if example else "text"
    if text in (current, key.field.default):  # an example is often the default: 1h
        return _next(text)
    if re.fullmatch(_VERSION, text) and key.field.default:  # charts have lowest versions of their own
        return _next(key.field.default)
    return text


_VERSION = r"[0-9]+\.[0-9]+\.[0-9]+"


def _next(text: str) -> str:
    return re.sub(r"[0-9]+(?=[^0-9]*$)", lambda number: str(int(number[0]) + 1), text)


def _inner(annotation: Any) -> Iterator[Any]:
    for inner in typing.get_args(annotation):
        yield inner
        yield from _inner(inner)


_NEEDS_WORKLOADS = ("workloads", "identities", "namespaces", "platform", "technique")


@cache
def scenes() -> Mapping[str, Mapping[str, Any]]:
    """Those of scenes.py, and those that stand beside the refused cases of a rule."""
    return ChainMap(*(getattr(module, "SCENES", {}) for module in refused_modules()), dict(SCENES))


def scene(path: str) -> dict[str, Any]:
    """The document in which a key is changed."""
    prefixes = [path[:end] for end in range(len(path), 0, -1)]
    changes = next((scenes()[prefix] for prefix in prefixes if prefix in scenes()), {})
    if path.startswith(_NEEDS_WORKLOADS):
        return document({**_existing_cluster(changes), **changes})
    return document({"workloads": None, **changes})


def _existing_cluster(changes: Mapping[str, Any]) -> dict[str, Any]:
    """An existing cluster, which takes a fifth of the time, unless the scene makes one or has its add-on."""
    makes_one = any(key.partition(".")[0] in ("cluster", "network") for key in changes)
    has_addon = "csi_driver" in changes.get("operators", {})
    return {} if makes_one or has_addon else {"cluster": {"existing": PLATFORM_CLUSTER}}


def value_at(config: Mapping[str, Any], path: str) -> Any:
    """The value of a key, or None."""
    value: Any = {key.rpartition(":")[2]: value for key, value in config.items()}
    for step in path.replace("[]", ".[]").split("."):
        value = value[0] if step == "[]" and value else value.get(step) if isinstance(value, dict) else None
    return value


def with_sections(config: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The document with the sections around a key, so that only the key itself can have an effect."""
    changed = copy.deepcopy(dict(config))
    _parent(changed, path)
    return changed


def with_value(config: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The document with a key set."""
    changed = copy.deepcopy(dict(config))
    parent, step = _parent(changed, path)
    parent[step] = value
    return changed


def _parent(config: dict[str, Any], path: str) -> tuple[Any, str]:
    """The section that holds a key, made if need be, and the key's name in it."""
    first, *steps = path.replace("[]", ".[]").split(".")
    parent: Any = config
    step: Any = f"azure-native:{first}" if first == "location" else f"aks-secrets:{first}"
    for inner in steps:
        if inner == "[]":
            parent, step = _child(parent, step, []), 0
            if not parent:
                parent.append({})
        else:
            parent, step = _child(parent, step, {}), inner
    return parent, step


def _child(parent: Any, step: Any, empty: Any) -> Any:
    if isinstance(parent, dict):
        return parent.setdefault(step, empty)
    return parent[step]


REFUSAL = "refused"
_ANSWERS: Mapping[str, Any] = {
    "azure-native:containerservice:getManagedCluster": lambda arguments: {
        "id": f"/clusters/{arguments['resourceGroupName']}/{arguments['resourceName']}",
        "oidcIssuerProfile": {"enabled": True, "issuerURL": ISSUER},
        "securityProfile": {"workloadIdentity": {"enabled": True}},
        "apiServerAccessProfile": {"enablePrivateCluster": True},
        "nodeResourceGroup": "MC_rg-shop_aks-shop_westeurope",
        "privateFQDN": "aks-shop-1234.5678.privatelink.westeurope.azmk8s.io",
        "identityProfile": {"kubeletidentity": {"objectId": GUID, "clientId": GUID, "resourceId": "kubelet"}},
        "addonProfiles": {"azureKeyvaultSecretsProvider": {"enabled": True, "identity": {"objectId": GUID}}},
    },
    "pulumi:pulumi:StackReference": lambda arguments: {"name": arguments["name"], "outputs": {}},
    "azure-native:keyvault:getVault": lambda arguments: {
        "id": f"/vaults/{arguments['resourceGroupName']}/{arguments['vaultName']}",
        "properties": {"enableRbacAuthorization": True},
    },
    "pulumi:pulumi:readStackOutputs": lambda arguments: {
        "outputs": {
            name: {key: f"{arguments['name']}.{name}.{key}" for key in ("primary", "secondary")}
            for name in ("connectionString", "password")
        },
        "secretOutputNames": ["connectionString", "password"],
    },
    "azure-native:storage:getStorageAccount": {},
    "azure-native:storage:listStorageAccountKeys": lambda arguments: {
        "keys": [{"keyName": f"key{key}", "value": f"{arguments['accountName']}.{key}"} for key in (1, 2)]
    },
    "azure-native:network:getNatGateway": lambda arguments: {"name": arguments["natGatewayName"]},
}
"""The resources that Azure knows: every cluster and vault that a scene names exists, ready for workloads."""


def effect(config: Mapping[str, Any]) -> tuple[Any, ...]:
    """Everything that the program does with a document: registrations, outputs, warnings, or its refusal."""
    return _effect(json.dumps(config, sort_keys=True))


@cache
def _effect(text: str) -> tuple[Any, ...]:
    config: dict[str, Any] = json.loads(text)
    secret_keys = tuple(key for key in config if key.startswith("secret-values:"))
    warnings: list[str] = []

    async def program() -> Any:
        settings = load()
        return await STACKS[settings.composition](settings)

    built = Build()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pulumi.log, "warn", lambda message, *_, **__: warnings.append(message))
        try:
            build(program, config=as_config(config), secret_keys=secret_keys, into=built, answers=_ANSWERS)
        except pulumi.RunError as error:
            return REFUSAL, str(error)
    registrations = sorted(repr(resource) for resource in built.resources)
    return (*registrations, repr(built.outputs), repr(built.read), *warnings)


def has_effect(key: Key) -> bool:
    """Whether another value of a key changes anything. Both values are valid, unless the key's effect is a
    refusal.
    """
    base = with_sections(scene(key.path), key.path)
    changed = with_value(base, key.path, other_value(key, value_at(base, key.path)))
    before, after = effect(base), effect(changed)
    if key.path in REFUSED:
        return after[0] == REFUSAL and after != before
    assert REFUSAL not in (before[0], after[0]), before[1] if before[0] == REFUSAL else after[1]
    return after != before


KEYS = [key for key in keys(Settings) if key.path not in ("project", "stack")]
"""Project and stack are no keys of a stack file: Pulumi gives them."""


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.path)
def test_a_key_has_an_effect(key: Key) -> None:
    assert has_effect(key)


def test_a_new_key_that_nothing_reads_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class WithIdleKey(MonitoringSettings):
        idle: bool = False

    settings = create_model("WithIdleSetting", __base__=Settings, monitoring=(WithIdleKey | None, None))
    monkeypatch.setattr(loader, "Settings", settings)
    new = [key for key in keys(settings) if key.path == "monitoring.idle"]
    assert [has_effect(key) for key in new] == [False]


def test_an_entry_of_the_tables_belongs_to_a_key() -> None:
    paths = [key.path for key in KEYS]
    assert set(VALUES) | REFUSED <= set(paths)
    assert [prefix for prefix in scenes() if not any(path.startswith(prefix) for path in paths)] == []
