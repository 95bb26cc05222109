"""The change of a stack file that rotates a secret: one key, and everything else as it is, comments too.

Owns: where the key goes in the text. A secret that only the base file has is named in the stack file, which
is merged over it by the names. Deliberately not here: whether the change means what it should (`change.py`
reads the settings again).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ruamel.yaml.nodes import MappingNode, Node

from operations.errors import OperationError
from operations.yaml_edit import before_end, composed, first_item, insert_line, named, value_of

KEY: Final = "rotated"


@dataclass(frozen=True)
class Target:
    """An entry to rotate."""

    workload: str
    secret: str
    vault: str = ""


def with_rotation(text: str, project: str, target: Target, moment: str) -> str:
    """The text with `rotated: "<moment>"` at the entry. Raises OperationError: its form allows no change."""
    root = composed(text)
    config = value_of(root, "config")
    if not isinstance(config, MappingNode):
        raise OperationError("the stack file has no section config")
    written = f'{KEY}: "{moment}"'
    for name in (f"{project}:workloads", "workloads"):
        workloads = value_of(config, name)
        if workloads is not None:
            return _in_workloads(text, workloads, target, written)
    indent = config.value[0][0].start_mark.column if config.value else 2
    lines = [f"{project}:workloads:", *(f"  {line}" for line in _workload(target, written))]
    if config.flow_style or not config.value:
        raise OperationError("the section config of the stack file is in one line; write each key in a line")
    return insert_line(text, config.value[0][0].start_mark.index, indent, lines)


def _in_workloads(text: str, workloads: Node, target: Target, written: str) -> str:
    item = named(workloads, target.workload)
    if item is None:
        return first_item(text, workloads, _workload(target, written))
    secrets = value_of(item, "secrets")
    if secrets is None:
        if item.flow_style:
            return before_end(text, item, f"secrets: [{{{_secret(target, written)}}}]")
        first = item.value[0][0].start_mark
        lines = ["secrets:", f"  - {{{_secret(target, written)}}}"]
        return insert_line(text, first.index, first.column, lines, continues_item=True)
    entry = named(secrets, target.secret, target.vault)
    if entry is None:
        return first_item(text, secrets, [f"- {{{_secret(target, written)}}}"])
    return _in_entry(text, entry, written)


def _in_entry(text: str, entry: MappingNode, written: str) -> str:
    if (current := value_of(entry, KEY)) is not None:
        value = written.partition(": ")[2]
        return text[: current.start_mark.index] + value + text[current.end_mark.index :]
    if entry.flow_style:
        return before_end(text, entry, written)
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
