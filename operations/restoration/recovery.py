"""Recovery of deleted vaults and secrets: by a call, by the next update, or by a person.

Owns: the change of the stack file, checked by a second reading. Deliberately not here: what is deleted.
"""

from __future__ import annotations

import difflib
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from operations.effective_settings import effective_settings
from operations.errors import OperationError
from operations.restoration.deleted import Answers, Deleted
from operations.restoration.stack_file import with_recovery
from stacks.settings import Settings
from stacks.settings.base.project_file import project_name


@dataclass
class Recovery:
    """The steps that bring everything back."""

    file: Path
    stack: str
    secrets: list[Deleted] = field(default_factory=list[Deleted])
    """Secrets that a call brings back."""
    labels: list[str | None] = field(default_factory=list[str | None])
    """Vaults that need the key `recover` at the next update."""
    by_hand: list[str] = field(default_factory=list[str])
    """The steps that only a person can do: vaults that are not of the stack."""
    refreshes: bool = False
    """Whether the update has to read Azure first: the state still has a vault that is gone."""
    keys: list[str] = field(default_factory=list[str])
    """Paths of the keys, to remove them after the update: `vaults[0].recover`."""
    before: str = ""
    after: str = ""

    @property
    def does_something(self) -> bool:
        return bool(self.secrets or self.labels)

    @property
    def diff(self) -> str:
        name = self.file.name
        old, new = self.before.splitlines(), self.after.splitlines()
        return "\n".join(difflib.unified_diff(old, new, name, name, "", "", 0, ""))

    def write(self) -> None:
        if self.before != self.after:
            self.file.write_text(self.after, encoding="utf-8", newline="")

    def take_back(self) -> None:
        """Remove the key, unless the file has changed since."""
        if self.before != self.after and _text(self.file) == self.after:
            self.file.write_text(self.before, encoding="utf-8", newline="")


def recovery_of(settings: Settings, folder: Path, file: Path, stack: str, answers: Answers) -> Recovery:
    """The recovery of what is deleted. Raises OperationError: the stack file cannot be changed."""
    recovery = Recovery(file, stack, answers.secrets)
    recovery.refreshes = any(each.in_state for each in answers.vaults if each.of_stack)
    for each in answers.vaults:
        if each.of_stack:
            recovery.labels.append(each.label)
        else:
            recovery.by_hand.append(
                f"{each.vault} is not of this stack: az keyvault recover --name {each.vault}{each.option}"
            )
    # What the state has lost as well is imported, which the key does; else the update would write over it.
    lost = {each.label for each in answers.secrets if each.of_stack and not each.in_state}
    made = {label for _, label, vault in settings.all_vaults if not vault.existing}
    recovery.labels += [label for label in made if label in lost and label not in recovery.labels]
    paths = {label: path for path, label, _ in settings.all_vaults}
    recovers = {label for _, label, vault in settings.all_vaults if vault.recover}
    recovery.before = recovery.after = _text(file)
    project = project_name(folder) or ""
    for label in recovery.labels:
        if label not in recovers:
            recovery.after = with_recovery(recovery.after, project, label)
        path = "vault" if label is None else f"vaults[{paths[label][1]}]"
        recovery.keys.append(f"{path}.recover")
    _check(recovery, folder)
    return recovery


def _check(recovery: Recovery, folder: Path) -> None:
    """The change sets the keys and nothing else."""
    if recovery.before == recovery.after:
        return
    with tempfile.TemporaryDirectory() as temporary:
        edited = Path(temporary) / recovery.file.name
        edited.write_text(recovery.after, encoding="utf-8", newline="")
        changed = effective_settings(recovery.stack, folder, edited)
    now = {tuple(row.path): row.value for row in changed.rows}
    was = {
        tuple(row.path): row.value for row in effective_settings(recovery.stack, folder, recovery.file).rows
    }
    # A section without keys has a row of its own, until it gets one (Pulumi.yaml: `default: {}`).
    others = {path for path in was.keys() | now.keys() if was.get(path) != now.get(path)}
    others -= {path for path in others if was.get(path) == {} and (*path, "recover") in others}
    if changed.problems or any(path[-1] != "recover" or now.get(path) is not True for path in others):
        raise OperationError(
            f"{recovery.file.name} has a form that cannot be changed here; set recover: true at the vault "
            "yourself"
        )


def _text(file: Path) -> str:
    with file.open(encoding="utf-8", newline="") as opened:
        return opened.read()
