"""Readers by the resources, held against the output `access`, which the settings make."""

from pathlib import Path
from typing import Any

import pytest

from aks_secrets_testing import StackBuild
from tests.trust.graphs import STACK_FILES, shipped_build, shipped_chain
from tests.trust.recording import recorded
from trust import read_preview, read_rehearsal, read_state
from trust.access import Reading, readings
from trust.chain import Chain
from trust.techniques.app_routing import AGENT, NAME

KINDS = {"secret": "secret", "cert-key-pair": "secret", "cert": "certificate", "key": "key"}
"""Type in the output → kind of the vault: a certificate with its key is read as a secret."""


def rows(outputs: Any) -> dict[tuple[str, ...], dict[str, Any]]:
    """The rows of the output `access` by reader, vault, kind and name."""
    return {
        (_reader(row), row["vault"].lower(), KINDS[row["type"]], row["secret"].lower()): row
        for row in outputs["access"]
    }


def _reader(row: Any) -> str:
    """The application routing add-on reads certificates for a workload."""
    workload = str(row["workload"])
    return f"{AGENT} for {workload}" if row["technique"] == NAME else workload


def keys(chain: Chain) -> dict[tuple[str, ...], Reading]:
    return {reading.key: reading for reading in readings(chain)}


def check_against_the_output(built: StackBuild, *, held: bool = True) -> dict[tuple[str, ...], Reading]:
    """The readings of a build, which are those of its output `access`."""
    expected, by_key = rows(built.outputs), keys(Chain.read(built.graph))
    assert set(by_key) == set(expected)
    for key, reading in by_key.items():
        row = expected[key]
        names = (reading.namespace, reading.service_account, reading.technique)
        assert names == (row["namespace"], row["serviceAccount"], row["technique"]), key
        if isinstance(reading.named, bool) and reading.name != "*":
            assert reading.named is row["asked"], key
        if held:
            assert reading.state in ("held", "external"), (key, reading.links)
    return by_key


@pytest.mark.parametrize("stack_file", STACK_FILES, ids=lambda path: path.name)
def test_the_readings_of_each_shipped_stack_are_those_of_its_output(stack_file: Path) -> None:
    check_against_the_output(shipped_build(stack_file))
    for workload in shipped_chain(stack_file).workloads:
        for reading in readings(shipped_chain(stack_file)):
            if reading.workload == workload.name and workload.pods:
                assert reading.state == "held", reading


@pytest.mark.parametrize("name", ["rehearsal_before", "rehearsal_after"])
def test_the_readings_of_a_rehearsal_are_those_of_its_output(name: str) -> None:
    document = recorded(name)
    assert set(keys(Chain.read(read_rehearsal(document)))) == set(rows(document["outputs"]))


def test_a_state_and_a_preview_have_the_readings_of_the_rehearsal() -> None:
    before = keys(Chain.read(read_rehearsal(recorded("rehearsal_before"))))
    after = keys(Chain.read(read_rehearsal(recorded("rehearsal_after"))))
    assert set(keys(Chain.read(read_state(recorded("state_before"))))) == set(before)
    same = keys(Chain.read(read_preview(recorded("preview_same"))))
    assert {key: reading.state for key, reading in same.items() if key[0] == "worker"} == {
        key: "held" for key in before if key[0] == "worker"
    }
    assert set(same) == set(before)
    assert set(keys(Chain.read(read_preview(recorded("preview_changed"))))) == set(after) != set(before)


def test_a_first_preview_has_the_readings_too_and_does_not_know_whether_they_hold() -> None:
    before = keys(Chain.read(read_rehearsal(recorded("rehearsal_before"))))
    new = keys(Chain.read(read_preview(recorded("preview_new"))))
    assert set(new) == set(before)
    assert {reading.state for reading in new.values()} == {"unknown"}
