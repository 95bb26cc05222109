"""tools/scan.py: which findings count, and how the list of docs/production.md is read. No Checkov."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools import scan
from tools.scan import Accepted, Finding, Scan, ScanError, accepted, describe, obsolete, read, unlisted

PAGE = """# Production

## What a scanner says

Prose.

| check | resources | reason |
|---|---|---|
| CKV_K8S_11 | `Deployment.*`, `Job.a.b` | it throttles |
| CKV2_AZURE_3 | `Microsoft.KeyVault/vaults.*` | a reason |

## Another

| check | resources | reason |
|---|---|---|
| CKV_K8S_99 | `Deployment.*` | not of this list |
"""


def finding(check: str, resource: str) -> Finding:
    return Finding(check, resource, "kubernetes", "CPU limits should be set", "a.yaml")


def report(framework: str, **checks: list[dict[str, Any]]) -> dict[str, Any]:
    return {"check_type": framework, "results": {f"{kind}_checks": list_ for kind, list_ in checks.items()}}


def check(id_: str, resource: str) -> dict[str, Any]:
    return {"check_id": id_, "resource": resource, "check_name": "Says something.", "file_path": "/a.yaml"}


def test_the_list_is_the_table_under_its_heading() -> None:
    assert accepted(PAGE) == [
        Accepted("CKV_K8S_11", ("Deployment.*", "Job.a.b"), "it throttles"),
        Accepted("CKV2_AZURE_3", ("Microsoft.KeyVault/vaults.*",), "a reason"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("## What a scanner says", "## What scanners say", "no table"),
        ("| it throttles |", "| |", "the row of CKV_K8S_11"),
        ("CKV_K8S_11", "K8S_11", "the row of K8S_11"),
        ("`Deployment.*`, `Job.a.b`", "all", "the row of CKV_K8S_11"),
    ],
)
def test_a_row_that_accepts_nothing_or_gives_no_reason_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(ScanError, match=message):
        accepted(PAGE.replace(old, new))


def test_a_failure_is_listed_by_check_and_resource() -> None:
    findings = [
        finding("CKV_K8S_11", "Deployment.shop.shop"),
        finding("CKV_K8S_11", "CronJob.shop.shop"),
        finding("CKV_K8S_12", "Deployment.shop.shop"),
    ]
    assert unlisted(findings, accepted(PAGE)) == findings[1:]


def test_a_pattern_does_not_reach_into_the_types_below() -> None:
    pools = finding("CKV_AZURE_168", "Microsoft.ContainerService/managedClusters/agentPools.aks/apps")
    assert unlisted(
        [pools], [Accepted("CKV_AZURE_168", ("Microsoft.ContainerService/managedClusters.*",), "x")]
    ) == [pools]


def test_each_pattern_of_the_list_has_to_fail_somewhere() -> None:
    assert obsolete([finding("CKV_K8S_11", "Deployment.shop.shop")], accepted(PAGE)) == [
        ("CKV_K8S_11", "Job.a.b"),
        ("CKV2_AZURE_3", "Microsoft.KeyVault/vaults.*"),
    ]


def test_a_new_failure_is_shown_with_its_remedy() -> None:
    assert describe(finding("CKV_K8S_11", "Deployment.shop.shop")) == (
        "CKV_K8S_11 fails on Deployment.shop.shop (a.yaml): CPU limits should be set; mend it, "
        "or list it with its reason in docs/production.md, 'What a scanner says' (https://www.checkov.io/5.Policy%20Index/kubernetes.html)"
    )


def test_a_scan_is_read_by_framework() -> None:
    failed = check("CKV_AZURE_4", "Microsoft.ContainerService/managedClusters.aks")
    document = [
        report("arm", failed=[failed]),
        report("kubernetes", passed=[check("CKV_K8S_8", "Pod.a.b")], skipped=[]),
    ]
    result = read(json.dumps(document))
    assert [(item.check, item.framework, item.name, item.file) for item in result.failed] == [
        ("CKV_AZURE_4", "arm", "Says something", "a.yaml")
    ]
    assert result.resources("arm") == {failed["resource"]}
    assert result.resources("kubernetes") == {"Pod.a.b"}


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("no JSON", "printed no JSON: no JSON"),
        ('{"passed": 0, "failed": 0}', "nothing to check for arm and kubernetes"),
        (json.dumps(report("arm")), "nothing to check for kubernetes"),
        (
            json.dumps(
                [report("arm"), {"check_type": "kubernetes", "results": {"parsing_errors": ["/b.yaml"]}}]
            ),
            "could not read /b.yaml",
        ),
    ],
)
def test_a_scan_that_saw_nothing_is_no_success(output: str, message: str) -> None:
    with pytest.raises(ScanError, match=message):
        read(output)


def test_without_a_scanner_one_sentence_names_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scan, "CHECKOV", tmp_path / "missing")
    assert scan.main([str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("scan: there is no scanner; type make scanner")


@pytest.mark.servers
def test_a_failing_scanner_is_reported_with_its_last_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "checkov"
    broken.write_text("#!/bin/sh\necho first; echo 'cannot start' >&2; exit 2\n")
    broken.chmod(0o755)
    monkeypatch.setattr(scan, "CHECKOV", broken)
    with pytest.raises(ScanError, match="status 2: cannot start"):
        scan.scan(tmp_path)


@pytest.mark.servers
def test_a_stack_that_cannot_be_rendered_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert scan.main(["--stack", "no-such-stack"]) == 1
    errors = capsys.readouterr().err
    assert errors.startswith("scan: the stack could not be rendered:\n")
    assert "Pulumi.no-such-stack.yaml" in errors


def test_the_values_of_options_for_the_rendering_are_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make scan CONFIG=Pulumi.shop.yaml ARGS="--cloud cloud.yaml"` of docs/testing.md."""
    rendered: list[list[str]] = []
    scanned: list[str] = []
    monkeypatch.setattr(scan, "render", lambda options, _folder: rendered.append(options))
    monkeypatch.setattr(scan, "scan", lambda folder: scanned.append(folder.name) or Scan((), (), ()))
    assert scan.main(["--stack", "dev", "--config-file", "Pulumi.shop.yaml", "--cloud", "cloud.yaml"]) == 0
    assert rendered == [["--stack", "dev", "--config-file", "Pulumi.shop.yaml", "--cloud", "cloud.yaml"]]
    assert scan.main(["--stack", "dev", "a-folder"]) == 0
    assert scanned[1:] == ["a-folder"]
