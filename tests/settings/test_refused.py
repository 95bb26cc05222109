"""Every configuration that the settings refuse, in its exact words, before any resource."""

from typing import Any

import pulumi
import pytest

from stacks.all_in_one import all_in_one
from stacks.settings import load
from stacks.settings.loader import read
from tests.settings import (
    refused,
    refused_alerts,
    refused_api_server,
    refused_autoscale,
    refused_compositions,
    refused_operators,
    refused_outbound,
    refused_scratch,
    refused_vaults,
    refused_windows,
)
from tests.settings.cases import ACCEPTED, RULES, as_config, document, problems_of
from tests.settings.refused import Case
from tests.support.harness import Build, build

CASES = [
    *(
        *refused.CASES,
        *refused_operators.CASES,
        *refused_compositions.CASES,
        *refused_api_server.CASES,
        *refused_outbound.CASES,
    ),
    *(
        *refused_autoscale.CASES,
        *refused_alerts.CASES,
        *refused_scratch.CASES,
        *refused_vaults.CASES,
        *refused_windows.CASES,
    ),
]
_NAMES = [f"{case.rule}-{index}" for index, case in enumerate(CASES)]


async def _program() -> Any:
    return await all_in_one(load())


def test_the_document_that_the_cases_change_is_accepted() -> None:
    settings, problems = read("aks-secrets", "dev", as_config(ACCEPTED), lambda _: False)
    assert problems == []
    assert settings is not None


@pytest.mark.parametrize("case", CASES, ids=_NAMES)
def test_a_refusal_says_exactly_this(case: Case) -> None:
    problems = problems_of(case)
    assert [str(problem) for problem in problems] == list(case.says)
    assert case.rule in {problem.rule for problem in problems}


@pytest.mark.parametrize("case", CASES, ids=_NAMES)
def test_a_refused_program_registers_nothing(case: Case) -> None:
    built = Build()
    with pytest.raises(pulumi.RunError) as refused:
        build(_program, config=as_config(document(case.changes)), secret_keys=case.secret, into=built)
    assert built.resources == []
    for line in case.says:
        assert line in str(refused.value)


def test_every_rule_has_a_case() -> None:
    found = {problem.rule for case in CASES for problem in problems_of(case)}
    assert set(RULES) - found == set()


def test_every_rule_has_a_source() -> None:
    assert [rule.id for rule in RULES.values() if len(rule.source) < 20] == []


def test_no_refusal_repeats_a_value_that_may_be_secret() -> None:
    assert [line for case in CASES for line in case.says if "canary" in line] == []


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
