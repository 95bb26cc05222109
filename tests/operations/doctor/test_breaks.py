"""Each thing that doctor looks at, broken once: exactly its lines change, and say what to type."""

from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from operations.checks import Finding, exit_status
from tests.operations.doctor import stack_faults, subscription_faults
from tests.operations.doctor.broken import DEV, PROD, Broken
from tests.operations.doctor.conftest import REPOSITORY, Doctor

pytestmark = pytest.mark.servers

BREAKS = {**subscription_faults.FAULTS, **stack_faults.FAULTS}


@cache
def expected() -> Mapping[str, list[str]]:
    text = (Path(__file__).parent / "lines.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text.replace("<SDK>", metadata.version("pulumi")))


def line(finding: Finding) -> str:
    parts = (finding.state, finding.subject, finding.check, finding.text, finding.next_step)
    return " | ".join(parts).removesuffix(" | ")


_FINE: dict[str | Path, set[str]] = {}


def _fine(doctor: Doctor, broken: Broken) -> set[str]:
    if broken.stack not in _FINE:
        _FINE[broken.stack] = set(map(line, doctor(broken.stack, broken.cloud())))
    return _FINE[broken.stack]


def changed_lines(doctor: Doctor, broken: Broken) -> list[str]:
    """The lines of a run that a run without the fault does not have."""
    cloud = broken.cloud()
    if broken.change:
        broken.change(cloud)
    findings = doctor(broken.stack, cloud, broken.entra, broken.environment, broken.without)
    fine = _fine(doctor, broken)
    if findings and not broken.change:  # what is wrong is in the settings or in the environment
        return [line(finding) for finding in findings if finding.state != "fine" or line(finding) not in fine]
    return [text for text in map(line, findings) if text not in fine]


@pytest.mark.parametrize("name", BREAKS)
def test_a_fault_changes_its_lines_only(doctor: Doctor, name: str):
    assert changed_lines(doctor, BREAKS[name]) == expected()[name]


def test_every_fault_has_its_lines():
    assert sorted(expected()) == sorted(BREAKS)


@pytest.mark.parametrize(
    "file",
    [DEV, PROD, *sorted((REPOSITORY / "examples").glob("*/Pulumi.*.yaml"))],
    ids=lambda file: file.parent.name + "/" + file.name,
)
def test_nothing_is_wrong_where_all_is_there(doctor: Doctor, file: Path):
    findings = doctor(file)
    assert [line(finding) for finding in findings if finding.state != "fine"] == []
    assert exit_status(findings) == 0


def test_every_wrong_line_says_what_to_type():
    parts = [line.split(" | ") for lines in expected().values() for line in lines]
    assert [each for each in parts if each[0] != "fine" and len(each) < 5] == []
