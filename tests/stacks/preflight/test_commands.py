"""The commands that the preflight offers: what they leave is valid, and the problem is gone."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from stacks.settings.loader import read
from tests.each import each
from tests.settings.cases import as_config, document
from tests.settings.test_commands import offered
from tests.stacks.preflight import test_refused, test_warned
from tests.stacks.preflight.cases import Case, find
from tests.support.config_commands import apply_command

CASES = [*test_refused.CASES, *test_warned.CASES]
_NAMES = [f"{case.check}-{index}" for index, case in enumerate(CASES)]


@each("case", CASES, ids=_NAMES)
def test_each_command_mends_its_problem_and_raises_no_other(case: Case) -> None:
    problems, warnings = find(case)
    for problem in (*problems, *warnings):
        command = offered(problem)
        if command is None or "$(" in command:  # the shell asks Azure for the value
            continue
        config, encrypted = apply_command(command, document(case.changes), case.secret)
        left = read("aks-secrets", "dev", as_config(config), encrypted.__contains__)[1]
        assert [str(other) for other in left] == [], problem
        after, warned = find(dataclasses.replace(case, changes=_changes(config), secret=encrypted))
        assert str(problem) not in map(str, (*after, *warned))
        assert {other.rule for other in after} <= {other.rule for other in problems}


def _changes(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config as changes of the accepted document."""
    absent = {key.removeprefix("aks-secrets:"): None for key in document({}) if key not in config}
    return {**{key.removeprefix("aks-secrets:"): value for key, value in config.items()}, **absent}
