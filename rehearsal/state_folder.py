"""The state folder: a folder of its own in which the engine works, so that the repository is never written to.

It holds copies of Pulumi.yaml and of the stack file, the file backend, Pulumi's home, the passphrase and the
simulated cloud. The engine writes `encryptionsalt` into the stack file that it works with; in the user's own file
that would break a later `pulumi stack init`.
"""

from __future__ import annotations

import fcntl
import json
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping, MutableMapping, MutableSequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from rehearsal.errors import RehearsalError, reporting_os_errors

MARKER: Final = "rehearsal.txt"
_MARK: Final = (
    "State folder of `python -m rehearsal`. Nothing in it exists in Azure; delete it to begin anew.\n"
)
STAND_IN: Final = "rehearsal-stand-in-for-"
"""What a secret of the stack file is replaced by: the rehearsal cannot decrypt it, nor should it."""
_NOT_STAGED: Final = ("secretsprovider", "encryptedkey", "encryptionsalt", "environment")
_NOT_STAGED_PROJECT: Final = ("backend", "main", "stackConfigDir", "plugins", "packages", "options")

_THROW_AWAY: Final = "throw-away"
_BEGIN_ANEW: Final = "make it usable, delete the state folder to begin anew, or give another one with --state"

Step = str | int


@dataclass
class StateFolder:
    """The state folder of one stack."""

    folder: Path
    stack: str
    project: str = ""
    pending_secrets: dict[tuple[Step, ...], str] = field(default_factory=dict)
    """Stand-ins that the engine has not encrypted yet, by their path in the stack file's `config`."""

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
        """Whether the engine has ever kept this stack here."""
        return self._checkpoint.is_file()

    @property
    def deployment(self) -> Mapping[str, Any]:
        """The state of the stack as the file backend holds it, secrets encrypted: what `pulumi stack export` prints, 0.3 s sooner."""
        if not self.is_used:
            return {}
        with reporting_os_errors("--state", self._checkpoint, f"delete {self.folder} to begin anew"):
            return json.loads(self._checkpoint.read_text(encoding="utf-8"))["checkpoint"].get("latest") or {}

    @property
    def passphrase(self) -> str:
        path = self.folder / "passphrase"
        with suppress(FileNotFoundError):
            return path.read_text(encoding="utf-8")
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32), encoding="utf-8")
        return path.read_text(encoding="utf-8")

    def copy(self, folder: Path) -> StateFolder:
        """A throw-away copy: what is done there is not done here."""
        shutil.copytree(
            self.folder,
            folder,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("lock", _THROW_AWAY, "*.sock"),
        )
        return StateFolder(folder, self.stack, self.project)

    @contextmanager
    def temporary_copy(self) -> Iterator[StateFolder]:
        """A copy for the time of the block, inside the state folder: /tmp may be small, and what a kill leaves is found again."""
        folder = self.folder / _THROW_AWAY
        try:
            with reporting_os_errors("--state", folder, _BEGIN_ANEW):
                copied = self.copy(folder)
            yield copied
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def exclusive_lock(folder: Path) -> Iterator[None]:
    """Two rehearsals in one state folder would overwrite each other's cloud. What a killed one left there is cleared."""
    with reporting_os_errors("--state", folder / "lock", _BEGIN_ANEW):
        lock = (folder / "lock").open("w")
    with lock:
        with reporting_os_errors("--state", folder / "lock", _BEGIN_ANEW):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RehearsalError(
                    f"another rehearsal is using {folder}; wait for it, or give another folder with --state"
                ) from error
        shutil.rmtree(folder / _THROW_AWAY, ignore_errors=True)
        # The engine's own locks: ours says that no engine is at work here.
        shutil.rmtree(folder / "state" / ".pulumi" / "locks", ignore_errors=True)
        yield


@contextmanager
def prepare_exclusively(
    folder: Path, stack: str, program: Path, config_file: Path | None
) -> Iterator[StateFolder]:
    """The folder set up and held for the time of the block; a folder that another holds is not touched."""
    documents = _documents(stack, program, config_file)
    with exclusive_lock(_claimed(folder)):
        yield _written(StateFolder(folder, stack), *documents)


def prepare(folder: Path, stack: str, program: Path, config_file: Path | None) -> StateFolder:
    """Makes or reuses the folder and brings its copies of the project and stack files up to date."""
    documents = _documents(stack, program, config_file)
    return _written(StateFolder(_claimed(folder), stack), *documents)


