"""Rehearsals of two commits: the base's update, and the change on the state that it leaves.

So the rows of the change's document have the operations that a stack of the base would see: update, replace
with the property that causes it, delete.
"""

import contextlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.bootstrap import LOCKS
from tools.ci.stack_files import StackFile

USAGE = 2
"""Exit status of a wrong option."""
PYTHON = Path(".venv/bin/python")


class CheckoutError(Exception):
    """A commit cannot be checked out or set up."""


@dataclass(frozen=True)
class Rehearsal:
    """A rehearsal's document, or why there is none."""

    document: Path
    succeeded: bool
    errors: tuple[str, ...] = ()
    operations: dict[str, int] = field(default_factory=dict)

    @property
    def changes(self) -> int:
        return sum(count for op, count in self.operations.items() if op not in ("same", "read", "refresh"))


@contextlib.contextmanager
def checkout_of(root: Path, revision: str) -> Iterator[Path]:
    """A temporary worktree of a revision, with an environment of its own if its locks are not those of
    `root`.

    Raises:
        CheckoutError: git does not have the revision, or its environment cannot be made.
    """
    with tempfile.TemporaryDirectory(prefix="base-") as folder:
        worktree = Path(folder, "checkout")
        _run(root, ["git", "worktree", "add", "--quiet", "--detach", str(worktree), revision])
        try:
            for name in (".tools", *([".venv"] if _same_locks(root, worktree) else [])):
                (worktree / name).symlink_to((root / name).resolve())
            if not (worktree / PYTHON).exists():
                _run(worktree, [str((root / PYTHON).absolute()), "tools/bootstrap.py", "--quiet"])
            yield worktree
        finally:
            _run(root, ["git", "worktree", "remove", "--force", str(worktree)])


def _same_locks(checkout: Path, other: Path) -> bool:
    return all(
        (other / lock).exists() and (checkout / lock).read_bytes() == (other / lock).read_bytes()
        for lock in LOCKS
    )


def _run(folder: Path, command: list[str]) -> None:
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        lines = (run.stderr or run.stdout).strip().splitlines()
        raise CheckoutError(f"{' '.join(command[:3])} failed: {lines[-1] if lines else run.returncode}")


def rehearse(root: Path, file: StackFile, verb: str, state: Path, document: Path) -> Rehearsal:
    """Rehearses a stack of a checkout with the checkout's own code.

    The report runs the proofs, not the rehearsal.

    Args:
        root: The checkout.
        file: The stack.
        verb: `up` or `preview`.
        state: The state folder.
        document: Where the document goes.
    """
    command = [str(root / PYTHON), "-m", "rehearsal", verb, "--stack", file.stack, "--json"]
    command += ["--config-file", str(root / file.path), "--state", str(state)]
    if (root / file.cloud).exists():
        command += ["--cloud", str(root / file.cloud)]
    for options in (["--no-proofs"], []):  # the second for a base from before that option
        run = subprocess.run([*command, *options], cwd=root, capture_output=True, text=True, check=False)
        if run.returncode != USAGE:
            break
    document.write_text(run.stdout, encoding="utf-8")
    try:
        report = json.loads(run.stdout)
    except json.JSONDecodeError:
        lines = run.stderr.strip().splitlines()
        return Rehearsal(document, False, (lines[-1] if lines else "the rehearsal printed nothing",))
    return Rehearsal(document, run.returncode == 0, tuple(_errors(report)), dict(report.get("summary") or {}))


def _errors(report: dict[str, Any]) -> Iterator[str]:
    for entry in report.get("diagnostics", ()):
        if entry.get("severity") == "error":
            yield str(entry.get("message", "")).strip()


def rehearse_change(
    root: Path, base: Path | None, file: StackFile, scratch: Path
) -> tuple[Rehearsal | None, Rehearsal]:
    """The base's rehearsal and the change's. None: the base has no such stack, or cannot rehearse it.

    Args:
        root: The checkout of the change.
        base: A checkout of the base commit. None: nothing to compare with.
        file: The stack.
        scratch: Folder for states and documents.
    """
    name = file.label.replace("/", ".")
    state = scratch / f"{name}.state"
    before = None
    if base is not None and (base / file.path).exists():
        before = rehearse(base, file, "up", state, scratch / f"{name}.base.json")
    if before is None or not before.succeeded:
        shutil.rmtree(state, ignore_errors=True)
    return before, rehearse(root, file, "preview", state, scratch / f"{name}.json")
