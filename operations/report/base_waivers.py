"""The waivers of a base file: the digest of a preview has the config of the stack file alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from operations.errors import OperationError
from stacks.settings.base.layers import layered
from stacks.settings.loader import SCALARS, SECTIONS


def with_base_waivers(digest: Mapping[str, Any], program: Path) -> Mapping[str, Any]:
    """The digest, its waivers merged over those of the base file that its config names.

    Args:
        digest: The parsed digest of `pulumi preview --json`.
        program: Folder of `__main__.py`, to which the name of the base file is relative.

    Raises:
        OperationError: the base file cannot be read, so which waivers hold is unknown.
    """
    config = digest.get("config")
    own: Mapping[str, Any] = config if isinstance(config, Mapping) else {}
    project = next((key.removesuffix(":base") for key in own if key.endswith(":base")), "")
    if not project:
        return digest
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in own.items()}
    layers = layered(project, texts, lambda _: False, (*SCALARS, *SECTIONS), program)
    if layers.is_broken:
        raise OperationError(f"the waivers of the preview's base file are unknown: {layers.problems[0]}")
    key = f"{project}:waivers"
    return {**digest, "config": {**own, key: layers.config[key]}} if key in layers.config else digest