def _check_name(stack: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", stack):
        raise RehearsalError(
            f"--stack: '{stack}' is no stack name; use letters, digits, '-', '_' and '.'", status=2
        )


def _documents(stack: str, program: Path, config_file: Path | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The user's project and stack file, before anything is written."""
    _check_name(stack)
    project_document = _read(program / "Pulumi.yaml", "there is no Pulumi project: {path} is missing")
    if config_file:
        return project_document, _read(config_file, "there is no file {path}", option="--config-file")
    source = program / f"Pulumi.{stack}.yaml"
    if not source.exists():
        raise RehearsalError(_missing_stack_file(program, stack, source), status=2)
    return project_document, _read(source, "")


def _written(
    state_folder: StateFolder, project_document: dict[str, Any], stack_document: dict[str, Any]
) -> StateFolder:
    """Brings the folder's copies up to date."""
    with reporting_os_errors("--state", state_folder.folder, _BEGIN_ANEW):
        state_folder.project = str(project_document.get("name", ""))
        for path in (state_folder.work, state_folder.home, state_folder.backend, state_folder.world):
            path.mkdir(parents=True, exist_ok=True)
        for name in _NOT_STAGED_PROJECT:
            project_document.pop(name, None)
        _write(state_folder.work / "Pulumi.yaml", project_document)
        earlier = _read(state_folder.stack_file, "") if state_folder.stack_file.is_file() else {}
        state_folder.pending_secrets = _stage_stack(stack_document, earlier)
        _write(state_folder.stack_file, stack_document)
    return state_folder


def existing(folder: Path, stack: str) -> StateFolder:
    """The stage as an earlier run left it, for reading."""
    _check_name(stack)
    project = folder / "work" / "Pulumi.yaml"
    found = (folder / MARKER).is_file() and project.is_file()
    state_folder = StateFolder(folder, stack, str(_read(project, "").get("name", "")) if found else "")
    if not found or not state_folder.is_used:
        known = (
            sorted(
                path.stem
                for path in (state_folder.backend / ".pulumi" / "stacks" / state_folder.project).glob(
                    "*.json"
                )
            )
            if found
            else []
        )
        holds = f" (it holds {', '.join(known)})" if known else ""
        raise RehearsalError(
            f"nothing has been rehearsed for the stack '{stack}' in {folder}{holds}; type: python -m rehearsal up --stack {stack}",
            status=2 if known else 1,
        )
    return state_folder


def _claimed(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / MARKER).is_file():
            if any(folder.iterdir()):
                raise RehearsalError(
                    f"--state: {folder} is not empty and is no state folder of the rehearsal; give a new or empty folder",
                    status=2,
                )
            (folder / MARKER).write_text(_MARK, encoding="utf-8")
    except OSError as error:
        raise RehearsalError(
            f"--state: {folder} cannot be used as a folder ({error.strerror}); give a folder that can be written to",
            status=2,
        ) from error
    return folder


def _missing_stack_file(program: Path, stack: str, source: Path) -> str:
    known = sorted(path.name[len("Pulumi.") : -len(".yaml")] for path in program.glob("Pulumi.*.yaml"))
    choose = f"choose --stack {' or '.join(known)}" if known else "make one"
    return f"--stack: there is no stack '{stack}': {source} is missing; {choose}, or name a file with --config-file"


def _stage_stack(document: dict[str, Any], earlier: Mapping[str, Any]) -> dict[tuple[Step, ...], str]:
    """Drops what belongs to the user's own encryption; returns the stand-ins that are still to be encrypted."""
    for name in _NOT_STAGED:
        document.pop(name, None)
    if salt := earlier.get("encryptionsalt"):
        document["encryptionsalt"] = salt
    pending: dict[tuple[Step, ...], str] = {}
    config = document.get("config")
    if not isinstance(config, MutableMapping):
        return pending
    for path, holder, step in list(_secure_values(config, ())):
        ciphertext = _at(earlier.get("config"), path) if salt else None
        if _is_secure(ciphertext):
            holder[step] = {"secure": _at(ciphertext, ("secure",))}
        else:
            holder[step] = ""
            pending[path] = STAND_IN + re.sub(r"\W+", "-", "-".join(str(part) for part in path)).strip("-")
    return pending


def _secure_values(node: Any, path: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Any, Step]]:
    items: Any = ()
    if isinstance(node, MutableMapping):
        items = node.items()
    elif isinstance(node, MutableSequence):
        items = enumerate(node)
    for step, value in items:
        # An integer is an index; a key that YAML reads as a number is a name all the same.
        named = step if isinstance(node, MutableSequence) else str(step)
        if _is_secure(value):
            yield (*path, named), node, step
        else:
            yield from _secure_values(value, (*path, named))


def _is_secure(value: Any) -> bool:
    return isinstance(value, Mapping) and list(value) == ["secure"]


def _at(node: Any, path: tuple[Step, ...]) -> Any:
    for step in path:
        try:
            node = (
                {str(name): value for name, value in node.items()}[str(step)]
                if isinstance(node, Mapping)
                else node[step]
            )
        except (KeyError, IndexError, TypeError):
            return None
    return node


def config_path(path: tuple[Step, ...]) -> str:
    """The path as `pulumi config set-all --path` reads it: `ns:key.list[0]["odd name"]`. A path of one step is the key itself."""
    namespace, colon, key = str(path[0]).rpartition(":")
    # io.go, ParseConfigKey: a path begins behind the namespace, at the first dot or bracket.
    is_odd = len(path) > 1 and re.search(r"[.\[]", key)
    text = f"{namespace}{colon}{_quoted(key) if is_odd else key}"
    for step in path[1:]:
        if isinstance(step, int):
            text += f"[{step}]"
        elif re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", step):
            text += f".{step}"
        else:
            text += _quoted(step)
    # io.go, parseKeyValuePair: what is in quotes as a whole may hold an equals sign.
    return f"'{text}'" if "=" in text else text


def _quoted(step: str) -> str:
    # properties_path.go knows one escape, of the quote; a backslash before anything else is itself.
    escaped = step.replace('"', '\\"')
    return f'["{escaped}"]'


def _yaml() -> YAML:
    # Round trip and YAML 1.2, as the engine reads it: with 1.1 a `yes` would come back as `true`.
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 10**6
    return yaml


def _read(path: Path, if_missing: str, *, option: str = "") -> dict[str, Any]:
    """The document of a file. What an `option` names is the command line's fault."""

    def refused(problem: str) -> RehearsalError:
        return RehearsalError(f"{option}: {problem}" if option else problem, status=2 if option else 1)

    try:
        document = _yaml().load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise refused(if_missing.format(path=path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise refused(f"{path} cannot be read: {error}") from error
    except YAMLError as error:
        raise refused(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise refused(f"{path} should hold a mapping, but it holds a {type(document).__name__}")
    return document


def _write(path: Path, document: Mapping[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        _yaml().dump(document, file)
