"""Plans: what a stack file registers, as text that a reviewer reads as a diff."""

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

from aks_secrets_testing.registrations import Build, Registration


def plan_of(built: Build) -> str:
    """Type, name, parent, options and every input of each resource, sorted. Secrets are masked."""
    blocks = sorted("\n".join(_block(resource, built)) for resource in built.resources)
    return f"{len(blocks)} resources\n\n" + "\n\n".join(blocks) + "\n"


def assert_plan(built: Build, plan_file: str | Path) -> None:
    """Raise AssertionError, with the difference, unless the plan file is the plan of the build.

    ``python -m aks_secrets_testing plan STACK_FILE --out PLAN_FILE`` writes it.
    """
    path = Path(plan_file)
    reviewed = path.read_text(encoding="utf-8") if path.is_file() else ""
    difference = unified_diff(
        reviewed.splitlines(),
        plan_of(built).splitlines(),
        str(path),
        "what the stack file registers now",
        n=3,
    )
    if text := "\n".join(difference):
        raise AssertionError(
            f"{path} is not the plan any more; read the difference, then write it anew\n{text}"
        )


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
