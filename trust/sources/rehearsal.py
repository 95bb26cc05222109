"""The graph of a rehearsal: the document of ``python -m rehearsal preview --stack NAME --json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trust.errors import TrustError
from trust.graph import STACK_TYPE, Graph, Node, name_of, provider_urn
from trust.values import UNKNOWN, cleaned

_COMMAND: Final = "python -m rehearsal preview --stack NAME --json"


def read_rehearsal(document: Any) -> Graph:
    """The graph of a rehearsal that succeeded.

    Raises TrustError: it is another document, or the rehearsal failed.
    """
    rows = document.get("resources") if isinstance(document, Mapping) else None
    if not isinstance(rows, list) or "diagnostics" not in document:
        raise TrustError(f"this is not the document of a rehearsal (make one: {_COMMAND})")
    errors = [entry["message"] for entry in document["diagnostics"] if entry.get("severity") == "error"]
    if errors:
        raise TrustError(f"the rehearsal failed, so its document is not whole: {errors[0]}")
    if not any(row.get("type") == STACK_TYPE for row in rows):
        raise TrustError("the document of the rehearsal holds no stack, so it cannot be judged as a whole")
    nodes = [_node(row) for row in rows]
    return Graph(
        [node for node in nodes if node.op != "delete"],
        "rehearsal",
        deleted=[node for node in nodes if node.op == "delete"],
        outputs=cleaned(document.get("outputs") or {}),
    )


def _node(row: Mapping[str, Any]) -> Node:
    has_outputs = "outputs" in row
    return Node(
        urn=row["urn"],
        type=row["type"],
        name=row.get("name") or name_of(row["urn"]),
        id=cleaned(row.get("id") or "") if has_outputs or row.get("id") else UNKNOWN,
        op=row.get("op", "same"),
        parent=row.get("parent") or "",
        provider=provider_urn(row.get("provider") or ""),
        dependencies=tuple(row.get("dependencies") or ()),
        inputs=cleaned(row.get("inputs") or {}),
        outputs=cleaned(row.get("outputs") or {}),
        outputs_known=has_outputs,
        protect=bool(row.get("protect")),
        external=bool(row.get("external", row.get("op") == "read")),
        diffs=tuple(row.get("diffs") or ()),
        replace_reasons=tuple(row.get("replace_reasons") or ()),
    )
