"""The state folder: the engine works in a folder of its own, so that the repository is never written to.

It holds copies of Pulumi.yaml and of the stack file, the file backend, Pulumi's home, the passphrase and the
simulated cloud. The engine writes `encryptionsalt` into the stack file that it works with; in the user's own
file that would break a later `pulumi stack init`. Deliberately not here: what the copies contain
(stack_files.py).
"""

from __future__ import annotations

import fcntl
import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rehearsal.errors import RehearsalError, reporting_os_errors
from rehearsal.stack_files import Step, UserFiles, check_stack_name, read_document, write_copies

MARKER: Final = "rehearsal.txt"
_MARKER_TEXT: Final = (
    "State folder of `python -m rehearsal`. Nothing in it exists in Azure; delete it to start over.\n"
)
_TEMPORARY_COPY: Final = "throw-away"
_START_OVER: Final = (
    "make it usable, delete the state folder to start over, or choose another one with --state"
)


@dataclass
class StateFolder:
    """The state folder of one stack."""

    folder: Path
    stack: str
    project: str = ""
    pending_secrets: dict[tuple[Step, ...], str] = field(default_factory=dict)
    """Stand-ins that the engine has not encrypted yet, by their path in the stack file's `config`."""
    warnings: list[str] = field(default_factory=list)
    """Files that the copy of the stack file lacks and the program may need."""

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def backend(self) -> Path:
        return self.folder / "state"

    @property
    def world(self) -> Path:
        return self.folder / "world"

    @property
    def stack_file(self) -> Path:
        return self.work / f"Pulumi.{self.stack}.yaml"

    @property
    def _checkpoint(self) -> Path:
        return self.backend / ".pulumi" / "stacks" / self.project / f"{self.stack}.json"

    @property
    def is_used(self) -> bool:
        """Whether the backend already holds this stack."""
        return self._checkpoint.is_file()

    @property
    def deployment(self) -> Mapping[str, Any]:
        """The stack's state in the file backend, secrets encrypted.

        `pulumi stack export` prints the same, but takes 0.3 s longer.
        """
        if not self.is_used:
            return {}
        remedy = f"type: python -m rehearsal resume --stack {self.stack}"
        with reporting_os_errors("--state", self._checkpoint, remedy):
            return json.loads(self._checkpoint.read_text(encoding="utf-8"))["checkpoint"].get("latest") or {}

    @property
    def passphrase(self) -> str:
        """The passphrase of this folder, created at the first use and readable by its owner only."""
        path = self.folder / "passphrase"
        with suppress(FileNotFoundError):
            return path.read_text(encoding="utf-8")
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32), encoding="utf-8")
        return path.read_text(encoding="utf-8")

    def copy(self, folder: Path) -> StateFolder:
        """An independent copy."""
        shutil.copytree(
            self.folder,
            folder,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("lock", _TEMPORARY_COPY, "*.sock"),
        )
        return StateFolder(folder, self.stack, self.project)

    @contextmanager
    def temporary_copy(self) -> Iterator[StateFolder]:
        """A copy that exists during the block.

        It lies inside the state folder: /tmp may be small, and the next run removes what a killed one has
        left.
        """
        folder = self.folder / _TEMPORARY_COPY
        try:
            with reporting_os_errors("--state", folder, _START_OVER):
                copied = self.copy(folder)
            yield copied
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def exclusive_lock(folder: Path) -> Iterator[None]:
    """Hold the folder's lock during the block, and remove what a killed run has left there.

    Two rehearsals in one state folder would overwrite each other's cloud. Raises RehearsalError if another
    one holds the lock.
    """
    with reporting_os_errors("--state", folder / "lock", _START_OVER):
        lock = (folder / "lock").open("w")
    with lock:
        with reporting_os_errors("--state", folder / "lock", _START_OVER):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RehearsalError(
                    f"another rehearsal is using {folder}; wait for it, or choose another folder with --state"
                ) from error
        shutil.rmtree(folder / _TEMPORARY_COPY, ignore_errors=True)
        # The engine's own locks are stale: while this lock is held no engine works here.
        shutil.rmtree(folder / "state" / ".pulumi" / "locks", ignore_errors=True)
        yield


