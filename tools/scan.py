"""Checkov's findings about a rendered stack, compared with the list of accepted ones and their reasons.

    python -m tools.scan --stack prod    render a stack and scan it (make scan STACK=prod)
    python -m tools.scan rendered        scan a folder that `python -m rehearsal render` wrote

Further options go to the rendering. The list is a table of docs/production.md, or of a page of yours.
Owns: how Checkov runs, with no network, no account and no settings but the project's. Deliberately not here:
its installation, in an environment of its own (tools/bootstrap.py), and the rendering (rehearsal/).
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
CHECKOV = REPOSITORY / ".tools" / "checkov" / "bin" / "checkov"
PAGE = REPOSITORY / "docs" / "production.md"
HEADING = "What a scanner says"
FRAMEWORKS = ("arm", "kubernetes")
POLICIES = "https://www.checkov.io/5.Policy%20Index/{}.html"
"""Checkov links a page for each check only if it may call its maker's service."""
SECONDS = 300


class ScanError(Exception):
    """There is no result; the text names the remedy."""


@dataclass(frozen=True, order=True)
class Finding:
    """The result of one check on one resource."""

    check: str
    resource: str
    """`Microsoft.KeyVault/vaults.kv-shop`, `Deployment.namespace.name`"""
    framework: str
    name: str
    """The requirement, in Checkov's words."""
    file: str


@dataclass(frozen=True)
class Scan:
    """All findings."""

    failed: Sequence[Finding]
    passed: Sequence[Finding]
    skipped: Sequence[Finding]
    """Checks that annotations in the resources switch off."""

    def resources(self, framework: str) -> set[str]:
        """The resources that at least one check has looked at."""
        findings = (*self.failed, *self.passed, *self.skipped)
        return {finding.resource for finding in findings if finding.framework == framework}


@dataclass(frozen=True)
class Accepted:
    """A row of the list."""

    check: str
    resources: tuple[str, ...]
    """Patterns, `*` stands for anything."""
    reason: str


def scan(folder: Path) -> Scan:
    """Runs Checkov over a folder of rendered files."""
    if not CHECKOV.exists():
        raise ScanError("there is no scanner; type make scanner, which installs Checkov into .tools/checkov")
    options = ["--skip-download", "--compact", "--soft-fail", "--output", "json"]
    command = [str(CHECKOV), "--directory", ".", "--framework", *FRAMEWORKS, *options]
    # A home and a folder of its own: Checkov reads .checkov.yaml in both. Its variables could name an account
    # or switch off checks.
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TMPDIR")}
    with tempfile.TemporaryDirectory(prefix="scan-") as home:
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env={**kept, "HOME": home},
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except FileNotFoundError as error:  # its first line names the folder that it was installed into
            raise ScanError(
                "checkov does not start: was this folder moved? type rm -rf .tools/checkov, then make scanner"
            ) from error
        except subprocess.TimeoutExpired as error:
            raise ScanError(f"checkov did not end within {SECONDS} s") from error
    if done.returncode != 0:
        raise ScanError(f"checkov ended with status {done.returncode}: {_tail(done.stderr or done.stdout)}")
    return read(done.stdout)


def read(output: str) -> Scan:
    """The scan in Checkov's JSON: a list of reports, one for each framework; a bare report if there is only
    one.
    """
    try:
        document = json.loads(output)
    except ValueError as error:
        raise ScanError(f"checkov printed no JSON: {_tail(output)}") from error
    reports = [
        report
        for report in (document if isinstance(document, list) else [document])
        if "check_type" in report
    ]
    if missing := sorted(set(FRAMEWORKS) - {report["check_type"] for report in reports}):
        raise ScanError(
            f"checkov found nothing to check for {' and '.join(missing)}; "
            "is this the folder of python -m rehearsal render?"
        )
    if broken := [file for report in reports for file in report["results"].get("parsing_errors") or ()]:
        raise ScanError(f"checkov could not read {', '.join(broken)}")
    return Scan(*(sorted(_findings(reports, f"{kind}_checks")) for kind in ("failed", "passed", "skipped")))


def _findings(reports: Iterable[Mapping[str, Any]], key: str) -> Iterator[Finding]:
    for report in reports:
        for check in report["results"].get(key) or ():
            name, file = check["check_name"].rstrip("."), check["file_path"].lstrip("/")
            yield Finding(check["check_id"], check["resource"], report["check_type"], name, file)


