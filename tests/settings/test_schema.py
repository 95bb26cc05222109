"""The schema that editors read: it is the models', it accepts what is shipped, and it finds what people
mistype.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from stacks.settings import json_schema as schema
from tests.stack_files import COPIES, shipped
from tests.support.plan import STACK_FILES

REPOSITORY = Path(__file__).parent.parent.parent


def _read(path: Path) -> Any:
    return YAML(typ="safe").load(path)


@cache
def _validator() -> jsonschema.Draft202012Validator:
    """Checks stack files. To check the schema itself takes a quarter of a second, and so does making it."""
    whole = schema.stack_file_schema()
    jsonschema.Draft202012Validator.check_schema(whole)
    return jsonschema.Draft202012Validator(whole)


def test_the_schema_file_is_what_the_models_say() -> None:
    assert schema.TARGET.read_text(encoding="utf-8") == schema.text(), "type: make schema"


@pytest.mark.parametrize("path", STACK_FILES, ids=lambda path: path.name)
def test_shipped_stack_files_name_the_schema_and_keep_to_it(path: Path) -> None:
    first_line = path.read_text(encoding="utf-8").splitlines()[0]
    named = first_line.removeprefix("# yaml-language-server: $schema=")
    folder = REPOSITORY if path.parent == COPIES else path.parent
    assert (folder / named).resolve() == schema.TARGET
    _validator().validate(_read(path))


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
