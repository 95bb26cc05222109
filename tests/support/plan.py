"""Plan files: what a shipped stack file registers, as text that a reviewer reads as a diff.

``python -m tests.support.plan`` writes them anew; ``test_plans.py`` fails when the program and its plan
differ.
"""

import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from aks_secrets_testing.answers import Answer
from aks_secrets_testing.builds import SUBSCRIPTION, Build, build, built_once
from aks_secrets_testing.existing import READ_OUTPUTS, outputs_in
from aks_secrets_testing.plans import plan_of
from aks_secrets_testing.stacks import as_config
from rehearsal.simulators.azure import arm, listed_keys
from stacks import STACKS
from stacks.settings import load
from tests.stack_files import COPIES, REPOSITORY, shipped

PLANS = Path(__file__).parents[1] / "plans"
# Those that come with the project: a user's own stack files stand beside them.
STACK_FILES = sorted(
    [
        shipped("Pulumi.dev.yaml"),
        shipped("Pulumi.prod.yaml"),
        *REPOSITORY.glob("examples/*/Pulumi.*.yaml"),
    ]
)


def plan_file(stack_file: Path) -> Path:
    """``Pulumi.dev.yaml`` → ``plans/dev.txt``; ``examples/quick-start/Pulumi.dev.yaml`` →
    ``plans/quick-start.dev.txt``.
    """
    stack = stack_file.name.removeprefix("Pulumi.").removesuffix(".yaml")
    return PLANS / (
        f"{stack}.txt"
        if stack_file.parent in (REPOSITORY, COPIES)
        else f"{stack_file.parent.name}.{stack}.txt"
    )


@built_once
def registered(stack_file: Path) -> Build:
    """The resources that the program registers for a shipped stack file, under the harness' stack name."""

    async def program() -> Any:
        settings = load()
        return await STACKS[settings.composition](settings)

    # A plan is of the harness' subscription; ids in the examples are of the rehearsal's.
    text = stack_file.read_text(encoding="utf-8").replace(arm.SUBSCRIPTION, SUBSCRIPTION)
    config = as_config(YAML(typ="safe").load(text)["config"])
    return build(program, config=config, answers=_answers(stack_file.with_name("cloud.yaml")))


def _answers(cloud: Path) -> dict[str, Answer]:
    """Values that the stack copies from what the file beside it describes."""
    if not cloud.is_file():
        return {}
    list_keys = "azure-native:storage:listStorageAccountKeys"
    return {
        READ_OUTPUTS: outputs_in(YAML(typ="safe").load(cloud)),
        "azure-native:storage:getStorageAccount": {},
        list_keys: listed_keys.FUNCTIONS[list_keys][1](listed_keys.Keys("/of/a/plan", {})),
    }


def plan(stack_file: Path) -> str:
    """The plan of a shipped stack file."""
    return plan_of(registered(stack_file))


if __name__ == "__main__":
    PLANS.mkdir(exist_ok=True)
    for file in STACK_FILES:
        plan_file(file).write_text(plan(file), encoding="utf-8")
        sys.stdout.write(f"wrote {plan_file(file).relative_to(REPOSITORY)}\n")
