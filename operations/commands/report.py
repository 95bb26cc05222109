"""`report`: what a change does to who reads what, as a comment, a page or a document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.errors import OperationError
from operations.options import REPOSITORY, FolderOption, ProgramOption, StackOption
from operations.report.build import build_report
from operations.report.documents import read_document
from operations.reporting import run_and_exit
from operations.workspace import Cli, Workspace
from trust import Graph, read_state

FromOption = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help="A rehearsal's document, a preview's digest or an exported state (default: the stack's state).",
    ),
]
StateOption = Annotated[
    Path | None,
    typer.Option("--state", metavar="FILE", help="The exported state that the preview of --from began with."),
]
AgainstOption = Annotated[
    Path | None, typer.Option("--against", metavar="FILE", help="The same before the change.")
]
MarkdownOption = Annotated[
    Path | None, typer.Option("--markdown", metavar="FILE", help="Write the comment for a pull request.")
]
HtmlOption = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the page.")]
JsonOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the document (docs/report.schema.json).")
]


def report(
    stack: StackOption,
    source: FromOption = None,
    state: StateOption = None,
    against: AgainstOption = None,
    markdown: MarkdownOption = None,
    html: HtmlOption = None,
    json: JsonOption = None,
    program: ProgramOption = REPOSITORY,
    folder: FolderOption = None,
) -> None:
    """Tell who reads what, and what a change does to it. Without an output file the comment is printed.

    A change comes from a rehearsal or a preview, which know it themselves, or by --against.
    """

    def run() -> bool:
        before = read_document("--against", against, program=program.resolve()) if against else None
        if source:
            after = read_document("--from", source, state, program.resolve())
        else:
            after = _of_stack(Workspace(program.resolve(), Cli((folder or program).resolve(), stack)))
        made = build_report(stack, after, before)
        if markdown or not (html or json):
            from operations.report.markdown import markdown as as_markdown

            _write("--markdown", markdown, as_markdown(made))
        if html:
            from operations.report.page import page

            _write("--html", html, page(made))
        if json:
            _write("--json", json, made.model_dump_json(by_alias=True, indent=2) + "\n")
        return True

    run_and_exit(run)


def _of_stack(workspace: Workspace) -> Graph:
    return read_state(workspace.export())


def _write(option: str, path: Path | None, text: str) -> None:
    if path is None or str(path) == "-":
        print(text, end="")
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OperationError(f"{option}: {path} cannot be written: {error.strerror}") from error
