"""The issue of a drift as text. It has names of resources and properties, never a value."""

from collections.abc import Iterator, Mapping
from typing import Any

LIMIT = 60_000
"""Characters; an issue on GitHub has room for 65,536."""
_NOT_SHOWN = ("same", "read", "refresh")


def marker(stack: str) -> str:
    """The hidden line by which the issue of a stack is found again."""
    return f"<!-- aks-secrets: drift of {stack} -->"


def drift_text(stack: str, digest: Mapping[str, Any]) -> str:
    """Changes that the next `pulumi up` would undo. Empty: nothing differs.

    Args:
        stack: Name of the stack.
        digest: The document of `pulumi preview --refresh --json`.
    """
    rows = sorted(_rows(digest))
    if not rows:
        return ""
    head = [
        marker(stack),
        f"What runs is not what the program of stack `{stack}` describes: {len(rows)} "
        f"{'resource differs' if len(rows) == 1 else 'resources differ'}. It was changed outside Pulumi, "
        "or a release of a provider reads it in another way. The next `pulumi up` would do "
        "this:",
        "",
        "| operation | resource | type | properties |",
        "|---|---|---|---|",
    ]
    text, left = "\n".join(head), len(rows)
    for row in rows:
        if len(text) + len(row) > LIMIT:
            break
        text += f"\n{row}"
        left -= 1
    text += f"\n\n{left} more are left out." if left else ""
    return (
        text
        + "\n\nThis issue is kept up to date by the workflow `drift`, which closes it when nothing differs.\n"
    )


def _rows(digest: Mapping[str, Any]) -> Iterator[str]:
    for step in digest.get("steps") or ():
        operation, urn = str(step.get("op", "")), str(step.get("urn", ""))
        kind, _, name = urn.partition("::")[2].partition("::")[2].rpartition("::")
        kind = kind.rpartition("$")[2]
        if operation in _NOT_SHOWN or kind.startswith("pulumi:providers:") or not name:
            continue
        properties = (
            [*(step.get("detailedDiff") or {})] or step.get("replaceReasons") or step.get("diffReasons") or []
        )
        shown = ", ".join(_code(path) for path in properties[:10])
        more = f" and {len(properties) - 10} more" if len(properties) > 10 else ""
        yield f"| {operation} | {_code(name)} | {_code(kind)} | {shown}{more} |"


def _code(text: str) -> str:
    return "`" + str(text).replace("`", "'").replace("|", "¦") + "`"
