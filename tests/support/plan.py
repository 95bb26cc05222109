"""Plan files: what a shipped stack file registers, as text that a reviewer reads as a diff.

``python -m tests.support.plan`` writes them anew; ``test_plans.py`` fails when the program and its plan
differ.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from aks_secrets_testing.builds import Build, Registration, build
from stacks import STACKS
from stacks.settings import load
from tests.settings.cases import as_config

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
    """``Pulumi.dev.yaml`` → ``plans/dev.txt``; ``examples/quick-start/Pulumi.dev.yaml`` →
    ``plans/quick-start.dev.txt``.
    """
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
    blocks = sorted("\n".join(_block(resource, built)) for resource in built.resources)
    return f"{len(blocks)} resources\n\n" + "\n\n".join(blocks) + "\n"


def _block(resource: Registration, built: Build) -> Iterator[str]:
    names = {other.urn: f"{other.type.split(':')[-1]} {other.name}" for other in built.resources}
    yield f"{resource.type} {resource.name}" + (
        f" (in {names[resource.parent]})" if resource.parent in names else ""
    )
    for urn in resource.dependencies:
        yield f"  after: {names.get(urn, urn)}"
    if resource.deleted_with:
        yield f"  deleted with: {names[resource.deleted_with]}"
    if resource.ignore_changes:
        yield f"  ignores changes of: {', '.join(resource.ignore_changes)}"
    if any(resource.timeouts):
        yield f"  may take: {' and '.join(dict.fromkeys(resource.timeouts))}"
    if resource.protect:
        yield "  protected"
    for name in sorted(resource.inputs):
        yield from _lines(name, "[secret]" if resource.is_secret(name) else resource.inputs[name])


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
