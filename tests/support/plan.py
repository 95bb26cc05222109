"""Plan files: what a shipped stack file registers, as text that a reviewer reads as a diff.

``python -m tests.support.plan`` writes them anew; ``test_plans.py`` fails when the program and its plan differ.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from stacks import STACKS
from stacks.settings import load
from tests.settings.cases import as_config
from tests.support.harness import Build, Registration, build

REPOSITORY = Path(__file__).parents[2]
PLANS = Path(__file__).parents[1] / "plans"
# Those that come with the project: a user's own stack files stand beside them.
STACK_FILES = sorted(
    [
        REPOSITORY / "Pulumi.dev.yaml",
        REPOSITORY / "Pulumi.prod.yaml",
        *REPOSITORY.glob("examples/*/Pulumi.*.yaml"),
    ]
)


def plan_file(stack_file: Path) -> Path:
    """``Pulumi.dev.yaml`` → ``plans/dev.txt``; ``examples/quick-start/Pulumi.dev.yaml`` → ``plans/quick-start.dev.txt``."""
    stack = stack_file.name.removeprefix("Pulumi.").removesuffix(".yaml")
    return PLANS / (
        f"{stack}.txt" if stack_file.parent == REPOSITORY else f"{stack_file.parent.name}.{stack}.txt"
    )


def plan(stack_file: Path) -> str:
    """Type, name, parent, options and every input of each resource, sorted."""

    async def program() -> Any:
        settings = load()
        return await STACKS[settings.composition](settings)

    built = build(program, config=as_config(YAML(typ="safe").load(stack_file)["config"]))
    blocks = sorted("\n".join(_block(found, built)) for found in built.resources)
    return f"{len(blocks)} resources\n\n" + "\n\n".join(blocks) + "\n"


def _block(found: Registration, built: Build) -> Iterator[str]:
    names = {other.urn: f"{other.type.split(':')[-1]} {other.name}" for other in built.resources}
    yield f"{found.type} {found.name}" + (f" (in {names[found.parent]})" if found.parent in names else "")
    for urn in found.dependencies:
        yield f"  after: {names.get(urn, urn)}"
    if found.deleted_with:
        yield f"  deleted with: {names[found.deleted_with]}"
    if found.ignore_changes:
        yield f"  ignores changes of: {', '.join(found.ignore_changes)}"
    if any(found.timeouts):
        yield f"  may take: {' and '.join(dict.fromkeys(found.timeouts))}"
    if found.protect:
        yield "  protected"
    for name in sorted(found.inputs):
        yield from _lines(name, "[secret]" if found.is_secret(name) else found.inputs[name])


def _lines(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from _lines(f"{path}.{key}", value[key])
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _lines(f"{path}[{index}]", item)
    else:
        yield f"  {path}: {int(value) if isinstance(value, float) and value.is_integer() else value}"


if __name__ == "__main__":
    PLANS.mkdir(exist_ok=True)
    for file in STACK_FILES:
        plan_file(file).write_text(plan(file), encoding="utf-8")
        sys.stdout.write(f"wrote {plan_file(file).relative_to(REPOSITORY)}\n")
