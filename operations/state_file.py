"""A state file that was cut off, in a backend that is a folder.

The CLI replaces the file in one step, but not the file of attributes beside it: a kill between the two leaves
attributes that are no JSON, and the CLI reports `failed to load checkpoint: EOF` although the state is whole
(gocloud.dev, blob/fileblob, setAttrs).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml

from operations.errors import OperationError
from operations.workspace import Cli


def restore_state_file(cli: Cli) -> str:
    """The restored part, as a sentence; empty if nothing had to be restored.

    Raises OperationError if the state is cut off and no whole copy of it is in the backend.
    """
    folder = _backend_folder()
    if folder is None:
        return ""
    project = str(yaml.safe_load((cli.folder / "Pulumi.yaml").read_text(encoding="utf-8")).get("name", ""))
    stack = cli.stack.rpartition("/")[2]
    file = folder / ".pulumi" / "stacks" / project / f"{stack}.json"
    if not file.exists():
        return ""
    attributes = Path(f"{file}.attrs")
    if _is_whole(file):
        if attributes.exists() and not _is_whole(attributes):
            attributes.unlink()
            return f"{attributes} was cut off and is removed; the state beside it is whole"
        return ""
    copies = list(_copies(folder, file, project, stack))
    whole = next((copy for copy in copies if _is_whole(copy)), None)
    if whole is None:
        looked = ", ".join(map(str, copies)) or "no copy"
        raise OperationError(
            f"the state file {file} is cut off, and the backend has no whole copy of it ({looked}); restore "
            "the file from a backup of yours, or delete it and run the command again: it finds what exists"
        )
    file.rename(f"{file}.cut-off")
    attributes.unlink(missing_ok=True)
    shutil.copyfile(whole, file)
    return f"{file} was cut off (kept as {file.name}.cut-off); the state is that of {whole} now"


def _backend_folder() -> Path | None:
    """The folder of a file backend. None: the backend is another one, whose writes are whole."""
    url = urlsplit(os.environ.get("PULUMI_BACKEND_URL") or _logged_in())
    if url.scheme != "file":
        return None
    return Path(unquote(url.netloc + url.path)).expanduser()


def _logged_in() -> str:
    """The backend of `pulumi login`."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        return str(json.loads((home / "credentials.json").read_text(encoding="utf-8")).get("current") or "")
    except (OSError, ValueError):
        return ""


def _copies(folder: Path, file: Path, project: str, stack: str) -> Iterator[Path]:
    """Copies that the backend keeps, the newest first: of the last step, of the last updates."""
    yield from filter(Path.exists, [Path(f"{file}.bak")])
    kept = [
        *(folder / ".pulumi" / "history" / project / stack).glob("*.checkpoint.json"),
        *(folder / ".pulumi" / "backups" / project / stack).glob("*.json"),
    ]
    yield from sorted(kept, key=lambda path: path.stat().st_mtime, reverse=True)


def _is_whole(file: Path) -> bool:
    try:
        return isinstance(json.loads(file.read_bytes()), dict)
    except ValueError:
        return False
