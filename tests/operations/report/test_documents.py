"""Files of a report, and the command that reads them: each refusal is one sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from operations.cli import app
from operations.report.documents import read_document
from operations.report.model import Report, schema
from tests.operations.report.reports import change_nothing, many, move_a_secret, report_of
from tests.trust.recording import recorded
from trust.proofs import waivers_of

SCHEMA = Path(__file__).parents[3] / "docs" / "report.schema.json"
RUN = CliRunner()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A rehearsal before a change, and one after it."""
    paths = {name: tmp_path / f"{name}.json" for name in ("rehearsal_before", "rehearsal_after")}
    for name, path in paths.items():
        path.write_text(json.dumps(recorded(name)), encoding="utf-8")
    return paths


def report(*arguments: Any) -> Any:
    return RUN.invoke(app, ["report", "--stack", "dev", *map(str, arguments)])


def test_the_command_writes_all_three_at_once(files: dict[str, Path], tmp_path: Path) -> None:
    written = {kind: tmp_path / kind for kind in ("markdown", "html", "json")}
    options = [part for kind, path in written.items() for part in (f"--{kind}", path)]
    done = report("--from", files["rehearsal_after"], "--against", files["rehearsal_before"], *options)
    assert (done.exit_code, done.output) == (0, "")
    assert written["markdown"].read_text().startswith("### `dev`: ")
    assert written["html"].read_text().startswith("<!doctype html>")
    document = json.loads(written["json"].read_text())
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    assert document["compared"] is True


def test_without_an_output_the_comment_is_printed(files: dict[str, Path]) -> None:
    done = report("--from", files["rehearsal_before"])
    assert done.exit_code == 0
    assert done.output.startswith("### `dev`: ")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "there is no file"),
        ("{", "is no JSON"),
        ("[]", "is no document of a stack; choose a rehearsal"),
        ('{"a": "canary-value"}', "is no document of a stack; choose a rehearsal"),
        ('{"resources": [], "diagnostics": []}', "holds no stack"),
        (
            '{"resources": [], "diagnostics": [{"severity": "error", "message": "it broke"}]}',
            "the rehearsal failed, so its document is not whole: it broke",
        ),
        ('{"steps": [], "changeSummary": {"same": 3}}', "leaves out 3 unchanged resources"),
    ],
)
def test_what_is_no_document_is_refused_in_one_sentence(
    tmp_path: Path, text: str | None, problem: str
) -> None:
    path = tmp_path / "file.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    for option in ("--from", "--against"):
        done = report("--from", path, option, path)
        assert done.exit_code == 1
        assert done.output.startswith(("error: --from: ", "error: --against: "))
        assert problem in " ".join(done.output.split())
        assert "canary-value" not in done.output


def test_a_file_that_cannot_be_written_is_one_sentence(files: dict[str, Path], tmp_path: Path) -> None:
    done = report("--from", files["rehearsal_before"], "--html", tmp_path / "none" / "page.html")
    assert done.exit_code == 1
    assert re.search("--html: .* cannot be written", done.output)


def test_the_published_schema_is_the_models(tmp_path: Path) -> None:
    assert json.loads(SCHEMA.read_text()) == schema(), "run: make schema"
    for made in (report_of(), report_of(change_nothing), report_of(move_a_secret), many(3)):
        jsonschema.validate(json.loads(made.model_dump_json(by_alias=True)), schema())
        assert Report.model_validate_json(made.model_dump_json(by_alias=True)) == made


WAIVER = {"proof": "image-pinned", "reason": "the vendor has no versions", "expires": "2030-01-31"}


@pytest.mark.parametrize("own", [None, [{**WAIVER, "reason": "of the stage"}]])
def test_a_digest_has_the_waivers_of_its_base_file(tmp_path: Path, own: Any) -> None:
    """`pulumi preview --json` prints the stack file's config, in which only the name of the base is."""
    base = {"config": {"aks-secrets:waivers": [WAIVER]}}
    (tmp_path / "base.yaml").write_text(json.dumps(base), encoding="utf-8")
    config = {"aks-secrets:base": "base.yaml", **({"aks-secrets:waivers": json.dumps(own)} if own else {})}
    path = tmp_path / "digest.json"
    path.write_text(json.dumps({**recorded("preview_same"), "config": config}), encoding="utf-8")
    graph = read_document("--from", path, program=tmp_path)
    assert [waiver.reason for waiver in waivers_of(graph)] == [(own or [WAIVER])[0]["reason"]]


def test_a_base_file_that_is_not_there_is_refused_by_the_report_of_a_digest(tmp_path: Path) -> None:
    path = tmp_path / "digest.json"
    config = {"aks-secrets:base": "nowhere.yaml"}
    path.write_text(json.dumps({**recorded("preview_same"), "config": config}), encoding="utf-8")
    done = report("--from", path, "--program", tmp_path)
    assert done.exit_code == 1
    assert (
        "waivers of the preview's base file are unknown: base: there is no file 'nowhere.yaml'"
        in " ".join(done.output.split())
    )
