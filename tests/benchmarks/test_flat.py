"""The flat program of the benchmark makes the same custom resources as this project's program does."""

import runpy
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from aks_secrets_testing.builds import Build, build
from aks_secrets_testing.stacks import as_config
from benchmarks.stack import config_of
from benchmarks.variants import VARIANTS
from stacks import STACKS
from stacks.settings import load


async def _this_program() -> Any:
    settings = load()
    return await STACKS[settings.composition](settings)


def _flat_program() -> None:
    runpy.run_path(str(VARIANTS["flat"].program), run_name="__main__")


def _custom(program: Callable[[], Any], workloads: int, *, preview: bool) -> dict[tuple[str, str], Any]:
    made: Build = build(program, preview=preview, config=as_config(config_of(workloads)))
    return {
        (resource.type, resource.name): _comparable(resource.inputs)
        for resource in made.resources
        if resource.custom
    }


def _comparable(value: Any) -> Any:
    """The value; what is unknown in a preview is equal to what is unknown."""
    if isinstance(value, pulumi.output.Unknown):
        return "unknown"
    if isinstance(value, dict):
        return {key: _comparable(inner) for key, inner in value.items()}
    return [_comparable(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("preview", [False, True])
def test_the_flat_program_makes_the_same_resources_with_the_same_inputs(preview: bool) -> None:
    ours = _custom(_this_program, 2, preview=preview)
    flat = _custom(_flat_program, 2, preview=preview)
    assert len(ours) == 6 + 1 + 2 * 8, "cluster, vault and what they need; a namespace; workloads"
    assert flat == ours
