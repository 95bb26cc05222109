"""Every configuration that the settings refuse, in its exact words, before any resource.

The cases stand in ``refused_<file>.py``, in the folder of the settings file whose rule refuses them. What the
engine makes of a refusal, tests/engine/test_program.py shows.
"""

import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest

from aks_secrets_testing.builds import build
from stacks.all_in_one import all_in_one
from stacks.settings import load
from stacks.settings.loader import read
from stacks.settings.validation.registry import RULES
from tests.each import each
from tests.settings.cases import (
    ACCEPTED,
    Case,
    as_config,
    document,
    has_form,
    problems_of,
    refused_modules,
)

_FOLDER = Path(__file__).parent
_SETTINGS = _FOLDER.parents[1] / "stacks" / "settings"
_RULE_FILES = sorted(path for path in (_SETTINGS / "rules").glob("*.py") if path.stem != "__init__")


CASES_BY_FILE: dict[Path, list[Case]] = {path: module.CASES for module, path in refused_modules().items()}
CASES = [case for cases in CASES_BY_FILE.values() for case in cases]
_NAMES = [
    f"{path.stem.removeprefix('refused_')}-{case.rule}-{index}"
    for path, cases in CASES_BY_FILE.items()
    for index, case in enumerate(cases)
]


_TESTED_ELSEWHERE = {"base-is-not-hidden"}
"""It needs another Pulumi.yaml: tests/settings/base/test_layers.py."""


async def _program() -> Any:
    return await all_in_one(load())


def test_the_document_that_the_cases_change_is_accepted() -> None:
    settings, problems = read("aks-secrets", "dev", as_config(ACCEPTED), lambda _: False)
    assert problems == []
    assert settings is not None


@each("case", CASES, ids=_NAMES)
def test_a_refusal_says_exactly_this(case: Case) -> None:
    problems = problems_of(case)
    assert [str(problem) for problem in problems] == list(case.says)
    assert case.rule in {problem.rule for problem in problems}


@pytest.mark.parametrize("path", CASES_BY_FILE, ids=lambda path: path.stem)
def test_a_refused_program_registers_nothing(path: Path) -> None:
    """The program runs with the config of each case of a file, one after the other in one build."""
    wrong: list[str] = []

    async def program() -> None:
        for index, case in enumerate(CASES_BY_FILE[path]):
            pulumi.runtime.set_all_config(as_config(document(case.changes)), list(case.secret))
            try:
                await _program()
                refusal = ""
            except pulumi.RunError as error:
                refusal = str(error)
            if not refusal or [line for line in case.says if line not in refusal]:
                wrong.append(f"{case.rule}-{index}: {refusal or 'accepted'}")

    assert build(program).resources == []
    assert wrong == []


def test_every_rule_has_a_case() -> None:
    """A case may break other rules beside its own, which is tested above."""
    missing = set(RULES) - {case.rule for case in CASES} - _TESTED_ELSEWHERE
    beside = {problem.rule for case in CASES if missing for problem in problems_of(case)}
    assert missing - beside == set()


@each("path", _RULE_FILES, ids=lambda path: path.name)
def test_every_file_of_rules_is_imported_and_registers_a_rule(path: Path) -> None:
    """A rule registers itself when its file is imported: one that is not imported refuses nothing."""
    assert f"stacks.settings.rules.{path.stem}" in sys.modules
    assert "@rule(" in path.read_text(encoding="utf-8")


@each("path", CASES_BY_FILE, ids=lambda path: path.stem)
def test_a_case_stands_in_the_file_that_is_called_like_the_file_of_its_rule(path: Path) -> None:
    """``rules/vault.py`` has its cases in ``rules/refused_vault.py``, or in ``refused_vault_<noun>.py``."""
    source, name = _SETTINGS / path.parent.relative_to(_FOLDER), path.stem.removeprefix("refused_")
    while name and not (source / f"{name}.py").exists():
        name = name.rpartition("_")[0]
    assert name, f"no file of {source} is called like this one"
    text = (source / f"{name}.py").read_text(encoding="utf-8")
    composed = name == "existing"  # its ids are made of the kind of resource
    assert composed or {case.rule for case in CASES_BY_FILE[path] if f'"{case.rule}"' not in text} == set()


def test_every_rule_has_a_source() -> None:
    assert [rule.id for rule in RULES.values() if len(rule.source) < 20] == []


def test_no_refusal_repeats_a_value_that_may_be_secret() -> None:
    assert [line for case in CASES for line in case.says if "canary" in line] == []


def test_a_refusal_has_one_bracket_at_its_end_and_no_full_stop() -> None:
    assert [line for case in CASES for line in case.says if not has_form(line)] == []


def test_a_command_on_the_stack_file_is_one_that_is_tried() -> None:
    """A command as text is offered whether it mends or not."""
    lines = [
        problem
        for case in CASES
        if any("(pulumi config " in line for line in case.says)
        for problem in problems_of(case)
        if isinstance(problem.command, str) and problem.command.startswith("pulumi config")
    ]
    assert lines == []


def test_problems_of_several_sections_come_at_once() -> None:
    problems = problems_of(
        Case(
            "all",
            {
                "cluster.tier": "Gold",
                "vault.network": {"ip_rules": ["20.1.2.0/24"]},
                "workloads": [{"name": "shop", "namespace": "default", "technique": "sdk", "kind": "none"}],
                "nodepool": {},
            },
            (),
        )
    )
    assert {problem.rule for problem in problems} == {
        "unknown-key",
        "unknown-choice",
        "vault-rules-without-effect",
        "system-namespace",
    }
