"""Compares what two commits make: reviewed plans, the schema of the configuration, and the rehearsal of every
shipped stack file.

    python -m tools.compare OLD NEW              all
    python -m tools.compare OLD NEW --only prod  the items whose name contains a word

Both commits are checked out into temporary worktrees that share .venv and .tools. Warnings and other messages
do not count as a difference and are listed at the end. Deliberately not here: what counts as the same
(tools/canonical.py).
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

from tools.bootstrap import REPOSITORY
from tools.canonical import canonical_rehearsals, canonical_schema, first_difference

PLANS = "tests/plans"
SCHEMA = "docs/config.schema.json"
DIFF_LINES = 12


@dataclass(frozen=True)
class Result:
    """The comparison of one item."""

    item: str
    difference: str = ""
    """Empty: both commits make the same."""
    removed_messages: tuple[str, ...] = ()
    added_messages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checkout:
    """A commit in a worktree of its own."""

    folder: Path
    states: Path
    """Folder of its rehearsals' states."""

    def text(self, path: str) -> str:
        """The text of a file; empty if the commit has none."""
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / path).read_text(encoding="utf-8")
        return ""

    def files(self, pattern: str) -> set[str]:
        return {path.relative_to(self.folder).as_posix() for path in self.folder.glob(pattern)}

    def stack_files(self) -> set[str]:
        return self.files("Pulumi.*.yaml") | self.files("examples/*/Pulumi.*.yaml")

    def rehearse(self, stack_file: str) -> dict[str, Any]:
        """The JSON document of a rehearsed ``up`` from an empty state; a failure is a document with its
        output.
        """
        path = self.folder / stack_file
        stack = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
        state = self.states / stack_file.replace("/", "-")
        command = [str(self.folder / ".venv/bin/python"), "-m", "rehearsal", "up", "--json"]
        command += ["--stack", stack, "--state", str(state), "--config-file", str(path)]
        seed = path.with_name("cloud.yaml")
        if seed.exists():
            command += ["--cloud", str(seed)]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        output = done.stdout.replace(str(self.folder), "<checkout>").replace(str(self.states), "<states>")
        try:
            document = json.loads(output)
        except ValueError:
            document = {"output": output, "errors": done.stderr}
        return {**document, "exit status": done.returncode}


@contextlib.contextmanager
def checkout(repository: Path, commit: str) -> Iterator[Checkout]:
    """A worktree of a commit, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="compare-") as scratch:
        folder = Path(scratch, "tree")
        git = ["git", "-C", str(repository), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit], check=True)
        try:
            for shared in (".venv", ".tools"):
                (folder / shared).symlink_to((repository / shared).resolve())
            yield Checkout(folder, Path(scratch, "states"))
        finally:
            subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def compare_plan(path: str, old: Checkout, new: Checkout) -> Result:
    return Result(f"plan {Path(path).stem}", _text_difference(old.text(path), new.text(path)))


def compare_schema(old: Checkout, new: Checkout) -> Result:
    documents = [canonical_schema(json.loads(commit.text(SCHEMA) or "{}")) for commit in (old, new)]
    return Result("schema", first_difference(*documents))


def compare_rehearsal(stack_file: str, old: Checkout, new: Checkout) -> Result:
    with ThreadPoolExecutor(2) as pool:
        documents = list(pool.map(lambda commit: commit.rehearse(stack_file), (old, new)))
    messages = [_messages(document) for document in documents]
    return Result(
        f"rehearsal {stack_file}",
        first_difference(*canonical_rehearsals(*documents)),
        tuple(message for message in messages[0] if message not in messages[1]),
        tuple(message for message in messages[1] if message not in messages[0]),
    )


def _messages(document: dict[str, Any]) -> list[str]:
    diagnostics = document.get("diagnostics", [])
    return [f"{diagnostic['severity']}: {diagnostic['message']}" for diagnostic in diagnostics]


def _text_difference(old: str, new: str) -> str:
    lines = list(unified_diff(old.splitlines(), new.splitlines(), "old", "new", lineterm="", n=1))
    return "\n".join(lines[:DIFF_LINES])


def results(old: Checkout, new: Checkout, only: str = "") -> Iterator[Result]:
    """The comparison of each item whose name contains a word, as it is ready."""
    for path in sorted(old.files(f"{PLANS}/*.txt") | new.files(f"{PLANS}/*.txt")):
        if only in f"plan {path}":
            yield compare_plan(path, old, new)
    if only in "schema":
        yield compare_schema(old, new)
    for stack_file in sorted(old.stack_files() | new.stack_files()):
        if only in f"rehearsal {stack_file}":
            yield compare_rehearsal(stack_file, old, new)


def main(arguments: list[str] | None = None, repository: Path = REPOSITORY) -> int:
    """The exit status: 0 if nothing differs but messages."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.compare", description="Compares what two commits make."
    )
    parser.add_argument("old", help="a commit")
    parser.add_argument("new", help="a later commit")
    parser.add_argument("--only", default="", metavar="WORD", help="compare the items whose name contains it")
    options = parser.parse_args(arguments)
    compared: list[Result] = []
    try:
        with checkout(repository, options.old) as old, checkout(repository, options.new) as new:
            for result in results(old, new, options.only):
                print(f"{'differs' if result.difference else 'identical':<9}  {result.item}", flush=True)
                if result.difference:
                    print("\n".join(f"    {line}" for line in result.difference.splitlines()), flush=True)
                compared.append(result)
    except subprocess.CalledProcessError as error:
        print(f"compare: {' '.join(error.cmd)} failed; its reason stands above", file=sys.stderr)
        return 2
    for sign, messages in (
        ("-", {message for result in compared for message in result.removed_messages}),
        ("+", {message for result in compared for message in result.added_messages}),
    ):
        for message in sorted(messages):
            print(f"{sign} {message}")
    different = [result for result in compared if result.difference]
    print(f"compare: {len(compared) - len(different)} of {len(compared)} items are identical")
    return 1 if different or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
