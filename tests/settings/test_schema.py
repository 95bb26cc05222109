"""The schema that editors read: it is the models', it accepts what is shipped, and it finds what people
mistype.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from ruamel.yaml import YAML

from stacks.settings import json_schema as schema
from tests.stack_files import COPIES, shipped
from tests.support.plan import STACK_FILES

REPOSITORY = Path(__file__).parent.parent.parent


def _read(path: Path) -> Any:
    return YAML(typ="safe").load(path)


@cache
def _validator(target: Path = schema.TARGET) -> jsonschema.Draft202012Validator:
    """Checks stack files. To check a schema itself takes a quarter of a second, and so does making it."""
    schemas = {path: json.loads(text) for path, text in schema.texts().items()}
    jsonschema.Draft202012Validator.check_schema(schemas[target])
    resources = [(path.name, DRAFT202012.create_resource(text)) for path, text in schemas.items()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return jsonschema.Draft202012Validator(schemas[target], registry=registry)


@pytest.mark.parametrize("path", schema.texts(), ids=lambda path: path.name)
def test_the_schema_files_are_what_the_models_say(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == schema.texts()[path], "type: make schema"


@pytest.mark.parametrize("path", STACK_FILES, ids=lambda path: path.name)
def test_shipped_stack_files_name_the_schema_and_keep_to_it(path: Path) -> None:
    first_line = path.read_text(encoding="utf-8").splitlines()[0]
    named = first_line.removeprefix("# yaml-language-server: $schema=")
    folder = REPOSITORY if path.parent == COPIES else path.parent
    assert (folder / named).resolve() == schema.TARGET
    _validator().validate(_read(path))


@pytest.mark.parametrize(
    "path", sorted(REPOSITORY.glob("examples/*/config/*.yaml")), ids=lambda path: path.name
)
def test_shipped_base_files_name_the_schema_and_keep_to_it(path: Path) -> None:
    named = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / named).resolve() == schema.PART_TARGET
    _validator(schema.PART_TARGET).validate(_read(path))


_STAGE = {"azure-native:location": "westeurope", "aks-secrets:base": "config/base.yaml"}


@pytest.mark.parametrize(
    "config",
    [
        _STAGE,
        {**_STAGE, "aks-secrets:workloads": [{"name": "shop", "image": "x:2"}]},
        {**_STAGE, "aks-secrets:workloads": [{"name": "shop", "$patch": "delete"}]},
        {**_STAGE, "aks-secrets:workloads": [{"name": "shop", "secrets": [{"name": "a", "length": 40}]}]},
        {**_STAGE, "aks-secrets:monitoring": {"$patch": "delete"}},
        {**_STAGE, "aks-secrets:vault": {"name": {"$patch": "delete"}, "sku": "premium"}},
        {**_STAGE, "secret-values:db-password": {"secure": "x"}, "azure-native:subscriptionId": "x"},
    ],
    ids=str,
)
def test_an_editor_takes_a_stage_that_names_a_base(config: Any) -> None:
    _validator().validate({"config": config})
    _validator(schema.PART_TARGET).validate({"config": config})


@pytest.mark.parametrize(
    "config",
    [
        {"aks-secrets:base": "config/base.yaml"},
        {**_STAGE, "aks-secrets:workloads": [{"image": "x:2"}]},
        {**_STAGE, "aks-secrets:workloads": [{"name": "shop", "$patch": "replace"}]},
        {
            **_STAGE,
            "aks-secrets:monitoring": {"$patch": "delete", "retention_days": 30},
            "aks-secrets:cluser": {},
        },
        {**_STAGE, "aks-secrets:vault": {"nmae": "kv-shop"}},
        {**_STAGE, "secret-values:db-password": "in plain text"},
    ],
    ids=str,
)
def test_an_editor_sees_the_mistake_in_a_stage(config: Any) -> None:
    for target in schema.texts():
        with pytest.raises(jsonschema.ValidationError):
            _validator(target).validate({"config": config})


@pytest.mark.parametrize(
    "key",
    [
        "azure-native:location",
        "secret-values:db-password",
        "aks-secrets:cluser",
        "aws:region",
        "aks-secrets:base",
    ],
)
def test_an_editor_sees_what_a_base_file_does_not_hold(key: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        _validator(schema.PART_TARGET).validate({"config": {"aks-secrets:tags": {}, key: "x"}})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aks-secrets:cluser", {}),
        ("aks-secrets:vault", None),
        ("aks-secrets:vault", {"existing": None}),
        ("aks-secrets:cluster", {"system_pool": {"vm_size": "Standard_D2s_v5"}, "private": None}),
        ("aks-secret:vault", {}),
        ("AKS_Secrets:vault", {}),
        ("secret-value:db-password", {"secure": "x"}),
        ("azure-native:subscription_id", "x"),
        ("aks-secrets:vault", {"name": "a--b"}),
        ("aks-secrets:vault", {"soft_delete_retention_days": 3}),
        ("aks-secrets:workloads", [{"name": "shop"}]),
        ("aks-secrets:composition", "everything"),
        ("secret-values:db-password", "in plain text"),
    ],
)
def test_an_editor_sees_the_mistake(key: str, value: Any) -> None:
    document = json.loads(json.dumps(_read(shipped("Pulumi.dev.yaml"))))
    document["config"][key] = value
    with pytest.raises(jsonschema.ValidationError):
        _validator().validate(document)