@contextmanager
def prepare_exclusively(
    folder: Path, stack: str, program: Path, config_file: Path | None
) -> Iterator[StateFolder]:
    """The prepared folder, locked during the block.

    A folder that another rehearsal has locked stays untouched.
    """
    files = UserFiles.read(stack, program, config_file)
    with exclusive_lock(_claim(folder)):
        yield _prepare(StateFolder(folder, stack), files)


def prepare(folder: Path, stack: str, program: Path, config_file: Path | None) -> StateFolder:
    """The folder, created if it is new, with current copies of the project and stack files."""
    return prepare_from(folder, stack, UserFiles.read(stack, program, config_file))


def prepare_from(folder: Path, stack: str, files: UserFiles) -> StateFolder:
    """The folder, created if it is new, with copies of documents that are read already."""
    return _prepare(StateFolder(_claim(folder), stack), files)


def _prepare(state_folder: StateFolder, files: UserFiles) -> StateFolder:
    with reporting_os_errors("--state", state_folder.folder, _START_OVER):
        state_folder.project = str(files.project.get("name", ""))
        for path in (state_folder.work, state_folder.home, state_folder.backend, state_folder.world):
            path.mkdir(parents=True, exist_ok=True)
        _keep_no_logs(state_folder.home / "logs")
        state_folder.warnings = files.warnings
        state_folder.pending_secrets = write_copies(
            files, state_folder.work / "Pulumi.yaml", state_folder.stack_file
        )
    return state_folder


def _keep_no_logs(logs: Path) -> None:
    """Put a file where the engine would make the folder of its logs: it works without them then.

    Each command would log every message for debugging, encrypted, which takes a third of its time and up to
    500 MB (pulumi/pulumi, pkg/logging/encrypted.go, StartLogging: "automatic logging unavailable").
    """
    if logs.is_dir():  # of an earlier release
        shutil.rmtree(logs)
    logs.write_text("The engine logs nothing in a rehearsal.\n", encoding="utf-8")


def existing(folder: Path, stack: str) -> StateFolder:
    """The state folder as an earlier run has left it, to be read only.

    Raises RehearsalError if it does not hold the stack.
    """
    check_stack_name(stack)
    project_file = folder / "work" / "Pulumi.yaml"
    if not ((folder / MARKER).is_file() and project_file.is_file()):
        raise _nothing_rehearsed(folder, stack, [])
    state_folder = StateFolder(folder, stack, str(read_document(project_file).get("name", "")))
    if not state_folder.is_used:
        checkpoints = state_folder.backend / ".pulumi" / "stacks" / state_folder.project
        raise _nothing_rehearsed(folder, stack, sorted(path.stem for path in checkpoints.glob("*.json")))
    return state_folder


def _nothing_rehearsed(folder: Path, stack: str, known: list[str]) -> RehearsalError:
    holds = f" (it holds {', '.join(known)})" if known else ""
    return RehearsalError(
        (
            f"nothing has been rehearsed for the stack '{stack}' in {folder}{holds}; type: python -m "
            f"rehearsal up --stack {stack}"
        ),
        status=2 if known else 1,
    )


def _claim(folder: Path) -> Path:
    """Create the folder and its marker. Raises RehearsalError for a folder that holds other files."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / MARKER).is_file():
            if any(folder.iterdir()):
                raise RehearsalError(
                    (
                        f"--state: {folder} is not empty and is no state folder of the rehearsal; choose a "
                        "new or empty folder"
                    ),
                    status=2,
                )
            (folder / MARKER).write_text(_MARKER_TEXT, encoding="utf-8")
    except OSError as error:
        raise RehearsalError(
            f"--state: {folder} cannot be used as a folder ({error.strerror}); choose a writable folder",
            status=2,
        ) from error
    return folder
