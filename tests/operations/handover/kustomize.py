"""Kustomize itself, of the pinned release."""

import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tools.go_tools import TOOLS, GoToolFinder

Manifest = dict[str, Any]


@cache
def binary() -> Path:
    """One of the pinned release on PATH, or the one in .tools/bin, which the first test may have to build."""
    return GoToolFinder(TOOLS["kustomize"]).path()


def with_component(folder: Path, files: Mapping[str, str], name: str, *manifests: Manifest) -> list[Manifest]:
    """The manifests as Kustomize builds them with the component of a workload."""
    for path, text in files.items():
        (folder / "handover" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "handover" / path).write_text(text, encoding="utf-8")
    overlay = folder / "overlay"
    overlay.mkdir()
    (overlay / "objects.yaml").write_text(yaml.safe_dump_all(manifests), encoding="utf-8")
    kustomization = {"resources": ["objects.yaml"], "components": [f"../handover/{name}"]}
    (overlay / "kustomization.yaml").write_text(yaml.safe_dump(kustomization), encoding="utf-8")
    done = subprocess.run(
        [binary(), "build", overlay], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))
