"""Names that messages contain: a vault, a secret, a ServiceAccount, the client id of the caller.

Only what has the form of a name is taken, so that nothing else of a message is repeated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


DNS: Final = r"[a-z0-9][a-z0-9.-]{0,62}"
"""The name of an object or a namespace of Kubernetes, long enough for what a message has to name."""
GUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_VAULT: Final = r"[0-9A-Za-z][0-9A-Za-z-]{1,22}[0-9A-Za-z]"
_OBJECT: Final = r"[0-9A-Za-z-]{1,127}"
_NAMES: Final[Mapping[str, tuple[re.Pattern[str], ...]]] = {
    name: tuple(map(_compiled, patterns))
    for name, patterns in {
        "vault": (
            rf"(?<![\w-])({_VAULT})\.(?:vault|privatelink\.vaultcore)\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)",
            rf"(?i:providers/microsoft\.keyvault/vaults)/({_VAULT})(?![\w-])",
            rf"\bVault: ({_VAULT});location=",
            rf"\bkey vault '({_VAULT});location=",
        ),
        "secret": (
            rf"\bobjectName: ?({_OBJECT})(?![\w-])",
            rf"(?:/vaults/{_VAULT}|\.(?:net|cn))/secrets/({_OBJECT})(?![\w-])",
            rf"\bA (?:secret|key|certificate) with \(name/id\) ({_OBJECT})(?![\w-])",
            rf"\bSecret ({_OBJECT}) is currently in a deleted",
        ),
        "subject": (rf"(?<![\w:])(system:serviceaccount:{DNS}:{DNS})",),
        "namespace": (rf"(?<![\w:])system:serviceaccount:({DNS}):{DNS}",),
        "service_account": (rf"(?<![\w:])system:serviceaccount:{DNS}:({DNS})",),
        "issuer": (r"\bassertion issuer '(https?://[\w./~:%-]{1,200})'",),
        "client_id": (
            rf"\bappid=({GUID})",
            rf"\bApplication with identifier '({GUID})'",
            rf"\bapplication '({GUID})'",
        ),
        "object_id": (rf"\boid=({GUID})", rf"\bobject id '({GUID})'", rf"\b[Pp]rincipal ({GUID})"),
        "tenant": (rf"\bin the directory '({GUID})'", rf"\bTenant '({GUID})'"),
    }.items()
}


def names_in(text: str) -> dict[str, str]:
    """The names in a message, by kind; of several of one kind the first."""
    names: dict[str, str] = {}
    for name, patterns in _NAMES.items():
        for pattern in patterns:
            if match := pattern.search(text):
                names[name] = match[1].rstrip(".-")
                break
    return names
