"""Hints that a rehearsal adds to a failure: its cloud holds what --cloud lists and what earlier updates made.

The program's own messages say how to look in Azure, which is right for `pulumi up` and leads nowhere here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from rehearsal.operations import Outcome
from rehearsal.simulators.storage import FILE

_MISSING: Final = re.compile(
    r'\bthere is no \w[\w ]* \'|\bCode="\w*NotFound"|\bno matches for kind|^namespaces ".*" not found'
)
"""Words of the program, ARM and the API server about something that does not exist."""
_EXISTS: Final = re.compile(
    r"already exist(?!s in deleted state)|re-use a name that is still in use"
    r"|another operation \(install/upgrade/rollback\)"
)
"""Words of azure-native, Kubernetes and Helm about something that exists and is not in the state."""
_MOST: Final = 12
"""Resources that a hint lists at most."""
_PAGE: Final = "docs/rehearsal.md#what-exists-before---cloud"


def hint(outcome: Outcome, world: Path, stack: str = "dev") -> str | None:
    """The remedy for a missing resource, or for one that exists and is not in the state of the stack.

    `world` is the folder of the simulated cloud. None: the operation succeeded, or failed for another reason.
    """
    messages = [entry["message"] for entry in outcome.report.diagnostics if entry["severity"] == "error"]
    if outcome.succeeded:
        return None
    if any(_EXISTS.search(message) for message in messages):
        return (
            "an earlier update that died may have made what exists; to take it into the state, type: python "
            f"-m rehearsal resume --stack {stack}"
        )
    if not any(_MISSING.search(message) for message in messages):
        return None
    names = sorted(_names(world))
    listed = ", ".join(names[:_MOST]) + (f" and {len(names) - _MOST} more" if len(names) > _MOST else "")
    return (
        "a rehearsal knows only what --cloud FILE lists, and az asks the real Azure; this cloud holds"
        f" {listed or 'nothing'}; list what is missing ({_PAGE})"
    )


def _names(world: Path) -> Iterator[str]:
    """`vault kv-shared`, `cluster aks-shared`, `release external-secrets in aks-shared`."""
    document: Mapping[str, Any] = {}
    with suppress(FileNotFoundError):
        document = json.loads((world / FILE).read_text(encoding="utf-8"))
    for resource in document.get("azure", ()):
        kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", resource["token"].rsplit(":", 1)[1]).lower()
        yield f"{kind} {resource['id'].rsplit('/', 1)[1]}"
    for cluster, objects in document.get("kubernetes", {}).items():
        for manifest in objects.values():
            if manifest["kind"] == "Release":
                yield f"release {manifest['metadata']['name']} in {cluster.rsplit('/', 1)[1]}"
