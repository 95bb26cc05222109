"""JavaScript: @azure/identity and @azure/keyvault-secrets, in the program of tools/vault-reader-node."""

from __future__ import annotations

from functools import cache
from typing import Final

from rehearsal.errors import RehearsalError
from tools.node_tools.finder import TOOLS, NodeToolError, NodeToolFinder

PROGRAM: Final = "vault-reader-node"


def name() -> str:
    versions = NodeToolFinder(TOOLS[PROGRAM]).pinned_versions()
    return f"Node.js: {' and '.join(f'{library} {version}' for library, version in versions.items())}"


def command() -> list[str]:
    words = _command()
    if isinstance(words, str):
        raise RehearsalError(words)
    return words


@cache
def _command() -> list[str] | str:
    """The command, or why there is none: an installation that fails is not tried again for each secret."""
    try:
        return NodeToolFinder(TOOLS[PROGRAM]).command()
    except NodeToolError as error:
        return str(error)
