"""The graph of a preview: the digest of ``pulumi preview --json --show-sames --show-reads``.

A digest without the unchanged resources is merged over the exported state, or refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from trust.errors import TrustError
from trust.graph import Graph, Node, name_of, provider_urn
from trust.sources.state import state_node, state_rows
from trust.values import UNKNOWN, cleaned

_COMMAND: Final = "pulumi preview --json --show-sames --show-reads --stack NAME"
_GONE: Final = (
    "delete",
    "delete-replaced",
    "discard",
    "discard-replaced",
    "read-discard",
    "remove-pending-replace",
)
_REPLACED: Final = ("create-replacement", "replace", "read-replacement", "import-replacement")
_HIDDEN: Final = ("same", "read")
"""Operations whose steps a digest leaves out unless --show-sames and --show-reads are given."""


def read_preview(digest: Any, state: Any = None) -> Graph:
    """The graph that the previewed update would leave.

    Args:
        digest: The parsed digest.
        state: The parsed export of the state that the preview began with. Needed for a digest that leaves
            out the unchanged resources.

    Raises:
        TrustError: it is another document, the preview failed, or resources are missing.
    """
    steps, summary = _parts(digest)
    steps = _settled(steps)
    nodes: dict[str, Node] = {}
    deleted: dict[str, Node] = {}
    counts = dict.fromkeys(_HIDDEN, 0)
    for step in steps:
        if step["op"] in counts:
            counts[step["op"]] += 1
        node = _node(step)
        # A replacement may have several steps, in which its new state is in any but the deletion.
        if step["op"] not in _GONE:
            nodes[node.urn] = node
        else:
            deleted[node.urn] = node
    missing = sum(max(0, int(summary.get(op, 0)) - counts[op]) for op in _HIDDEN)
    if missing:
        unchanged = _unchanged(state, {*nodes, *deleted}, missing)
        nodes = {**{node.urn: node for node in unchanged}, **nodes}
    return Graph(
        nodes.values(),
        "preview",
        deleted=[node for urn, node in deleted.items() if urn not in nodes],
        waivers=_waivers(digest.get("config") or {}),
    )


def _waivers(config: Mapping[str, Any]) -> Any:
    """The waivers in the config of the stack, which a digest holds and not its outputs."""
    written = next((value for key, value in config.items() if key.endswith(":waivers")), None)
    try:
        return json.loads(written) if isinstance(written, str) else written
    except ValueError:
        return None


def _settled(steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The steps, of which a refresh is none: what it finds either stays so or has another step.

    `pulumi preview --refresh` refreshes each resource first.
    """
    others = [step for step in steps if step["op"] != "refresh"]
    known = {step["urn"] for step in others}
    refreshed = [step for step in steps if step["op"] == "refresh" and step["urn"] not in known]
    return [*({**step, "op": "same"} for step in refreshed if step.get("newState")), *others]


def _parts(digest: Any) -> tuple[list[Mapping[str, Any]], Mapping[str, Any]]:
    if not isinstance(digest, Mapping) or not ("steps" in digest or "changeSummary" in digest):
        raise TrustError(f"this is not the digest of a preview (make one: {_COMMAND})")
    errors = [
        str(entry.get("message", "")).strip()
        for entry in digest.get("diagnostics") or ()
        if entry.get("severity") == "error"
    ]
    if errors:
        raise TrustError(f"the preview failed, so its digest is not whole: {errors[0]}")
    summary, steps = digest.get("changeSummary"), digest.get("steps") or []
    if not isinstance(summary, Mapping) or not isinstance(steps, list):
        raise TrustError(f"the digest of the preview does not say what it leaves out (make one: {_COMMAND})")
    if not all(isinstance(step, Mapping) and "op" in step and "urn" in step for step in steps):
        raise TrustError(f"the steps of this digest are not those of a preview (make one: {_COMMAND})")
    return steps, summary


def _unchanged(state: Any, known: set[str], missing: int) -> Iterable[Node]:
    """The resources that the digest leaves out, from the exported state."""
    if state is None:
        raise TrustError(
            f"the digest leaves out {missing} unchanged resources, so it cannot be judged as a whole; give"
            f" the exported state too, or show them ({_COMMAND})"
        )
    unchanged = [state_node(row) for row in state_rows(state) if row["urn"] not in known]
    # The engine does not report its default providers.
    counted = [node for node in unchanged if not _is_default_provider(node)]
    if len(counted) != missing:
        raise TrustError(
            f"the digest leaves out {missing} unchanged resources, and the exported state has {len(counted)}"
            " besides those of the digest, so the preview did not begin with this state (pulumi stack export,"
            " directly before the preview)"
        )
    return unchanged


def _is_default_provider(node: Node) -> bool:
    return node.type.startswith("pulumi:providers:") and node.name.startswith("default")


def _node(step: Mapping[str, Any]) -> Node:
    old, new = step.get("oldState") or {}, step.get("newState") or {}
    op = step["op"]
    row = {**(new or old), "urn": step["urn"]}
    if not row.get("custom"):  # a component's outputs are those of before: the digest has no others
        row["outputs"] = new.get("outputs") or old.get("outputs")
    row.setdefault("type", step["urn"].split("::")[2].rsplit("$", 1)[-1])
    is_made = op == "create" or op in _REPLACED
    is_custom = bool(row.get("custom"))
    detailed = step.get("detailedDiff") or {}
    node = replace(
        state_node(row),
        op="replace" if op in _REPLACED else "read" if row.get("external") else op,
        provider=provider_urn(step.get("provider") or row.get("provider") or ""),
        name=name_of(step["urn"]),
        diffs=tuple(detailed or step.get("diffReasons") or ()),
        replace_reasons=tuple(
            step.get("replaceReasons")
            or [path for path, diff in detailed.items() if str(diff.get("kind", "")).endswith("-replace")]
        ),
    )
    if op in _GONE:
        return node
    if not is_custom:
        return replace(node, outputs_known=op == "same" or bool(node.outputs))
    outputs = cleaned(new.get("outputs") or {})
    if is_made:
        return replace(
            node,
            id=cleaned(new.get("id") or "") or UNKNOWN,
            outputs=outputs,
            outputs_known=False,
            replaced_inputs=cleaned(old.get("inputs") or {}),
        )
    before = cleaned(old.get("outputs") or {})
    kept = before if op in ("same", "read") else after(cleaned(old.get("inputs") or {}), before, node.inputs)
    return replace(
        node,
        id=cleaned(new.get("id") or old.get("id") or "") or UNKNOWN,
        outputs=outputs or kept,
        outputs_known=bool(outputs or kept or op == "same"),
    )


def after(old_inputs: Any, old_output: Any, new_inputs: Any) -> Any:
    """An output after the update: the value of a changed input is the new one.

    A preview of an update tells no outputs; those that are no inputs, like ids, stay as they are.
    """
    if isinstance(old_output, Mapping) and isinstance(new_inputs, Mapping):
        before = old_inputs if isinstance(old_inputs, Mapping) else {}
        kept = {
            key: after(before.get(key), item, new_inputs[key]) if key in new_inputs else item
            for key, item in old_output.items()
            if key in new_inputs or key not in before
        }
        return {**{key: item for key, item in new_inputs.items() if key not in kept}, **kept}
    return old_output if old_inputs == new_inputs else new_inputs
