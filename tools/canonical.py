"""Forms of documents that are equal if they mean the same: schemas without descriptions, rehearsals without
random ids.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

RANDOM_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b")
"""A random UUID (version 4). Derived ones (version 5) are part of the comparison."""
PREFIX = "#/$defs/"


def canonical_schema(schema: Mapping[str, Any]) -> Any:
    """A JSON schema with its references resolved, without descriptions and without the names of its
    definitions.
    """
    definitions = schema.get("$defs", {})

    def resolve(node: Any, within: tuple[str, ...]) -> Any:
        match node:
            case {"$ref": str(reference), **rest}:
                name = reference.removeprefix(PREFIX)
                if name in within:
                    return {"$ref": f"{len(within) - within.index(name)} up"}
                target = {key: value for key, value in definitions[name].items() if key != "title"}
                return resolve({**target, **rest}, (*within, name))
            case dict():
                return {
                    key: resolve(value, within)
                    for key, value in sorted(node.items())
                    if not (key == "description" and isinstance(value, str))
                }
            case list():
                return [resolve(item, within) for item in node]
            case _:
                return node

    return resolve({key: value for key, value in schema.items() if key != "$defs"}, ())


def canonical_rehearsals(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Any, Any]:
    """Two rehearsals with their resources and dependencies sorted and without messages. Random ids become
    numbers in order of appearance.
    """
    texts = [json.dumps(_without_messages(document), sort_keys=True) for document in (old, new)]
    common = set(RANDOM_ID.findall(texts[0])) & set(RANDOM_ID.findall(texts[1]))
    first, second = (json.loads(_numbered(text, common)) for text in texts)
    return first, second


def _without_messages(document: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in document.items() if key != "diagnostics"}
    if "resources" in kept:
        # the engine lists both in the order in which things happened to be ready
        resources = [
            {**resource, "dependencies": sorted(resource.get("dependencies", []))}
            for resource in kept["resources"]
        ]
        kept["resources"] = sorted(resources, key=lambda resource: (resource["urn"], resource["op"]))
    return kept


def _numbered(text: str, keep: set[str]) -> str:
    numbers: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        id_ = match[0]
        return id_ if id_ in keep else numbers.setdefault(id_, f"<random id {len(numbers) + 1}>")

    return RANDOM_ID.sub(number, text)


def first_difference(old: Any, new: Any) -> str:
    """Path and values of the first place where two JSON documents differ; empty if they are equal."""
    return next(_differences(old, new, "$"), "")


def _differences(old: Any, new: Any, path: str) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            if key not in new:
                yield f"{path}.{key}: removed, it was {_short(old[key])}"
            elif key not in old:
                yield f"{path}.{key}: added, it is {_short(new[key])}"
            else:
                yield from _differences(old[key], new[key], f"{path}.{key}")
    elif isinstance(old, list) and isinstance(new, list):
        for index, (old_item, new_item) in enumerate(zip(old, new, strict=False)):
            yield from _differences(old_item, new_item, f"{path}[{index}]")
        if len(old) != len(new):
            yield f"{path}: {len(old)} items became {len(new)}"
    elif old != new or type(old) is not type(new):
        yield f"{path}: {_short(old)} became {_short(new)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}…"
