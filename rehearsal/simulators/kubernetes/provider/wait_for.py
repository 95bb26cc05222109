"""The annotation `pulumi.com/waitFor`: what it asks of an object's status.

pulumi-kubernetes, provider/pkg/metadata/overrides.go (ReadyCondition), await/condition/{kubectl,jsonpath,all}.go,
provider/pkg/jsonpath/jsonpath.go. Of JSONPath (RFC 9535) it knows names, indexes, `*` and filters on equality.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings

ANNOTATION: Final = "pulumi.com/waitFor"
_STEP: Final = re.compile(
    r"""\.(?P<name>[A-Za-z_][\w-]*)|\['(?P<quoted>[^']*)'\]|\["(?P<double>[^"]*)"\]|\[(?P<index>\d+)\]|(?P<all>\.\*|\[\*\])"""
    r"""|\[\?\(?@\.(?P<of>\w+)\s*==\s*(?P<value>'[^']*'|"[^"]*")\)?\]"""
)


class WaitForError(ValueError):
    """The provider's words for an annotation that it cannot read."""


def expressions(manifest: Mapping[str, Any]) -> list[str]:
    """Of the annotation, each checked; empty without one, or if `pulumi.com/skipAwait` says not to wait."""
    annotations = mapping(mapping(manifest.get("metadata")).get("annotations"))
    text = annotations.get(ANNOTATION)
    if not isinstance(text, str) or not text or annotations.get("pulumi.com/skipAwait") == "true":
        return []
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = None
    found = parsed if isinstance(parsed, list) and all(isinstance(one, str) for one in parsed) else [text]
    if not found:
        raise WaitForError("at least one condition must be specified")
    for expression in found:
        if expression.startswith("jsonpath="):
            _parsed(expression)
        elif not expression.startswith("condition="):
            shown = json.dumps(expression, ensure_ascii=False)
            raise WaitForError(f'expected a "jsonpath=" or "condition=" prefix, got {shown}')
    return found


def is_met(expression: str, live: Mapping[str, Any]) -> bool:
    if expression.startswith("condition="):
        wanted, _, status = expression.removeprefix("condition=").partition("=")
        conditions = mappings(mapping(live.get("status")).get("conditions"))
        found = next((one for one in conditions if str(one.get("type")).lower() == wanted.lower()), {})
        return str(found.get("status")).lower() == (status or "True").lower()
    steps, value = _parsed(expression)
    found = _selected(live, steps)
    return bool(found) and (not value or _go(found[0]) == value)


def _parsed(expression: str) -> tuple[list[re.Match[str]], str]:
    raw = expression.removeprefix("jsonpath=")
    path, *values = (part.replace("\0", "==") for part in raw.replace("==", "\0").split("="))
    if len(values) > 1:
        raise WaitForError(f"format should be {{.path}}=value or {{.path}}, got {json.dumps(raw)}")
    if values and not values[0]:
        raise WaitForError(f"{path}= requires a value")
    if path.startswith("'") and path.endswith("'"):
        raise WaitForError(f"{path} should omit shell quotes")
    if (inner := re.search(r"\{\s*(.*?)\s*\}", path)) is None:
        raise WaitForError(f"{path} should be wrapped in brackets {{ ... }}")
    steps, rest = list[re.Match[str]](), inner.group(1).removeprefix("$")
    while rest:
        step = _STEP.match(rest)
        if step is None:
            raise WaitForError(f"the rehearsal does not understand {rest} in the JSONPath {path}")
        steps.append(step)
        rest = rest[step.end() :]
    return steps, values[0] if values else ""


def _selected(value: Any, steps: list[re.Match[str]]) -> list[Any]:
    found = [value]
    for step in steps:
        name = next((step[group] for group in ("name", "quoted", "double") if step[group] is not None), None)
        if name is not None:
            found = [one[name] for one in found if isinstance(one, Mapping) and name in one]
        elif step["index"] is not None:
            index = int(step["index"])
            found = [one[index] for one in found if isinstance(one, list) and index < len(one)]
        else:
            items = [
                item
                for one in found
                for item in (
                    one.values() if isinstance(one, Mapping) else one if isinstance(one, list) else ()
                )
            ]
            wanted = step["value"] and step["value"][1:-1]
            found = [item for item in items if step["all"] or mapping(item).get(step["of"]) == wanted]
    return found


def _go(value: Any) -> str:
    """fmt.Sprint of a scalar."""
    return str(value).lower() if isinstance(value, bool) else str(value)
