"""`operations who`: the readers of one object, from a document of the stack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from operations.cli import app
from operations.errors import OperationError
from operations.who import readers_of
from tests.operations.report.reports import base
from tests.trust.graphs import STACK_FILES, shipped_build
from tests.trust.recording import recorded


def who(folder: Path, *arguments: str) -> Result:
    document = folder / "rehearsal.json"
    document.write_text(json.dumps(recorded("rehearsal_before")), encoding="utf-8")
    return CliRunner().invoke(app, ["who", *arguments, "--stack", "dev", "--from", str(document)])


@pytest.mark.parametrize("stack_file", STACK_FILES, ids=lambda path: path.name)
def test_each_object_has_the_readers_that_the_output_access_has(stack_file: Path) -> None:
    built = shipped_build(stack_file)
    rows: list[dict[str, Any]] = built.outputs["access"]
    for name in {row["secret"] for row in rows} - {"*"}:
        for vault in {row["vault"] for row in rows if row["secret"] == name}:
            types = {row["type"] for row in rows if row["vault"] == vault and row["secret"] == name}
            expected = {
                row["workload"]
                for row in rows
                if row["vault"] == vault
                # A row for every secret is about no key.
                and (
                    row["secret"] == name
                    or (row["secret"] == "*" and (types != {"key"} or row["type"] == "key"))
                )
            }
            readings = readers_of(built.graph, name.upper(), vault).readings
            assert {reading.workload for reading in readings} == expected


def test_a_right_to_every_secret_reads_no_key() -> None:
    (file,) = [file for file in STACK_FILES if file.name == "Pulumi.everyday.yaml"]
    graph = shipped_build(file).graph
    readers = readers_of(graph, "vault-unseal")
    assert {reading.workload for reading in readers.readings} == {"vault"}
    assert not any("every secret" in str(other) for other in readers.possible)
    assert {reading.workload for reading in readers_of(graph, "web-tls").readings} == {"shop", "worker"}


def test_it_says_by_what_on_what_condition_and_who_else_could(tmp_path: Path) -> None:
    [reading] = readers_of(base(), "worker-password").readings
    assert reading.workload == "worker"
    sentences = [str(other) for other in readers_of(base(), "worker-password").possible]
    assert any("may create pods in namespace worker" in text for text in sentences)
    assert not any("namespace web" in text for text in sentences)

    name = recorded("rehearsal_before")["outputs"]["access"][0]["secret"]
    shown = who(tmp_path, name)
    assert shown.exit_code == 0, shown.output
    assert f"who reads {name}" in shown.output
    assert "Key Vault Secrets User" in shown.output
    document = json.loads(who(tmp_path, name, "--json").output)
    assert {row["name"] for row in document["readers"]} <= {name, "*"}
    assert all(row["by"].startswith("identity ") for row in document["readers"])


def test_a_name_that_the_stack_lacks_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(
        OperationError, match="no secret, key or certificate 'worker-pasword'; did you mean worker-password"
    ):
        readers_of(base(), "worker-pasword")
    with pytest.raises(OperationError, match="--vault: the stack has no vault 'kv-none'; it has kv-"):
        readers_of(base(), "worker-password", "kv-none")
    done = who(tmp_path, "nothing-like-it")
    assert done.exit_code == 1
    assert done.output.startswith("error: the stack has no secret")