def accepted(page: str) -> list[Accepted]:
    """The rows of the table under the heading: id, resources, reason."""
    _, heading, section = page.partition(f"\n## {HEADING}\n")
    section = section.partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    if not heading or len(rows) < 2 or len(rows[0]) != 3:
        raise ScanError(f"the page has no table of three columns under '{HEADING}'")
    listed: list[Accepted] = []
    for check, where, reason in rows[2:]:
        patterns = tuple(re.findall(r"`([^`]+)`", where))
        if not re.fullmatch(r"CKV2?_[A-Z0-9]+_[0-9]+", check) or not patterns or not reason:
            raise ScanError(
                f"the row of {check or 'no check'} has no id, no resource in backquotes, or no reason"
            )
        listed.append(Accepted(check, patterns, reason))
    return listed


def unlisted(failed: Iterable[Finding], listed: Iterable[Accepted]) -> list[Finding]:
    """The failures that are not on the list."""
    rows = list(listed)

    def is_listed(finding: Finding) -> bool:
        return any(row.check == finding.check and _any(row.resources, [finding.resource]) for row in rows)

    return [finding for finding in failed if not is_listed(finding)]


def obsolete(failed: Iterable[Finding], listed: Iterable[Accepted]) -> list[tuple[str, str]]:
    """Check and pattern of each entry of the list that no longer fails."""
    failing = list(failed)
    return [
        (row.check, pattern)
        for row in listed
        for pattern in row.resources
        if not _any([pattern], [finding.resource for finding in failing if finding.check == row.check])
    ]


def _any(patterns: Iterable[str], resources: Sequence[str]) -> bool:
    return any(fnmatchcase(resource, pattern) for pattern in patterns for resource in resources)


def describe(finding: Finding, page: Path = PAGE) -> str:
    """A new failure and its remedy."""
    policies = POLICIES.format(finding.framework)
    return (
        f"{finding.check} fails on {finding.resource} ({finding.file}): {finding.name}; "
        f"mend it, or list it with its reason in {_shown(page)}, '{HEADING}' ({policies})"
    )


def _shown(page: Path) -> Path:
    return page.relative_to(REPOSITORY) if page.is_relative_to(REPOSITORY) else page


def render(options: list[str], folder: Path) -> None:
    """Rehearses and renders a stack into a folder."""
    command = [sys.executable, "-m", "rehearsal", "render", *options, "--out", str(folder)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ScanError(f"the stack could not be rendered:\n{done.stdout}{done.stderr}")


def _tail(text: str) -> str:
    return " ".join(text.split())[-400:] or "no output"


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0 if all failures are listed."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.scan",
        usage="%(prog)s [FOLDER | options of python -m rehearsal render]",
        description="Scans a rendered stack with Checkov, or a folder that was rendered.",
    )
    parser.add_argument("--stack", default="dev", help="the stack to render, without a folder (default: dev)")
    parser.add_argument("--config-file", help="its stack file, if it is not Pulumi.<stack>.yaml")
    parser.add_argument(
        "--accepted",
        type=Path,
        metavar="PAGE",
        default=PAGE,
        help=f"page with your list of accepted findings under '## {HEADING}' (default: docs/production.md)",
    )
    options, for_render = parser.parse_known_args(arguments)
    # The words behind an option of the rendering are its own.
    is_folder = bool(for_render) and not for_render[0].startswith("-")
    folder_to_scan = Path(for_render[0]) if is_folder else None
    try:
        listed = accepted(options.accepted.read_text(encoding="utf-8"))
        if folder_to_scan:
            result = scan(folder_to_scan)
        else:
            file = ["--config-file", options.config_file] if options.config_file else []
            with tempfile.TemporaryDirectory(prefix="rendered-") as folder:
                render(["--stack", options.stack, *file, *for_render], Path(folder))
                result = scan(Path(folder))
    except (ScanError, OSError) as error:
        print(f"scan: {error}", file=sys.stderr)
        return 1
    return report(result, listed, options.accepted)


def report(result: Scan, listed: list[Accepted], page: Path = PAGE) -> int:
    """Prints what differs from the list. The exit status."""
    new = unlisted(result.failed, listed)
    for finding in new:
        print(describe(finding, page))
    for check, pattern in obsolete(result.failed, listed):
        print(f"{check} is listed for {pattern}, where it does not fail; take that out of the list")
    print(
        f"scan: {len(result.passed)} checks passed, {len(result.failed) - len(new)} failed as listed, "
        f"{len(new)} failed besides ({_shown(page)}, '{HEADING}'"
        + (": the list is that of Pulumi.prod.yaml; --accepted names yours)" if page == PAGE else ")")
    )
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
