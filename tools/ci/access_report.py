"""The call of `python -m operations report`: the one place of the pipelines that knows its options."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


class ReportError(Exception):
    """The report could not be written; the text is its last line."""


@dataclass(frozen=True)
class AccessReport:
    """The report of a stack."""

    markdown: str
    page: Path
    """The same as a page, with all of it."""
    broken: tuple[str, ...]
    """Names of proofs that are broken, not waived, and no mere warnings."""


def access_report(root: Path, stack: str, after: Path, before: Path | None, out: Path) -> AccessReport:
    """Writes the access report of a stack.

    Args:
        root: The checkout whose code writes the report.
        stack: Name of the stack.
        after: A rehearsal's document or a preview's digest.
        before: The same before the change. None: nothing to compare with.
        out: The files' name; their suffixes are `.md`, `.html` and `.report.json`.

    Raises:
        ReportError: the command failed.
    """
    markdown, page, document = (out.with_suffix(suffix) for suffix in (".md", ".html", ".report.json"))
    command = [sys.executable, "-m", "operations", "report", "--stack", stack, "--from", str(after)]
    command += ["--against", str(before)] if before else []
    command += ["--markdown", str(markdown), "--html", str(page), "--json", str(document)]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        lines = (run.stderr or run.stdout).strip().splitlines()
        raise ReportError(lines[-1] if lines else f"operations report ended with {run.returncode}")
    proofs = json.loads(document.read_text(encoding="utf-8"))["proofs"]
    broken = dict.fromkeys(
        proof["proof"] for proof in proofs if proof["status"] == "broken" and proof["severity"] == "error"
    )
    return AccessReport(markdown.read_text(encoding="utf-8"), page, tuple(broken))
