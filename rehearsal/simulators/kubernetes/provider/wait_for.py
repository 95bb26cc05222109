"""The annotation `pulumi.com/waitFor`: conditions on an object's status.

pulumi-kubernetes, provider/pkg/metadata/overrides.go (ReadyCondition),
await/condition/{kubectl,jsonpath,all}.go, provider/pkg/jsonpath/jsonpath.go. JSONPath (RFC 9535) is simulated
as far as names, indexes, `*` and filters on equality.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings

ANNOTATION: Final = "pulumi.com/waitFor"
_STEP: Final = re.compile(
    r"""\.(?P<name>[A-Za-z_][\w-]*)|\['(?P<quoted>[^']*)'\]|\["(?P<double>[^"]*)"\]"""
    r"""|\[(?P<index>\d+)\]|(?P<all>\.\*|\[\*\])"""
    r"""|\[\?\(?@\.(?P<of>\w+)\s*==\s*(?P<value>'[^']*'|"[^"]*")\)?\]"""
)


class WaitForError(ValueError):
    """An annotation that the provider cannot read, in its words."""


def expressions(manifest: Mapping[str, Any]) -> list[str]:
    """Expressions of the annotation; empty without one, or if `pulumi.com/skipAwait` is set.

    Raises WaitForError.
    """
    annotations = mapping(mapping(manifest.get("metadata")).get("annotations"))
    text = annotations.get(ANNOTATION)
    if not isinstance(text, str) or not text or annotations.get("pulumi.com/skipAwait") == "true":
        return []
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = None
    texts = parsed if isinstance(parsed, list) and all(isinstance(item, str) for item in parsed) else [text]
    if not texts:
        raise WaitForError("at least one condition must be specified")
    for expression in texts:
        if expression.startswith("jsonpath="):
            _parsed(expression)
        elif not expression.startswith("condition="):
            shown = json.dumps(expression, ensure_ascii=False)
            raise WaitForError(f'expected a "jsonpath=" or "condition=" prefix, got {shown}')
    return texts


def is_met(expression: str, live: Mapping[str, Any]) -> bool:
    if expression.startswith("condition="):
        type_, _, status = expression.removeprefix("condition=").partition("=")
        conditions = mappings(mapping(live.get("status")).get("conditions"))
        condition = next((c for c in conditions if str(c.get("type")).lower() == type_.lower()), {})
        return str(condition.get("status")).lower() == (status or "True").lower()
    steps, value = _parsed(expression)
    selected = _selected(live, steps)
    return bool(selected) and (not value or _go(selected[0]) == value)


def _parsed(expression: str) -> tuple[list[re.Match[str]], str]:
    raw = expression.removeprefix("jsonpath=")
    path, *values = (part.replace("\0", "==") for part in raw.replace("==", "\0").split("="))
    if len(values) > 1:
        raise WaitForError(f"format should be {{.path}}=value or {{.path}}, got {json.dumps(raw)}")
    if values and not values[0]:
        raise WaitForError(f"{path}= requires a value")
    if path.startswith("'") and path.endswith("'"):
        raise WaitForError(f"{path} should omit shell quotes")
    inner, closing, _ = path.partition("{")[2].partition("}")
    if not closing:
        raise WaitForError(f"{path} should be wrapped in brackets {{ ... }}")
    steps, rest = list[re.Match[str]](), inner.strip().removeprefix("$")
    while rest:
        step = _STEP.match(rest)
        if step is None:
            raise WaitForError(f"the rehearsal does not understand {rest} in the JSONPath {path}")
        steps.append(step)
        rest = rest[step.end() :]
    return steps, values[0] if values else ""


def _selected(value: Any, steps: list[re.Match[str]]) -> list[Any]:
    nodes = [value]
    for step in steps:
        name = next((step[group] for group in ("name", "quoted", "double") if step[group] is not None), None)
        if name is not None:
            nodes = [node[name] for node in nodes if isinstance(node, Mapping) and name in node]
        elif step["index"] is not None:
            index = int(step["index"])
            nodes = [node[index] for node in nodes if isinstance(node, list) and index < len(node)]
        else:
            items = [
                item
                for node in nodes
                for item in (
                    node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
                )
            ]
            equal_to = step["value"] and step["value"][1:-1]
            nodes = [item for item in items if step["all"] or mapping(item).get(step["of"]) == equal_to]
    return nodes


def _go(value: Any) -> str:
    """A scalar as Go's fmt.Sprint prints it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
