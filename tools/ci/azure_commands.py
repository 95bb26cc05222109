"""Commands of the Azure CLI: shown as a script, or run, with values of earlier commands in later ones."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass


class AzureError(Exception):
    """A command failed; the text is its last line."""


@dataclass(frozen=True)
class Command:
    """One command. `$NAME` in an argument is the output of the command whose `saves` is NAME."""

    arguments: tuple[str, ...]
    why: str = ""
    saves: str = ""
    unless: tuple[str, ...] = ()
    """A command that succeeds if there is nothing to do: for what `az` cannot create twice."""

    def script(self) -> str:
        """The command for a shell."""
        line = _line(self.arguments)
        if self.saves:
            line = f'{self.saves}="$({line})"'
        if self.unless:
            line = f"{_line(self.unless)} >/dev/null 2>&1 ||\n    {line}"
        return f"# {self.why}\n{line}" if self.why else line


def _line(arguments: Iterable[str]) -> str:
    """`az` with its arguments; those with a value of another command in double quotes."""
    words = [
        '"' + re.sub(r'(["`\\])', r"\\\1", word) + '"' if re.search(r"\$[A-Z]", word) else shlex.quote(word)
        for word in arguments
    ]
    return " ".join(["az", *words])


def as_script(commands: Iterable[Command]) -> str:
    """The commands of `run_all`, as a script that does the same."""
    return "\n".join(["set -euo pipefail", *(command.script() for command in commands)]) + "\n"


def run_all(commands: Iterable[Command]) -> dict[str, str]:
    """Runs the commands in order and returns the saved values.

    Raises:
        AzureError: one failed; those after it were not run. The whole can be run again.
    """
    values: dict[str, str] = {}
    for command in commands:
        if command.why:
            print(command.why, file=sys.stderr, flush=True)
        if command.unless and _run(command.unless, values).returncode == 0:
            continue
        done = _run(command.arguments, values)
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines()
            reason = lines[-1] if lines else f"ended with {done.returncode}"
            raise AzureError(f"az {' '.join(command.arguments[:3])}: {reason}")
        if command.saves:
            values[command.saves] = done.stdout.strip()
    return values


def _run(arguments: tuple[str, ...], values: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    words = [re.sub(r"\$([A-Z_]+)", lambda match: values[match[1]], word) for word in arguments]
    try:
        return subprocess.run(["az", *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise AzureError("there is no Azure CLI; install it (https://aka.ms/install-azure-cli)") from None


def body(document: object) -> str:
    return json.dumps(document, separators=(",", ":"))
