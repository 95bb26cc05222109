"""State folders with which several tests begin, each made once in a session and copied for every test that
begins with it.

The workers of pytest-xdist share them: the first one that needs a folder makes it, and another that needs the
same one waits.
"""

import fcntl
import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rehearsal import operations, state_folder
from rehearsal.engine import EngineCommand
from rehearsal.stack_files import read_document
from tests.rehearsal.key_server import new_key

_PASSPHRASE = "passphrase"
# Files that no operation of the engine reads.
_NOT_COPIED = shutil.ignore_patterns("lock", "locks", "logs", "history", "*.bak", "*.attrs", "*.sock")


class Starts:
    """The folders of one session."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def initialise(self, state: Path, stack: str, program: Path, engine: EngineCommand) -> None:
        """Put an empty stack into a state folder, as `pulumi stack init` leaves it.

        All empty stacks have one passphrase, so that several fit into one folder. A folder with another
        passphrase stays as it is.
        """
        passphrase = self._passphrase()
        used = state / _PASSPHRASE
        if used.is_file() and used.read_text(encoding="utf-8") != passphrase:
            return
        project = read_document(program / "Pulumi.yaml")["name"]
        with self.kept(f"initialised {project} {stack}") as kept:
            if not kept.is_dir():
                self._make_empty_stack(kept.with_suffix(".made"), stack, program, engine).rename(kept)
        copy_state(kept, state)

    def _make_empty_stack(self, folder: Path, stack: str, program: Path, engine: EngineCommand) -> Path:
        stack_file = folder.with_suffix(".yaml")
        stack_file.write_text("config: {}\n", encoding="utf-8")
        here = state_folder.prepare(folder, stack, program, stack_file)
        (folder / _PASSPHRASE).write_text(self._passphrase(), encoding="utf-8")
        operations.open_stack_in(engine, here, operations.RehearsalOptions(program=program))
        key = new_key()
        lines = ["config: {}", *(f"{name}: {value}" for name, value in key.items())]
        here.stack_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        # The state names its key too: the first update would derive that of the passphrase to read it.
        (file,) = (folder / "state" / ".pulumi" / "stacks").rglob("*.json")
        document = json.loads(file.read_text(encoding="utf-8"))
        named = {"url": key["secretsprovider"], "encryptedkey": key["encryptedkey"]}
        document["checkpoint"]["latest"]["secrets_providers"] = {"type": "cloud", "state": named}
        file.write_text(json.dumps(document), encoding="utf-8")
        return folder

    def _passphrase(self) -> str:
        with self.kept(_PASSPHRASE) as file:
            if not file.is_file():
                file.write_text(secrets.token_urlsafe(32), encoding="utf-8")
            return file.read_text(encoding="utf-8")

    @contextmanager
    def kept(self, name: str) -> Iterator[Path]:
        """The path of this name; no other worker uses it during the block."""
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self._folder / name


def copy_state(source: Path, target: Path) -> None:
    """Copy a state folder, over what the target holds."""
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=_NOT_COPIED)


def fingerprint(state: Path, *more: str) -> str:
    """Digest of what an operation begins with: each stack of the folder, the simulated cloud, and what the
    caller adds.
    """
    digest = hashlib.sha256()
    for text in more:
        digest.update(f"{len(text)} {text}\n".encode())
    for file in sorted([*(state / "state/.pulumi/stacks").rglob("*.json"), *(state / "world").glob("*")]):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(state)} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:32]
