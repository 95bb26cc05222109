"""The stack as the Pulumi CLI has it: its preview as a plan, its state as a document.

Owns: every run of the CLI on the user's own stack. The environment decides on backend, passphrase and
providers, as for `pulumi up`. The program runs inline, so that no language host is needed. Deliberately not
here: what the documents mean (adoption/).
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from pulumi.automation import EngineEvent, LocalWorkspace, PulumiCommand, Stack
from pulumi.automation.errors import CommandError
from pulumi_azure_native import authorization

from operations.errors import OperationError

Document = dict[str, Any]
_COLORS: Final = re.compile(r"<\{%.*?%\}>|\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Preview:
    """The plan of a preview."""

    resources: Mapping[str, Any]
    """URN → the engine's plan for the resource: its goal, with checked inputs, and its steps. Secrets are
    encrypted with the stack's own key."""
    subscription: str
    """Id of the subscription that azure-native uses."""


@dataclass(frozen=True)
class Cli:
    """The CLI in the folder of a project, on one of its stacks."""

    folder: Path
    """Folder of Pulumi.yaml and of the stack file."""
    stack: str
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, document: Document | None = None, timeout: float | None = None) -> str:
        """The output of a command that reads `document`. Raises OperationError with the CLI's own message, or
        if it takes longer than `timeout` seconds.
        """
        return self.run_without_stack(*arguments, "--stack", self.stack, document=document, timeout=timeout)

    def run_without_stack(
        self, *arguments: str, document: Document | None = None, timeout: float | None = None
    ) -> str:
        """As `run`, for a command that is about no stack."""
        # Standard input, not a file: secrets that the CLI has not encrypted yet never touch a disk.
        try:
            done = subprocess.run(
                [_on_path(), "--non-interactive", *arguments],
                cwd=self.folder,
                env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true", **self.environment},
                input=json.dumps(document) if document else "",
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise OperationError(f"pulumi {' '.join(arguments[:2])}: no answer in {timeout} s") from error
        if done.returncode:
            message = " ".join((done.stderr or done.stdout).split()).removeprefix("error: ")
            raise OperationError(f"pulumi {' '.join(arguments[:2])}: {message}")
        return done.stdout


@dataclass(frozen=True)
class Workspace:
    """One stack of a program."""

    program: Path
    """Folder of `__main__.py`."""
    cli: Cli

    def export(self) -> Document:
        """The state, secrets encrypted."""
        return json.loads(self.cli.run("stack", "export"))

    def replace_state(self, before: Document, after: Document) -> None:
        """Write the state. Raises OperationError if another operation has changed it since `before`."""
        if self.export() != before:
            raise OperationError(
                f"the state of the stack '{self.cli.stack}' has changed meanwhile, so nothing was written; "
                "run the command again"
            )
        self.cli.run("stack", "import", document=after)

    def preview(self) -> Preview:
        """The preview of the program. Raises OperationError if it fails, with the errors that it reports."""
        errors: list[str] = []

        def collect(event: EngineEvent) -> None:
            diagnostic = event.diagnostic_event
            if diagnostic and str(diagnostic.severity) == "error" and not diagnostic.ephemeral:
                errors.append(" ".join(_COLORS.sub("", diagnostic.message).split()))

        stack, subscriptions = self._opened
        with tempfile.TemporaryDirectory() as folder:
            plan = Path(folder) / "plan.json"
            try:
                stack.preview(
                    plan=str(plan), color="never", on_event=collect, on_error=_ignore, on_output=_ignore
                )
            except CommandError as error:
                text = "; ".join(dict.fromkeys(errors)) or _message_of(error)
                raise OperationError(
                    f"the preview of the stack '{self.cli.stack}' fails, so what it would create is unknown: "
                    f"{text}"
                ) from error
            resources = json.loads(plan.read_text(encoding="utf-8"))["resourcePlans"]
        return Preview(resources or {}, subscriptions[0] if subscriptions else "")

    @cached_property
    def _opened(self) -> tuple[Stack, list[str]]:
        """The stack, opened once for all previews, and the subscription of each run of its program."""
        subscriptions: list[str] = []
        workspace = LocalWorkspace(
            work_dir=str(self.cli.folder),
            program=_inline(self.program, subscriptions),
            pulumi_command=_command(),
            env_vars={"PULUMI_SKIP_UPDATE_CHECK": "true"},
        )
        try:
            return Stack.select(self.cli.stack, workspace), subscriptions
        except CommandError as error:
            raise OperationError(f"--stack: {_message_of(error)}") from error


def _inline(program: Path, subscriptions: list[str]) -> Callable[[], None]:
    def run() -> None:
        # The id of every resource contains it; the program reads it the same way.
        subscriptions.append(authorization.get_client_config().subscription_id)
        sys.path.insert(0, str(program))
        try:
            runpy.run_path(str(program / "__main__.py"), run_name="__main__")
        finally:
            sys.path.remove(str(program))

    return run


def _on_path() -> str:
    if program := shutil.which("pulumi"):
        return program
    raise OperationError("the Pulumi CLI is not on PATH; install it (https://www.pulumi.com/docs/install)")


@cache
def _command() -> PulumiCommand:
    """The CLI for Automation API, which prints its version first: as long as a short command takes."""
    _on_path()
    return PulumiCommand()


def _ignore(_line: str) -> None:
    """Show nothing: the command shows its own table."""


def _message_of(error: CommandError) -> str:
    """The CLI's standard error in one line, without the text that Automation API puts around it."""
    text = str(error)
    if "stderr:" in text:
        text = text.split("stderr:", 1)[1]
    return " ".join(text.split()).removeprefix("error: ")
