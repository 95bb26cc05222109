"""tools/compare.py and tools/canonical.py: what counts as a difference between two commits."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tools import compare
from tools.canonical import canonical_rehearsals, canonical_schema, first_difference

pytestmark = pytest.mark.servers

PROGRAM = """
import json, os, sys, uuid
arguments = sys.argv[1:]
stack = arguments[arguments.index("--stack") + 1]
seed = open(arguments[arguments.index("--cloud") + 1]).read() if "--cloud" in arguments else ""
resources = [
    {"urn": f"urn::{name}", "op": "create", "id": str(uuid.uuid4()), "inputs": {"tier": TIER, "seed": seed}}
    for name in sorted("ab", key=lambda name: uuid.uuid4().int)
]
diagnostics = [{"severity": "warning", "message": MESSAGE}]
print(json.dumps({"resources": resources, "diagnostics": diagnostics, "outputs": {"path": os.getcwd()}}))
"""


class Repository:
    """A project whose rehearsal prints a document at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        python = root / ".venv/bin/python"
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
        (root / ".tools").mkdir()
        self.git("init", "--quiet")
        self.write(".gitignore", "/.venv\n/.tools\n")
        self.write("Pulumi.dev.yaml", "")
        self.write("examples/shop/Pulumi.shop.yaml", "")
        self.write("examples/shop/cloud.yaml", "seeded")
        self.write("tests/plans/dev.txt", "one\ntwo\n")
        self.write("docs/config.schema.json", json.dumps({"properties": {"a": {"description": "old"}}}))
        self.program()

    def git(self, *arguments: str) -> None:
        name = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(self.root), *name, *arguments], check=True, capture_output=True)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def program(self, tier: str = "Free", message: str = "a warning") -> None:
        text = PROGRAM.replace("TIER", repr(tier)).replace("MESSAGE", repr(message))
        self.write("rehearsal/__main__.py", text)

    def commit(self, tag: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", tag)
        self.git("tag", tag)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "repository")
    repository.commit("old")
    return repository


def test_equal_commits_are_identical_whatever_ids_they_draw(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("docs/config.schema.json", json.dumps({"properties": {"a": {"description": "new"}}}))
    repository.commit("new")
    assert compare.main(["old", "new"], repository.root) == 0
    assert capsys.readouterr().out.splitlines() == [
        "identical  plan dev",
        "identical  schema",
        "identical  rehearsal Pulumi.dev.yaml",
        "identical  rehearsal examples/shop/Pulumi.shop.yaml",
        "compare: 4 of 4 items are identical",
    ]
    listed = subprocess.run(
        ["git", "-C", str(repository.root), "worktree", "list"], capture_output=True, text=True, check=True
    )
    assert len(listed.stdout.splitlines()) == 1


def test_each_difference_is_shown_where_it_begins(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("tests/plans/dev.txt", "one\nthree\n")
    repository.write("docs/config.schema.json", json.dumps({"properties": {"b": {}}}))
    repository.write("examples/shop/cloud.yaml", "another seed")
    repository.commit("new")
    assert compare.main(["old", "new"], repository.root) == 1
    output = capsys.readouterr().out
    assert "    -two\n    +three\n" in output
    assert "differs    schema\n    $.properties.a: removed, it was {}\n" in output
    assert '$.resources[0].inputs.seed: "seeded" became "another seed"' in output
    assert "identical  rehearsal Pulumi.dev.yaml" in output
    assert output.endswith("compare: 1 of 4 items are identical\n")


def test_reworded_messages_are_listed_and_are_no_difference(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.program(message="a plain warning")
    repository.commit("new")
    assert compare.main(["old", "new"], repository.root) == 0
    assert capsys.readouterr().out.endswith(
        "- warning: a warning\n+ warning: a plain warning\ncompare: 4 of 4 items are identical\n"
    )


def test_a_rehearsal_that_fails_differs_and_shows_its_errors(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("rehearsal/__main__.py", "raise SystemExit('no engine')")
    repository.commit("new")
    assert compare.main(["old", "new", "--only", "dev"], repository.root) == 1
    output = capsys.readouterr().out
    assert "$.errors: added, it is" in output
    assert "no engine" in output


def test_an_unknown_commit_is_reported(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare.main(["old", "nowhere"], repository.root) == 2
    assert "worktree add" in capsys.readouterr().err


def test_names_of_definitions_titles_and_descriptions_do_not_count() -> None:
    old = {"$defs": {"A": {"title": "A", "type": "object"}}, "properties": {"a": {"$ref": "#/$defs/A"}}}
    new = {"$defs": {"B": {"title": "B", "type": "object"}}, "properties": {"a": {"$ref": "#/$defs/B"}}}
    new["properties"]["a"]["description"] = "a text"
    assert canonical_schema(old) == canonical_schema(new) == {"properties": {"a": {"type": "object"}}}


def test_a_key_called_description_and_a_changed_type_count() -> None:
    schema: dict[str, Any] = {"properties": {"description": {"type": "string"}}}
    assert canonical_schema(schema) == schema
    assert first_difference({"type": "string"}, {"type": "integer"}) == '$.type: "string" became "integer"'


def test_a_definition_that_refers_to_itself_is_resolved_once() -> None:
    schema = {"$defs": {"A": {"items": {"$ref": "#/$defs/A"}}}, "$ref": "#/$defs/A"}
    assert canonical_schema(schema) == {"items": {"$ref": "1 up"}}


def test_a_random_id_is_its_order_of_appearance_and_a_derived_one_is_itself() -> None:
    derived = "9af62537-6efa-5f2e-8550-e2146cc8b047"

    def document(id_: str, other_id: str, role: str = derived) -> dict[str, Any]:
        return {"outputs": [id_, other_id, id_, role]}

    first, second, third, fourth = (str(uuid4()) for _ in range(4))
    assert first_difference(*canonical_rehearsals(document(first, second), document(third, fourth))) == ""
    assert first_difference(*canonical_rehearsals(document(first, second), document(third, third))) != ""
    other = derived.replace("9af", "8af")
    assert (
        first_difference(*canonical_rehearsals(document(first, second), document(first, second, other))) != ""
    )


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ({"a": 1}, {"a": 1}, ""),
        ({"a": 1}, {"a": True}, "$.a: 1 became true"),
        ({"a": [1]}, {"a": [1, 2]}, "$.a: 1 items became 2"),
        ({}, {"b": "c"}, '$.b: added, it is "c"'),
        ([{"a": None}], [{"a": 0}], "$[0].a: null became 0"),
    ],
)
def test_the_first_difference_has_a_path(old: Any, new: Any, difference: str) -> None:
    assert first_difference(old, new) == difference
