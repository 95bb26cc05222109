"""``python -m aks_secrets_testing plan STACK_FILE``: the plan of any stack file, to review and to keep."""

import sys
from pathlib import Path
from typing import Annotated

import pulumi
import typer

from aks_secrets_testing.plans import plan_of
from aks_secrets_testing.stacks import build_stack
from rehearsal.errors import RehearsalError
from rehearsal.simulators.seed_document import SeedError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.callback()
def main() -> None:
    """Stack files on Pulumi's mocks: no engine, no cloud account, no credentials."""


@app.command()
def plan(
    stack_file: Annotated[Path, typer.Argument(help="Pulumi.<stack>.yaml")],
    cloud: Annotated[Path | None, typer.Option(help="What exists in Azure (YAML or JSON).")] = None,
    platform: Annotated[Path | None, typer.Option(help="The platform's stack file.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the plan here instead of to the terminal.")] = None,
) -> None:
    """Write what a stack file registers: each resource with all its inputs, secrets masked."""
    try:
        base = None if platform is None else build_stack(platform, cloud=cloud)
        text = plan_of(build_stack(stack_file, cloud=cloud, platform=base))
    except (pulumi.RunError, RehearsalError, SeedError) as error:
        sys.exit(f"{stack_file}: {error}")
    if out is None:
        sys.stdout.write(text)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    app()
