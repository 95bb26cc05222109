"""Changes of a YAML text at a place of it: everything else stays as it is, comments too.

Owns: the place in the text, by ruamel.yaml's marks. Deliberately not here: what is changed, and why.
"""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from operations.errors import OperationError


def first_item(text: str, sequence: Node, lines: list[str]) -> str:
    if not isinstance(sequence, SequenceNode) or sequence.flow_style or not sequence.value:
        raise OperationError(
            "the list of the stack file is in one line; write each item in a line of its own"
        )
    return insert_line(text, sequence.start_mark.index, sequence.start_mark.column, lines)


def insert_line(text: str, index: int, column: int, lines: list[str], *, continues_item: bool = False) -> str:
    """Lines before the one at the index. `continues_item`: the index is behind the dash of an item, and the
    lines come behind its line.
    """
    block = "".join(f"{' ' * column}{line}\n" for line in lines)
    if continues_item:
        end = text.find("\n", index)
        return f"{text}\n{block}" if end < 0 else f"{text[: end + 1]}{block}{text[end + 1 :]}"
    start = text.rfind("\n", 0, index) + 1
    return f"{text[:start]}{block}{text[start:]}"


def before_end(text: str, mapping: MappingNode, written: str) -> str:
    end = mapping.end_mark.index - 1
    body = text[:end].rstrip()
    separator = "" if body.endswith("{") else " " if body.endswith(",") else ", "
    return f"{body}{separator}{written}{text[end:]}"


def named(sequence: Any, name: str, vault: str = "") -> MappingNode | None:
    items = sequence.value if isinstance(sequence, SequenceNode) else []
    for item in items:
        if isinstance(item, MappingNode) and (scalar := value_of(item, "name")) is not None:
            label = value_of(item, "vault")
            same_vault = not vault or (label is not None and label.value == vault)
            if isinstance(scalar, ScalarNode) and scalar.value.lower() == name.lower() and same_vault:
                return item
    return None


def value_of(node: Any, key: str) -> Any:
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def composed(text: str) -> Any:
    try:
        return YAML(typ="rt", pure=True).compose(text)
    except YAMLError as error:
        raise OperationError("the stack file is no YAML that can be changed") from error
