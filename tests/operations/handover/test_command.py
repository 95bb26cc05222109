"""The command line of the hand-over: its folder, and what it refuses."""

import json
import subprocess
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from typer.testing import CliRunner, Result

from operations.cli import app
from operations.errors import OperationError
from operations.handover import outputs
from tests.each import each
from tests.operations.handover.cases import built

CANARY = "canary-of-a-secret-value"


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["handover", "--stack", "dev", *map(str, arguments)])


def _source(folder: Path, **outputs: Any) -> Path:
    file = folder / "outputs.json"
    file.write_text(json.dumps({**built("csi, variables", "none").outputs, **outputs}, default=str))
    return file


def _read(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): file.read_text(encoding="utf-8")
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_a_folder_is_written_and_is_fresh_until_the_outputs_change(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = _run("--from", _source(tmp_path), "--out", out)
    assert done.exit_code == 0, done.output
    assert sorted(_read(out)) == [
        "README.md",
        "handover.json",
        "shop/cron-job.yaml",
        "shop/kustomization.yaml",
        "shop/pod-template.yaml",
        "shop/pod.yaml",
        "shop/values.yaml",
    ]
    assert _run("--from", _source(tmp_path), "--check", out).exit_code == 0

    pods = built("csi, two vaults", "none").outputs["pods"]
    before = _read(out)
    stale = _run("--from", _source(tmp_path, pods=pods), "--check", out)
    assert stale.exit_code == 1
    assert "shop/values.yaml differs" in stale.output
    assert _read(out) == before, "--check writes nothing"
    _run("--from", _source(tmp_path, pods=pods), "--out", out)
    assert _run("--from", _source(tmp_path, pods=pods), "--check", out).exit_code == 0


def test_a_changed_and_a_missing_file_are_stale(tmp_path: Path) -> None:
    out, source = tmp_path / "out", _source(tmp_path)
    _run("--from", source, "--out", out)
    (out / "shop" / "values.yaml").write_text("podLabels: {}\n")
    (out / "shop" / "cron-job.yaml").write_bytes(b"\xff")
    (out / "shop" / "pod.yaml").unlink()
    done = _run("--from", source, "--check", out)
    assert done.exit_code == 1
    assert "shop/values.yaml differs" in done.output
    assert "shop/cron-job.yaml differs" in done.output
    assert "shop/pod.yaml is missing" in done.output


def test_a_workload_that_is_gone_leaves_with_its_files_only(tmp_path: Path) -> None:
    out, pods = tmp_path / "out", built("sdk", "none").outputs["pods"]
    _run("--from", _source(tmp_path, pods={**pods, "old": pods["shop"], "kept": pods["shop"]}), "--out", out)
    (out / "kept" / "own.yaml").write_text("a: 1\n")
    assert (
        "old/values.yaml is of no workload"
        in _run("--from", _source(tmp_path, pods=pods), "--check", out).output
    )
    assert _run("--from", _source(tmp_path, pods=pods), "--out", out).exit_code == 0
    assert sorted(name for name in _read(out) if "/" in name and not name.startswith("shop/")) == [
        "kept/own.yaml"
    ]
    assert not (out / "old").exists()


def test_a_target_is_kept_until_another_is_named(tmp_path: Path) -> None:
    out, source = tmp_path / "out", _source(tmp_path)
    _run("--from", source, "--out", out, "--target", "shop=shop-api:server")
    _run("--from", source, "--out", out)
    assert "name: shop-api" in _read(out)["shop/kustomization.yaml"]
    assert "- name: server" in _read(out)["shop/pod-template.yaml"]
    assert _run("--from", source, "--check", out).exit_code == 0
    assert _run("--from", source, "--check", out, "--target", "shop=other").exit_code == 1


def test_a_rehearsal_is_named_as_such(tmp_path: Path) -> None:
    out, document = tmp_path / "out", tmp_path / "rehearsal.json"
    outputs = json.loads(_source(tmp_path).read_text())
    document.write_text(json.dumps({"summary": {}, "outputs": outputs}))
    assert _run("--from", document, "--out", out).exit_code == 0
    assert "Made from a rehearsal: ids in it are made up" in _read(out)["README.md"]
    assert _run("--from", _source(tmp_path), "--check", out).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name the folder: --out DIR to write it, or --check DIR to compare it"),
        (["--out", "a", "--check", "b"], "name the folder: --out DIR to write it, or --check DIR to compare"),
        (["--out", "{new}", "--config-file", "x.yaml"], "--from and --config-file exclude each other"),
        (["--out", "{new}", "--target", "shop"], "--target: 'shop' is no target; write WORKLOAD=NAME"),
        (["--out", "{new}", "--target", "web=x"], "'web' is no workload of kind none; name one of shop"),
        (["--out", "{other}"], "holds other files; name a new folder"),
        (["--check", "{new}"], "has no handover.json; write it first, with --out"),
        (["--out", "{broken}"], "is no record of a hand-over; remove it to begin anew"),
        (["--out", "{strange}"], "is no record of a hand-over; remove it to begin anew"),
        (["--out", "{outside}"], "is no record of a hand-over; remove it to begin anew"),
        (["--out", "{file}"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_line(tmp_path: Path, arguments: list[str], message: str) -> None:
    places = {name: tmp_path / name for name in ("new", "other", "broken", "strange", "outside", "file")}
    for name, file, text in (
        ("other", "notes.txt", "[]"),
        ("broken", "handover.json", "[]"),
        ("strange", "handover.json", '{"targets": {"shop": [1, 2, 3]}}'),
        ("outside", "handover.json", '{"targets": {"../other": ["a", "b"]}}'),
    ):
        places[name].mkdir()
        (places[name] / file).write_text(text)
    places["file"].touch()
    done = _run("--from", _source(tmp_path), *(each.format_map(places) for each in arguments))
    assert done.exit_code == 1
    assert message in " ".join(done.output.split())
    assert _read(places["other"]) == {"notes.txt": "[]"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no JSON document"),
        ("[]", "holds no outputs"),
        ("{}", "stack dev has no output 'pods', because no workload has kind: none"),
        ('{"pods": {"../a": {}}}', "the output 'pods' names a workload '../a', which is no name of one"),
        ('{"pods": {"a": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}}', "the outputs are those of a preview"),
    ],
)
def test_a_document_without_pods_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    source = tmp_path / "document.json"
    source.write_text(text)
    done = _run("--from", source, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert message in " ".join(done.output.split())


def test_no_file_holds_a_value(tmp_path: Path) -> None:
    """The only technique for which the program knows the values."""
    values = {"from": "literal", "sensitive": False, "value": CANARY}
    from tests.stacks.composing import compose, workload

    listed = [{"name": "db", "env": "DB", **values}, {"name": "file", "file": "f", **values}]
    made = compose({"workloads": [workload("shop", *listed, technique="kubernetes-secret")]})
    _run("--from", _source(tmp_path, **made.outputs), "--out", tmp_path / "out")
    texts = _read(tmp_path / "out")
    assert "shop-secrets" in texts["shop/values.yaml"]
    assert [name for name, text in texts.items() if CANARY in text] == []


@each(
    "document, errors, reason",
    [
        ({"diagnostics": [{"severity": "error", "message": "no group"}]}, "a rehearsal", "no group"),
        ({"diagnostics": [{"severity": "warning", "message": "old"}]}, "it ended", "it ended"),
        (None, "error: --config-file: no such file", "error: --config-file: no such file"),
    ],
)
def test_a_rehearsal_that_fails_says_why(document: dict[str, Any] | None, errors: str, reason: str) -> None:
    """Its errors are in the document; on standard error it says only that it was one."""
    printed = "" if document is None else json.dumps(document)
    done = subprocess.CompletedProcess([], 1, printed, errors)
    with patch.object(outputs.subprocess, "run", return_value=done), pytest.raises(OperationError) as error:
        outputs.of_rehearsal("dev", Path("x.yaml"))
    assert str(error.value) == f"--config-file: the rehearsal fails: {reason}"


def test_the_document_of_a_failed_rehearsal_is_refused_with_its_reason(tmp_path: Path) -> None:
    document = tmp_path / "up.json"
    problem = {"severity": "error", "urn": "", "message": "workloads[0].port: has no effect"}
    document.write_text(json.dumps({"summary": {}, "outputs": {}, "resources": [], "diagnostics": [problem]}))
    done = _run("--from", document, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "failed: workloads[0].port: has no effect" in " ".join(done.output.split())
