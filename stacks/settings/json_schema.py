"""``python -m stacks.settings.json_schema`` writes docs/config.schema.json and docs/config.part.schema.json,
which editors use to check and complete a stack file and a base file.

The models of ``stacks.settings`` define it. It covers single values; rules between keys are checked by the
program only.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import ModelSchema

from stacks.settings.base.base_file import BASE
from stacks.settings.base.merge import DELETE, PATCH
from stacks.settings.config_keys import PROVIDER, PROVIDER_KEYS, SECRET_VALUES
from stacks.settings.descriptions import descriptions
from stacks.settings.loader import SCALARS, SECTIONS
from stacks.settings.model.settings import Settings

PROJECT = "aks-secrets"
TARGET = Path(__file__).parents[2] / "docs" / "config.schema.json"
PART_TARGET = TARGET.with_name("config.part.schema.json")
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_LEFT_OUT = "LeftOut"


def _nearly(namespace: str) -> str:
    """A namespace in any case and with any separator, as a hand might write it."""
    words = ["".join(f"[{letter.upper()}{letter}]" for letter in word) for word in namespace.split("-")]
    return "[-_. ]?".join(words) + "?"


_OWN_NAMESPACES = f"^(?:{_nearly(PROJECT)}|{_nearly(SECRET_VALUES)}|{_nearly(PROVIDER)}):"


def _known_keys(keys: Iterable[str]) -> list[str]:
    return sorted({*keys, *(f"{PROVIDER}:{key}" for key in PROVIDER_KEYS)})


def _without_null(schema: Any) -> Any:
    """The schema without null, which no key accepts: a key that is not set is left out."""
    if isinstance(schema, list):
        return [_without_null(item) for item in cast("list[Any]", schema) if item != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _without_null(value) for key, value in cast("dict[str, Any]", schema).items()}
    if len(inner.get("anyOf", ())) == 1:
        inner |= inner.pop("anyOf")[0]
    if "default" in inner and inner["default"] is None:
        del inner["default"]
    return inner


class _Described(GenerateJsonSchema):
    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        for name, text in descriptions(schema["cls"]).items():
            field = schema["cls"].model_fields[name]
            made["properties"][field.alias or name]["description"] = text
        return made


@cache
def _of_models() -> Mapping[str, Any]:
    """The schema as pydantic makes it, which takes long. ``_without_null`` copies it."""
    return Settings.model_json_schema(ref_template="#/$defs/{model}", schema_generator=_Described)


def _settings() -> dict[str, Any]:
    settings = _without_null(_of_models())
    # Required, unless the stack sets it for all workloads (the key `technique`).
    settings["$defs"]["WorkloadSettings"]["required"].remove("technique")
    return settings


def _properties(settings: Mapping[str, Any]) -> dict[str, Any]:
    keys = {f"{PROJECT}:{key}": settings["properties"][key] for key in (*SCALARS, *SECTIONS)}
    return {"azure-native:location": settings["properties"]["location"], **keys}


def _names(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The keys below ``config``: those of the program, and those of other namespaces."""
    return {
        "anyOf": [
            {"enum": _known_keys(properties)},
            {"pattern": f"^{SECRET_VALUES}:"},
            {"not": {"pattern": _OWN_NAMESPACES}},
        ]
    }


_SECRET_VALUES = {
    f"^{SECRET_VALUES}:": {
        "type": "object",
        "description": "A secret value, encrypted: `pulumi config set --secret`",
        "properties": {"secure": {"type": "string"}},
        "required": ["secure"],
    }
}
_HAS_BASE = {"required": [f"{PROJECT}:{BASE}"]}


def stack_file_schema() -> dict[str, Any]:
    """The JSON schema of a whole ``Pulumi.<stack>.yaml``. One that names a base file is a part."""
    settings = _settings()
    properties = _properties(settings)
    config = {
        "type": "object",
        "properties": properties,
        "required": ["azure-native:location", f"{PROJECT}:cluster"],
        "propertyNames": _names(properties),
        "patternProperties": _SECRET_VALUES,
    }
    return {
        "$schema": _DRAFT,
        "title": "A stack file of aks-secrets",
        "type": "object",
        "required": ["config"],
        "if": {"properties": {"config": _HAS_BASE}},
        "then": {"$ref": PART_TARGET.name},
        "else": {"properties": {"config": config}},
        "$defs": settings["$defs"],
    }


def part_schema() -> dict[str, Any]:
    """The JSON schema of a base file, and of a stack file that names one: no key is required but the names by
    which lists are merged, and ``$patch: delete`` leaves out what the base has.
    """
    settings = _settings()
    for definition in settings["$defs"].values():
        if "properties" in definition:
            required = [name for name in definition.pop("required", ()) if name == "name"]
            definition |= {"required": required} if required else {}
            definition["properties"] = {
                **{key: _or_left_out(value) for key, value in definition["properties"].items()},
                PATCH: {"const": DELETE, "description": "Leaves out what the base file has here."},
            }
    properties = {key: _or_left_out(value) for key, value in _properties(settings).items()}
    own = [key for key in properties if key.startswith(f"{PROJECT}:") and key != f"{PROJECT}:{BASE}"]
    config = {
        "type": "object",
        "properties": properties,
        "patternProperties": _SECRET_VALUES,
        "if": _HAS_BASE,
        "then": {"required": ["azure-native:location"], "propertyNames": _names(properties)},
        "else": {"propertyNames": {"enum": own}},
    }
    left_out = {"type": "object", "properties": {PATCH: {"const": DELETE}}, "required": [PATCH]}
    return {
        "$schema": _DRAFT,
        "title": "A base file of aks-secrets, or a stack file that names one",
        "type": "object",
        "properties": {"config": config},
        "required": ["config"],
        "$defs": {**settings["$defs"], _LEFT_OUT: {**left_out, "additionalProperties": False}},
    }


def _or_left_out(schema: Mapping[str, Any]) -> dict[str, Any]:
    outer = {key: schema[key] for key in ("title", "description", "default") if key in schema}
    inner = {key: value for key, value in schema.items() if key not in outer}
    return {**outer, "anyOf": [inner, {"$ref": f"#/$defs/{_LEFT_OUT}"}]}


def texts() -> dict[Path, str]:
    """The files and their content."""
    schemas = {TARGET: stack_file_schema(), PART_TARGET: part_schema()}
    return {path: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for path, schema in schemas.items()}


if __name__ == "__main__":
    for target, text in texts().items():
        target.write_text(text, encoding="utf-8")
        shown = target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target
        sys.stdout.write(f"wrote {shown}\n")
