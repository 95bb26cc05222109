"""The call of `python -m operations report`: the one place of the pipelines that knows its options."""

import subprocess
import sys
from pathlib import Path


class ReportError(Exception):
    """The report could not be written; the text is its last line."""


def write_markdown(root: Path, stack: str, after: Path, before: Path | None, out: Path) -> str:
    """Writes the access report of a stack and returns it.

    Args:
        root: The checkout whose code writes the report.
        stack: Name of the stack.
        after: A rehearsal's document or a preview's digest.
        before: The same before the change. None: nothing to compare with.
        out: The Markdown file.

    Raises:
        ReportError: the command failed.
    """
    command = [sys.executable, "-m", "operations", "report", "--stack", stack, "--from", str(after)]
    command += ["--against", str(before)] if before else []
    run = subprocess.run(
        [*command, "--markdown", str(out)], cwd=root, capture_output=True, text=True, check=False
    )
    if run.returncode != 0 or not out.exists():
        lines = (run.stderr or run.stdout).strip().splitlines()
        raise ReportError(lines[-1] if lines else f"operations report ended with {run.returncode}")
    return out.read_text(encoding="utf-8")
