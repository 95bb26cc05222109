"""A pull request's change in access: rehearses every stack at the base commit and at the change, proves
it, and writes the comment.

    python -m tools.ci.pull_request --base HEAD^1 --out build/comment

It needs no credentials and no cloud. The folder gets `comment.md` and `pages/`, a page with all of it for
each stack; GitHub's summary of the job gets the same in full. The exit status is 1 if a stack cannot be
rehearsed or a proof is broken; the comment is written all the same.
"""

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tools.bootstrap import REPOSITORY
from tools.ci.access_report import ReportError, access_report
from tools.ci.comment_text import MARKER, Section, comment
from tools.ci.rehearsals import CheckoutError, checkout_of, rehearse_change
from tools.ci.stack_files import StackFile, stack_files


def section_of(root: Path, base: Path | None, file: StackFile, scratch: Path, pages: Path) -> Section:
    """Rehearses one stack twice and reports the difference."""
    before, after = rehearse_change(root, base, file, scratch)
    notes: list[str] = []
    problems = list(after.errors) if not after.succeeded else []
    if base is not None and before is None:
        notes.append("The base commit does not have this stack file: all of it is new.")
    elif before is not None and not before.succeeded:
        reason = before.errors[0].splitlines()[0] if before.errors else "no reason was printed"
        notes.append(f"The base commit could not be rehearsed, so there is nothing to compare with: {reason}")
        before = None
    text, broken = "", ()
    if after.succeeded:  # a part of a stack would look as if the rest were taken away
        against = before.document if before else None
        try:
            report = access_report(
                root, file.stack, after.document, against, scratch / file.label.replace("/", ".")
            )
            text, broken = report.markdown, report.broken
            shutil.copy(report.page, pages)
        except ReportError as error:
            problems.append(f"the access report could not be written: {error}")
    if not after.succeeded and not problems:
        problems.append("the rehearsal failed and printed no error")
    return Section(file.label, text, tuple(problems), broken, tuple(notes), after.changes if before else None)


@contextlib.contextmanager
def _base(root: Path, revision: str | None) -> Iterator[tuple[Path | None, str]]:
    """The base's checkout and why there is none."""
    with contextlib.ExitStack() as stack:
        checkout, reason = None, ""
        if revision:
            try:
                checkout = stack.enter_context(checkout_of(root, revision))
            except CheckoutError as error:
                reason = f"There is nothing to compare with: {error}"
        yield checkout, reason


def write_summary(text: str) -> None:
    """Adds the text to the summary of a job on GitHub; elsewhere nothing."""
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as summary:
            summary.write(text.replace(MARKER, "") + "\n")


def main(arguments: list[str] | None = None, root: Path = REPOSITORY) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.ci.pull_request", description="Writes what a change does to who reads what."
    )
    parser.add_argument("--base", metavar="REVISION", help="the commit to compare with; default: none")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder of comment.md")
    parser.add_argument("--stack", metavar="NAME", action="append", default=[], help="only this stack")
    options = parser.parse_args(arguments)
    try:
        files = stack_files(root, options.stack)
    except ValueError as error:
        print(f"pull_request: {error}", file=sys.stderr)
        return 2
    sections: list[Section] = []
    pages = options.out / "pages"
    pages.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        base, reason = stack.enter_context(_base(root, options.base))
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="ci-"))
        rehearse = partial(section_of, root, base, scratch=Path(scratch), pages=pages)
        pool = stack.enter_context(ThreadPoolExecutor(max(1, (os.cpu_count() or 2) // 2)))
        for file, section in zip(files, pool.map(rehearse, files), strict=True):
            sections.append(section)
            changes = "" if section.changes is None else f", {section.changes} changes"
            outcome = "failed" if section.problems else "proofs broken" if section.broken else "rehearsed"
            print(f"{file.label}: {outcome}{changes}", flush=True)
    text = comment(sections)
    if reason:
        text = text.replace("\n\n", f"\n\n_{reason}_\n\n", 1)
    (options.out / "comment.md").write_text(text, encoding="utf-8")
    write_summary(comment(sections, limit=900_000))
    print(f"comment: {options.out / 'comment.md'}")
    return 1 if any(section.fails for section in sections) else 0


if __name__ == "__main__":
    sys.exit(main())
