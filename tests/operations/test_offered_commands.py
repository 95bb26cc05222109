"""Each command of the project that a message or a page offers exists, with its options."""

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from operations.cli import app as operations
from rehearsal.cli import app as rehearsal
from stacks.settings.model.settings import Settings
from stacks.settings.validation.model_tree import paths_below
from tests.docs.message_texts import text_of

# The clients of Azure that some commands import bind a socket to learn whether there is IPv6.
pytestmark = pytest.mark.servers

_REPOSITORY = Path(__file__).resolve().parents[2]
_SOURCES = ("stacks", "components", "operations", "rehearsal", "trust", "policy", "tools")
_COMMAND = re.compile(r"python -m (operations|rehearsal) ([a-z-]+)([^`\n;|)]*)")
_OPTION = re.compile(r"(?<=\s)(--[a-z][a-z-]*)")
_CONTINUED = re.compile(r"\\\n\s*")
_FILE_OF_MAKE = re.compile(r"^\s*make ([a-z-]+) .*\bCONFIG=", re.MULTILINE)
_MAKE = re.compile(r"`make ([a-z][a-z-]*)[^`]*`")


def _texts() -> Iterator[tuple[str, str]]:
    for folder in _SOURCES:
        for path in sorted((_REPOSITORY / folder).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            is_offering = "`make " in source or "python -m " in source
            for node in ast.walk(ast.parse(source)) if is_offering else ():
                yield f"{path.relative_to(_REPOSITORY)}:{getattr(node, 'lineno', 0)}", text_of(node)
    for path in (*(_REPOSITORY / "docs").rglob("*.md"), _REPOSITORY / "README.md"):
        text = path.read_text(encoding="utf-8").replace("\nrehearse ", "\npython -m rehearsal ")  # an alias
        yield str(path.relative_to(_REPOSITORY)), _CONTINUED.sub(" ", text)


@cache
def _options(program: str, verb: str) -> frozenset[str] | None:
    """The options of a command. None: the program has no such one."""
    group: Any = typer.main.get_command(operations if program == "operations" else rehearsal)
    if verb not in group.commands:
        return None
    parameters = group.commands[verb].params
    return frozenset(option for each in parameters for option in (*each.opts, *each.secondary_opts))


def _wrong(text: str) -> Iterator[str]:
    for program, verb, rest in _COMMAND.findall(text):
        options = _options(program, verb)
        if options is None:
            yield f"{program} {verb}"
            continue
        used = {*_OPTION.findall(rest)} - options - {"--help"}
        if used and program == "rehearsal":  # it passes on what it does not know
            used -= _options("operations", verb) or set()
        yield from (f"{program} {verb} {option}" for option in sorted(used))


def test_every_offered_command_of_the_project_exists() -> None:
    assert [(where, wrong) for where, text in _texts() for wrong in _wrong(text)] == []


def test_every_offered_target_of_make_exists() -> None:
    makefile = (_REPOSITORY / "Makefile").read_text(encoding="utf-8")
    lines = re.findall(r"^([a-z][a-z -]*):", makefile, re.MULTILINE)
    targets = {name for line in lines for name in line.split()}
    offered = {(where, name) for where, text in _texts() for name in _MAKE.findall(text)}
    assert {(where, name) for where, name in offered if name not in targets} == set()
    assert len(offered) > 20


def test_a_target_of_make_that_is_offered_with_a_file_takes_one() -> None:
    targets = sorted({name for _, text in _texts() for name in _FILE_OF_MAKE.findall(text)})
    assert targets
    for target in targets:
        command = ["make", "--dry-run", "--old-file=setup", target, "CONFIG=a-file.yaml"]
        environment = {"PATH": os.environ["PATH"]}
        shown = subprocess.run(
            command, cwd=_REPOSITORY, env=environment, capture_output=True, text=True, check=True
        )
        assert "a-file.yaml" in shown.stdout, target


_CONFIG_PATH = re.compile(
    r"pulumi config (?:set|rm)(?: --[a-z]+(?: [\w./]+\.yaml| string)?)* '([a-z][\w.\[\]]*)'"
)


def test_every_path_of_an_offered_config_command_is_a_key() -> None:
    """The settings try their own commands; these are of doctor, of the failures and of the pages."""
    # A text that f-strings begin ends in the middle of a path: their sections are checked.
    keys = {path.replace("[]", "") for path in paths_below(Settings)}
    offered = {(where, path) for where, text in _texts() for path in _CONFIG_PATH.findall(text)}
    unknown = {(where, path) for where, path in offered if re.sub(r"\[[0-9]+\]", "", path) not in keys}
    of_guides = {(where, path) for where, path in unknown if where.startswith("docs/guides/")}  # keys to add
    assert unknown - of_guides == set()
    assert len(offered) > 10
