"""The key `recover` of a vault in the stack file, for the update that brings the vault back."""

from __future__ import annotations

from typing import Final

from ruamel.yaml.nodes import MappingNode

from operations.errors import OperationError
from operations.yaml_edit import before_end, composed, first_item, insert_line, named, value_of

_WRITTEN: Final = "recover: true"


def with_recovery(text: str, project: str, label: str | None) -> str:
    """The text with `recover: true` at a vault. Raises OperationError: its form allows no change."""
    config = value_of(composed(text), "config")
    if not isinstance(config, MappingNode) or not config.value:
        raise OperationError("the stack file has no section config with keys")
    section = "vault" if label is None else "vaults"
    node = value_of(config, f"{project}:{section}")
    if node is None:
        node = value_of(config, section)
    item = [_WRITTEN] if label is None else [f"- name: {label}", f"  {_WRITTEN}"]
    if node is None and config.flow_style:
        value = f"{{{_WRITTEN}}}" if label is None else f"[{{name: {label}, {_WRITTEN}}}]"
        return before_end(text, config, f'"{project}:{section}": {value}')
    if node is None:
        first = config.value[0][0].start_mark
        return insert_line(text, first.index, first.column, [f"{project}:{section}:", *_indented(item)])
    vault = node if label is None else named(node, label)
    if vault is None:
        return first_item(text, node, item)
    if not isinstance(vault, MappingNode):
        raise OperationError(f"section {section} of the stack file holds no keys")
    current = value_of(vault, "recover")
    if current is not None:
        return f"{text[: current.start_mark.index]}true{text[current.end_mark.index :]}"
    if vault.flow_style:
        return before_end(text, vault, _WRITTEN)
    first = vault.value[0][0].start_mark
    # An item begins behind its dash, so its second line is the first one with a place of its own.
    return insert_line(text, first.index, first.column, [_WRITTEN], continues_item=label is not None)


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]
