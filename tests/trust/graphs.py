"""Builds of the shipped stack files, each made once, for tests of the trust chain."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from aks_secrets_testing import StackBuild, build_stack
from aks_secrets_testing.stacks import build_document
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
    return build_document({"config": config}, "test", **options)
