"""``python -m stacks.settings.json_schema`` writes docs/config.schema.json, which editors use to check and
complete a stack file.

The models of ``stacks.settings`` define it. It covers single values; rules between keys are checked by the
program only.
"""

import json
import sys
from pathlib import Path
from typing import Any

from stacks.settings.loader import SCALARS, SECRET_VALUES, SECTIONS
from stacks.settings.model.settings import Settings

PROJECT = "aks-secrets"
TARGET = Path(__file__).parents[2] / "docs" / "config.schema.json"


def stack_file_schema() -> dict[str, Any]:
    """The JSON schema of a whole ``Pulumi.<stack>.yaml``."""
    settings = Settings.model_json_schema(ref_template="#/$defs/{model}")
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
                "propertyNames": {"anyOf": [{"enum": sorted(keys)}, {"not": {"pattern": f"^{PROJECT}:"}}]},
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
