"""``python -m stacks.settings.json_schema`` writes docs/config.schema.json, which editors use to check and
complete a stack file.

The models of ``stacks.settings`` define it. It covers single values; rules between keys are checked by the
program only.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from stacks.settings.config_keys import PROVIDER, PROVIDER_KEYS, SECRET_VALUES
from stacks.settings.loader import SCALARS, SECTIONS
from stacks.settings.model.settings import Settings

PROJECT = "aks-secrets"
TARGET = Path(__file__).parents[2] / "docs" / "config.schema.json"


def _nearly(namespace: str) -> str:
    """A namespace in any case and with any separator, as a hand might write it."""
    words = ["".join(f"[{letter.upper()}{letter}]" for letter in word) for word in namespace.split("-")]
    return "[-_. ]?".join(words) + "?"


_OWN_NAMESPACES = f"^(?:{_nearly(PROJECT)}|{_nearly(SECRET_VALUES)}|{_nearly(PROVIDER)}):"


def _known_keys(keys: Iterable[str]) -> list[str]:
    return sorted([*keys, *(f"{PROVIDER}:{key}" for key in PROVIDER_KEYS)])


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


def stack_file_schema() -> dict[str, Any]:
    """The JSON schema of a whole ``Pulumi.<stack>.yaml``."""
    settings = _without_null(Settings.model_json_schema(ref_template="#/$defs/{model}"))
    # Required, unless the stack sets it for all workloads (the key `technique`).
    settings["$defs"]["WorkloadSettings"]["required"].remove("technique")
    keys = {f"{PROJECT}:{key}": settings["properties"][key] for key in (*SCALARS, *SECTIONS)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack file of aks-secrets",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {"azure-native:location": settings["properties"]["location"], **keys},
                "required": ["azure-native:location", f"{PROJECT}:cluster"],
                "propertyNames": {
                    "anyOf": [
                        {"enum": _known_keys(keys)},
                        {"pattern": f"^{SECRET_VALUES}:"},
                        {"not": {"pattern": _OWN_NAMESPACES}},
                    ]
                },
                "patternProperties": {
                    f"^{SECRET_VALUES}:": {
                        "type": "object",
                        "description": "A secret value, encrypted: `pulumi config set --secret`",
                        "properties": {"secure": {"type": "string"}},
                        "required": ["secure"],
                    }
                },
            }
        },
        "required": ["config"],
        "$defs": settings["$defs"],
    }


def text() -> str:
    """The content of the file."""
    return json.dumps(stack_file_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    sys.stdout.write(
        f"wrote {TARGET.relative_to(Path.cwd()) if TARGET.is_relative_to(Path.cwd()) else TARGET}\n"
    )
