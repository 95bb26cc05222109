"""Refusals of the preflight before the first resource: in Azure, and in what a platform publishes."""

from typing import Any

import pulumi
import pytest

from aks_secrets_testing.builds import Build
from components.arm_errors import is_not_found
from stacks import STACKS
from stacks.preflight.registry import CHECKS, WARNINGS
from stacks.settings import load
from stacks.settings.validation.registry import RULES
from tests.each import each
from tests.stacks.preflight import (
    refused_cluster,
    refused_copied_values,
    refused_kms,
    refused_networks,
    refused_platform,
    refused_renames,
)
from tests.stacks.preflight.cases import OLD, ON_EXISTING, Case, find, run, vault, workload
from tests.stacks.preflight.existing import missing, refused

CASES = [
    *refused_cluster.CASES,
    *refused_copied_values.CASES,
    *refused.CASES,
    *refused_kms.CASES,
    *missing.CASES,
    *refused_networks.CASES,
    *refused_platform.CASES,
    *refused_renames.CASES,
]
_NAMES = [f"{case.check}-{index}" for index, case in enumerate(CASES)]


async def _program() -> Any:
    settings = load()
    return await STACKS[settings.composition](settings)


@each("case", CASES, ids=_NAMES)
def test_a_refusal_says_exactly_this(case: Case) -> None:
    problems, _ = find(case)
    assert [str(problem) for problem in problems] == list(case.says)
    assert case.check in {problem.rule for problem in problems}


@each("case", CASES, ids=_NAMES)
def test_a_refused_program_registers_nothing(case: Case) -> None:
    built = Build()
    with pytest.raises(pulumi.RunError) as refused:
        run(case, _program, built)
    # A provider is nothing in Azure, and another subscription is looked up with one of its own.
    assert [resource for resource in built.resources if "pulumi:providers:" not in resource.type] == []
    for line in case.says:
        assert line in str(refused.value)


@pytest.mark.parametrize(("changes", "answers"), refused_networks.ALLOWED)
def test_networks_that_do_not_meet_are_allowed(changes: dict[str, Any], answers: dict[str, Any]) -> None:
    assert find(Case("allowed", changes, (), answers)) == ([], [])


@each("case", refused_copied_values.VERSIONS_THAT_MAY_BE_THERE, ids=lambda case: str(dict(case.changes)))
def test_a_version_that_may_be_there_is_allowed(case: Case) -> None:
    assert find(case)[0] == []


def test_every_check_has_a_case() -> None:
    assert set(CHECKS) == {case.check for case in CASES}


def test_no_check_has_the_id_of_a_rule_of_the_settings() -> None:
    assert (set(CHECKS) | set(WARNINGS)) & set(RULES) == set()


def test_every_check_and_warning_has_a_source() -> None:
    registered = [*CHECKS.values(), *WARNINGS.values()]
    assert [entry.id for entry in registered if len(entry.source) < 20] == []


def test_problems_of_several_checks_come_at_once() -> None:
    """And what depends on a failed read, here everything about the cluster, is not checked."""
    case = Case(
        "all",
        ON_EXISTING
        | {
            "workloads": [
                workload(
                    kind="Deployment",
                    image="registry.example/shop:1",
                    os="windows",
                    secrets=[{"name": "db", "from": "existing"}],
                )
            ],
            "operators": {"dapr": {"install": "extension", "version": "1.14.4-msft.10"}},
            "identities": [],
        },
        (),
        OLD | {"vault kv-old": vault(by_role=False)},
    )
    problems, _ = find(case)
    assert {problem.rule for problem in problems} == {
        "cluster-has-windows-nodes",
        "access-policies-open-an-existing-vault",
    }
    without_cluster = Case("all", case.changes, (), {"vault kv-old": vault(by_role=False)})
    problems, _ = find(without_cluster)
    assert {problem.rule for problem in problems} == {
        "resource-exists",
        "access-policies-open-an-existing-vault",
    }


@pytest.mark.parametrize(
    ("message", "missing"),
    [
        ('Status=404 Code="ResourceNotFound" Message="The Resource \'x\' was not found."', True),
        ('Status=404 Code="ResourceGroupNotFound" Message="Resource group \'x\' could not be found."', True),
        ('Status=404 Code="SecretNotFound" Message="x"', True),
        ('StatusCode=0 -- Original Error: Code="ResourceNotFound" Message="x"', True),
        (
            "GET https://management.azure.com/x\nRESPONSE 404: 404 Not Found\nERROR CODE: ResourceNotFound",
            True,
        ),
        ("dial tcp: lookup management.azure.com: host not found", False),
        (
            'Status=403 Code="AuthorizationFailed" Message="The subscription was not found in your tenant"',
            False,
        ),
        ("az: command not found", False),
    ],
)
def test_a_resource_is_missing_only_if_azure_says_so(message: str, missing: bool) -> None:
    assert is_not_found(Exception(f"invoke of azure-native:x:y failed: {message}")) is missing
