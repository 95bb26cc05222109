"""The change of a stack file that rotates a secret: one key, and everything else as it is, comments too.

Owns: where the key goes in the text. A secret that only the base file has is named in the stack file, which
is merged over it by the names. Deliberately not here: whether the change means what it should (`change.py`
reads the settings again).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from operations.errors import OperationError

KEY: Final = "rotated"


@dataclass(frozen=True)
class Target:
    """An entry to rotate."""

    workload: str
    secret: str
    vault: str = ""


def with_rotation(text: str, project: str, target: Target, moment: str) -> str:
    """The text with `rotated: "<moment>"` at the entry. Raises OperationError: its form allows no change."""
    root = _composed(text)
    config = _value(root, "config")
    if not isinstance(config, MappingNode):
        raise OperationError("the stack file has no section config")
    written = f'{KEY}: "{moment}"'
    for name in (f"{project}:workloads", "workloads"):
        workloads = _value(config, name)
        if workloads is not None:
            return _in_workloads(text, workloads, target, written)
    indent = config.value[0][0].start_mark.column if config.value else 2
    lines = [f"{project}:workloads:", *(f"  {line}" for line in _workload(target, written))]
    if config.flow_style or not config.value:
        raise OperationError("the section config of the stack file is in one line; write each key in a line")
    return _insert_line(text, config.value[0][0].start_mark.index, indent, lines)


def _in_workloads(text: str, workloads: Node, target: Target, written: str) -> str:
    item = _named(workloads, target.workload)
    if item is None:
        return _first_item(text, workloads, _workload(target, written))
    secrets = _value(item, "secrets")
    if secrets is None:
        if item.flow_style:
            return _before_end(text, item, f"secrets: [{{{_secret(target, written)}}}]")
        first = item.value[0][0].start_mark
        lines = ["secrets:", f"  - {{{_secret(target, written)}}}"]
        return _insert_line(text, first.index, first.column, lines, continues_item=True)
    entry = _named(secrets, target.secret, target.vault)
    if entry is None:
        return _first_item(text, secrets, [f"- {{{_secret(target, written)}}}"])
    return _in_entry(text, entry, written)


def _in_entry(text: str, entry: MappingNode, written: str) -> str:
    if (current := _value(entry, KEY)) is not None:
        value = written.partition(": ")[2]
        return text[: current.start_mark.index] + value + text[current.end_mark.index :]
    if entry.flow_style:
        return _before_end(text, entry, written)
    first = entry.value[0][0].start_mark
    # Behind the key `from`, or the first one, whose value is a word in the same line.
    key = next((pair for pair in entry.value if pair[0].value == "from"), entry.value[0])
    end = text.find("\n", key[1].end_mark.index)
    end = len(text) if end < 0 else end
    return f"{text[:end]}\n{' ' * first.column}{written}{text[end:]}"


def _workload(target: Target, written: str) -> list[str]:
    return [f"- name: {target.workload}", "  secrets:", f"    - {{{_secret(target, written)}}}"]


def _secret(target: Target, written: str) -> str:
    vault = f", vault: {target.vault}" if target.vault else ""
    return f"name: {target.secret}{vault}, {written}"


def _first_item(text: str, sequence: Node, lines: list[str]) -> str:
    if not isinstance(sequence, SequenceNode) or sequence.flow_style or not sequence.value:
        raise OperationError(
            "the list of the stack file is in one line; write each item in a line of its own"
        )
    return _insert_line(text, sequence.start_mark.index, sequence.start_mark.column, lines)


def _insert_line(
    text: str, index: int, column: int, lines: list[str], *, continues_item: bool = False
) -> str:
    """Lines before the one at the index. `continues_item`: the index is behind the dash of an item, and the
    lines come behind its line.
    """
    block = "".join(f"{' ' * column}{line}\n" for line in lines)
    if continues_item:
        end = text.find("\n", index)
        return f"{text}\n{block}" if end < 0 else f"{text[: end + 1]}{block}{text[end + 1 :]}"
    start = text.rfind("\n", 0, index) + 1
    return f"{text[:start]}{block}{text[start:]}"


def _before_end(text: str, mapping: MappingNode, written: str) -> str:
    end = mapping.end_mark.index - 1
    body = text[:end].rstrip()
    separator = " " if body.endswith(",") else ", "
    return f"{body}{separator}{written}{text[end:]}"


def _named(sequence: Any, name: str, vault: str = "") -> MappingNode | None:
    items = sequence.value if isinstance(sequence, SequenceNode) else []
    for item in items:
        if isinstance(item, MappingNode) and (scalar := _value(item, "name")) is not None:
            label = _value(item, "vault")
            same_vault = not vault or (label is not None and label.value == vault)
            if isinstance(scalar, ScalarNode) and scalar.value.lower() == name.lower() and same_vault:
                return item
    return None


def _value(node: Any, key: str) -> Any:
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _composed(text: str) -> Any:
    try:
        return YAML(typ="rt", pure=True).compose(text)
    except YAMLError as error:
        raise OperationError("the stack file is no YAML that can be changed") from error
