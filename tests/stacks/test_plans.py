"""Every shipped stack file registers what its reviewed plan says."""

from pathlib import Path

import pytest

from tests.support.plan import PLANS, STACK_FILES, plan, plan_file


@pytest.mark.parametrize("stack_file", STACK_FILES, ids=lambda path: plan_file(path).stem)
def test_the_program_keeps_to_its_plan(stack_file: Path) -> None:
    assert plan(stack_file) == plan_file(stack_file).read_text(encoding="utf-8"), (
        "read the difference, then: python -m tests.support.plan"
    )


def test_there_is_no_plan_without_a_stack_file() -> None:
    assert {plan_file(path) for path in STACK_FILES} == set(PLANS.glob("*.txt"))
