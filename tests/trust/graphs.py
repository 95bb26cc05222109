"""Builds of the shipped stack files, each made once, for tests of the trust chain."""

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from aks_secrets_testing import StackBuild, build_stack
from tests.support.plan import STACK_FILES
from trust.chain import Chain

__all__ = ["STACK_FILES", "build_config", "shipped_build", "shipped_chain"]


@cache
def shipped_build(stack_file: Path) -> StackBuild:
    """The build of a shipped stack file, with the cloud that lies beside it."""
    cloud = stack_file.with_name("cloud.yaml")
    return build_stack(stack_file, cloud=cloud if cloud.is_file() else None)


@cache
def shipped_chain(stack_file: Path) -> Chain:
    """The trust chain of a shipped stack file."""
    return Chain.read(shipped_build(stack_file).graph)


def build_config(config: Mapping[str, Any], **options: Any) -> StackBuild:
    """The build of a stack with this config; keys without a namespace are aks-secrets keys."""
    full = {key if ":" in key else f"aks-secrets:{key}": value for key, value in config.items()}
    with tempfile.TemporaryDirectory() as folder:
        stack_file = Path(folder) / "Pulumi.test.yaml"
        stack_file.write_text(yaml.safe_dump({"config": full}), encoding="utf-8")
        return build_stack(stack_file, **options)
