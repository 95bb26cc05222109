"""The rehearsed resources as files: a YAML manifest for each Kubernetes object, and ARM templates."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.errors import RehearsalError
from rehearsal.render.arm_template import GENERATOR, templates
from rehearsal.report import SECRET

_HEADER: Final = "# written by `python -m rehearsal render`\n"
RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_ENCODED: Final = base64.b64encode(SECRET.encode()).decode()
_JSON: Final = json.dumps({SECRET: SECRET})
_MASKS: Final = {
    (key, part): base64.b64encode(_JSON.encode()).decode() if part == "data" else _JSON
    for key in (".dockerconfigjson", ".dockercfg")
    for part in ("data", "stringData")
}
"""The API server reads these values, and refuses what is no JSON."""


def render(resources: Iterable[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write the files and return their paths.

    `kind-namespace-name.yaml` for each object, `azure-group.json` for each resource group. Helm releases are
    not rendered: their charts would have to be downloaded from a registry.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RehearsalError(
            f"--out: {folder} cannot be used as a folder ({error.strerror})", status=2
        ) from error
    for path in [*folder.glob("*.yaml"), *folder.glob("azure-*.json")]:
        if _is_rendered(path):
            path.unlink()  # files of an earlier run must not stay after their resource has left the stack
    resources = list(resources)
    texts: dict[Path, str] = {}
    for resource in resources:
        if (
            resource["type"].startswith("kubernetes:")
            and resource["type"] != RELEASE
            and resource["op"] != "delete"
        ):
            manifest = _manifest(resource["inputs"])
            texts[folder / _file_name(manifest)] = _HEADER + yaml.safe_dump(
                manifest, sort_keys=False, width=10**6
            )
    for name, template in templates(resources).items():
        texts[folder / name] = json.dumps(template, indent=2) + "\n"
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return sorted(texts)


def _is_rendered(path: Path) -> bool:
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".yaml":
        return text.startswith(_HEADER)
    try:
        return json.loads(text).get("metadata") == GENERATOR
    except (ValueError, AttributeError):
        return False


def _manifest(inputs: Mapping[str, Any]) -> dict[str, Any]:
    manifest = dict(inputs)
    if manifest.get("kind") == "Secret":
        # The data of a Secret is secret even if the program has not marked it.
        for name, mask in (("data", _ENCODED), ("stringData", SECRET)):
            if isinstance(manifest.get(name), Mapping):
                manifest[name] = {key: _MASKS.get((key, name), mask) for key in manifest[name]}
    elif isinstance(manifest.get("binaryData"), Mapping):
        values = manifest["binaryData"].items()
        manifest["binaryData"] = {key: _ENCODED if value == SECRET else value for key, value in values}
    return manifest


def _file_name(manifest: Mapping[str, Any]) -> str:
    metadata = manifest.get("metadata") or {}
    parts = [
        str(manifest.get("kind", "object")).lower(),
        metadata.get("namespace", ""),
        str(metadata.get("name", "")),
    ]
    return re.sub(r"[^a-z0-9.-]+", "-", "-".join(part for part in parts if part).lower()) + ".yaml"
