"""What Checkov says of a rendered stack, beside the list of what is accepted and why.

    python -m tools.scan rendered     scan what `python -m rehearsal render` wrote (part of `make scan`)

The list is a table of docs/production.md. Owns: how Checkov is run: with no network, no account and no settings but ours.
Deliberately not here: its installation, in an environment of its own (Makefile), and the rendering (rehearsal/).
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
"""Checkov knows a page of its own for each check only where it may ask its makers."""
SECONDS = 300


class ScanError(Exception):
    """No result, with a sentence that says what to do."""


@dataclass(frozen=True, order=True)
class Finding:
    """What one check says of one resource."""

    check: str
    resource: str
    """`Microsoft.KeyVault/vaults.kv-shop`, `Deployment.namespace.name`"""
    framework: str
    name: str
    """What the check wants, in Checkov's words."""
    file: str


@dataclass(frozen=True)
class Scan:
    """All that was looked at."""

    failed: Sequence[Finding]
    passed: Sequence[Finding]
    skipped: Sequence[Finding]
    """What annotations in the resources themselves took out."""

    def resources(self, framework: str) -> set[str]:
        """Those about which at least one check had something to say."""
        return {
            found.resource
            for found in (*self.failed, *self.passed, *self.skipped)
            if found.framework == framework
        }


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
    command = [
        str(CHECKOV),
        "--directory",
        ".",
        "--framework",
        *FRAMEWORKS,
        "--skip-download",
        "--compact",
        "--soft-fail",
        "--output",
        "json",
    ]
    # A home and a folder of its own: Checkov reads .checkov.yaml in both. Its variables could name an account, or take checks out.
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
        raise ScanError(
            f"checkov ended with status {done.returncode}: {_last_words(done.stderr or done.stdout)}"
        )
    return read(done.stdout)


def read(output: str) -> Scan:
    """The scan behind Checkov's JSON: one report for each framework, a bare one if there is but one."""
    try:
        document = json.loads(output)
    except ValueError as error:
        raise ScanError(f"checkov printed no JSON: {_last_words(output)}") from error
    reports = [
        report
        for report in (document if isinstance(document, list) else [document])
        if "check_type" in report
    ]
    if missing := sorted(set(FRAMEWORKS) - {report["check_type"] for report in reports}):
        raise ScanError(
            f"checkov found nothing to check for {' and '.join(missing)}; is this the folder of python -m rehearsal render?"
        )
    if broken := [file for report in reports for file in report["results"].get("parsing_errors") or ()]:
        raise ScanError(f"checkov could not read {', '.join(broken)}")
    return Scan(*(sorted(_findings(reports, f"{kind}_checks")) for kind in ("failed", "passed", "skipped")))


def _findings(reports: Iterable[Mapping[str, Any]], key: str) -> Iterator[Finding]:
    for report in reports:
        for found in report["results"].get(key) or ():
            file = found["file_path"].lstrip("/")
            yield Finding(
                found["check_id"],
                found["resource"],
                report["check_type"],
                found["check_name"].rstrip("."),
                file,
            )


def accepted(page: str) -> list[Accepted]:
    """The rows of the table under the heading: id, resources, reason."""
    _, found, section = page.partition(f"\n## {HEADING}\n")
    section = section.partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    if not found or len(rows) < 2 or len(rows[0]) != 3:
        raise ScanError(f"the page has no table of three columns under '{HEADING}'")
    listed: list[Accepted] = []
    for check, where, reason in rows[2:]:
        patterns = tuple(re.findall(r"`([^`]+)`", where))
        if not re.fullmatch(r"CKV2?_[A-Z0-9]+_[0-9]+", check) or not patterns or not reason:
            raise ScanError(
                f"the row of {check or 'no check'} says no id, no resource in backquotes, or no reason"
            )
        listed.append(Accepted(check, patterns, reason))
    return listed


def unlisted(failed: Iterable[Finding], listed: Iterable[Accepted]) -> list[Finding]:
    """What fails and is not on the list."""
    rows = list(listed)
    return [
        found
        for found in failed
        if not any(row.check == found.check and _any(row.resources, [found.resource]) for row in rows)
    ]


def outlived(failed: Iterable[Finding], listed: Iterable[Accepted]) -> list[tuple[str, str]]:
    """What is on the list, check and pattern, and no longer fails."""
    failing = list(failed)
    return [
        (row.check, pattern)
        for row in listed
        for pattern in row.resources
        if not _any([pattern], [found.resource for found in failing if found.check == row.check])
    ]


def _any(patterns: Iterable[str], resources: Sequence[str]) -> bool:
    return any(fnmatchcase(resource, pattern) for pattern in patterns for resource in resources)


def told(found: Finding) -> str:
    """A new finding, and what to do about it."""
    page = POLICIES.format(found.framework)
    return (
        f"{found.check} fails on {found.resource} ({found.file}): {found.name}; "
        f"mend it, or list it with its reason in docs/production.md, '{HEADING}' ({page})"
    )


def _last_words(text: str) -> str:
    return " ".join(text.split())[-400:] or "without a word"


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0 if nothing fails but what is listed."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.scan", description="Scans rendered files with Checkov."
    )
    parser.add_argument("folder", type=Path, help="what python -m rehearsal render wrote")
    folder = parser.parse_args(arguments).folder
    try:
        listed = accepted(PAGE.read_text(encoding="utf-8"))
        found = scan(folder)
    except (ScanError, OSError) as error:
        print(f"scan: {error}", file=sys.stderr)
        return 1
    new = unlisted(found.failed, listed)
    for finding in new:
        print(told(finding))
    for check, pattern in outlived(found.failed, listed):
        print(f"{check} is listed for {pattern}, where it does not fail; take that out of the list")
    print(
        f"scan: {len(found.passed)} checks passed, {len(found.failed) - len(new)} failed as listed, {len(new)} failed besides"
        f" (docs/production.md, '{HEADING}': the list is that of Pulumi.prod.yaml)"
    )
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
