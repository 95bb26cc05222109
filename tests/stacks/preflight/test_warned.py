"""Everything that the preflight warns of, with the settings and with what exists in Azure."""

from typing import Any

import pytest

from stacks.preflight.registry import CHECKS, WARNINGS
from tests.each import each
from tests.settings.cases import has_form
from tests.stacks.preflight import (
    test_pods_elsewhere,
    test_refused,
    warned_cluster,
    warned_grants,
    warned_networks,
    warned_vaults,
    warned_workloads,
)
from tests.stacks.preflight.cases import Case, find
from tests.stacks.preflight.existing import missing
from tests.stacks.preflight.warned_workloads import mounts, runs

CASES = [
    *missing.ABSENT,
    *missing.DENIED,
    *warned_cluster.CASES,
    *warned_grants.CASES,
    *warned_networks.CASES,
    *test_pods_elsewhere.CASES,
    *warned_vaults.CASES,
    *warned_workloads.CASES,
]
_NAMES = [f"{case.check}-{index}" for index, case in enumerate(CASES)]


@each("case", CASES, ids=_NAMES)
def test_a_warning_says_exactly_this(case: Case) -> None:
    problems, warnings = find(case)
    assert [str(warning) for warning in warnings] == list(case.says)
    assert case.check in {warning.rule for warning in warnings}
    assert problems == [], "a warning stops nothing"


def test_every_warning_has_a_case() -> None:
    assert set(WARNINGS) == {case.check for case in CASES}


def test_checks_and_warnings_stand_where_their_names_say() -> None:
    """``checks/`` has every check and no warning, ``warnings/`` the reverse."""
    folders = {"stacks.preflight.checks.": CHECKS, "stacks.preflight.warnings.": WARNINGS}
    for folder, register in folders.items():
        assert [c.id for c in register.values() if not c.find.__module__.startswith(folder)] == []


def test_messages_have_one_bracket_at_their_end_and_no_full_stop() -> None:
    lines = [line for case in (*CASES, *test_refused.CASES) for line in case.says]
    assert [line for line in lines if not has_form(line)] == []


def test_no_warning_repeats_a_value_that_may_be_secret() -> None:
    assert [line for case in CASES for line in case.says if "canary" in line] == []


@pytest.mark.parametrize(
    "case",
    [
        *missing.MAY_BE_THERE,
        *test_pods_elsewhere.SILENT,
        *warned_grants.SILENT,
        *warned_vaults.SILENT,
        *warned_workloads.SILENT,
    ],
)
def test_what_is_granted_or_there_is_not_warned_of(case: Case) -> None:
    assert find(case) == ([], [])


def test_a_vault_that_is_new_in_the_settings_is_not_warned_of() -> None:
    changes = {"vaults": [{"name": "payments", "resource_name": "kv-payments"}]}
    assert find(Case("vault-may-be-deleted", changes, (), {"state": warned_vaults.FIRST_VAULT})) == ([], [])


@pytest.mark.parametrize(
    ("poll_interval", "workload"),
    [("5m", mounts(25)), ("2m", mounts(24, None, "v0")), ("2m", mounts(20, *(f"v{i}" for i in range(6))))],
    ids=["a longer interval", "each vault by itself", "all vaults together"],
)
def test_half_of_what_vaults_answer_is_not_warned_of(poll_interval: str, workload: dict[str, Any]) -> None:
    changes: dict[str, Any] = {
        "operators": {"csi_driver": {"poll_interval": poll_interval}},
        "vaults": [{"name": f"v{index}"} for index in range(6)],
        "workloads": [workload],
    }
    assert find(Case("vault-read-limit", changes, ())) == ([], [])


@pytest.mark.parametrize(
    ("resync_period", "says"),
    [
        (
            "30s",
            [
                "operators.akv2k8s.resync_period: '30s' causes 6200 reads of the vault of section vault at"
                " each resync, 52% of the limit of a vault, 4000 reads in 10 s; resync less often, list fewer"
                " secrets, or use several vaults"
            ],
        ),
        ("1m", []),
    ],
)
def test_akv2k8s_reads_each_secret_twice_whatever_the_number_of_pods(
    resync_period: str, says: list[str]
) -> None:
    secrets = [{"name": f"s{index}", "from": "existing", "env": f"S{index}"} for index in range(3100)]
    workload = runs(technique="akv2k8s", scope="vault", secrets=secrets, replicas=1000)
    operators = {"akv2k8s": {"resync_period": resync_period}}
    _, warnings = find(Case("vault-read-limit", {"operators": operators, "workloads": [workload]}, ()))
    assert [str(warning) for warning in warnings if warning.rule.endswith("read-limit")] == says
