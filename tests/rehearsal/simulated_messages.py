"""Every message of an error that the simulators raise: a walk over their source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "rehearsal" / "simulators"
_MAKERS = frozenset(
    (
        "_bad",
        "_refused",
        "_failed",
        "_installing",
        "_not_permitted",
        "_property_change",
        "_invalid",
        "_forbidden",
    )
)
"""Functions of the simulators that return an error."""


@dataclass(frozen=True)
class Message:
    """A message with sample names in the place of what it is formatted with."""

    file: str
    """`azure/keyvault/vaults.py`."""
    line: int
    code: str
    text: str


def messages() -> list[Message]:
    return [message for path in sorted(FOLDER.rglob("*.py")) for message in _of_file(path)]


def _of_file(path: Path) -> Iterator[Message]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants: dict[str, ast.expr | None] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                constants[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                constants[name] = value
            case _:
                pass
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func).rsplit(".", 1)[-1]
        if not (name.endswith("Error") or name in _MAKERS):
            continue
        arguments = [part for argument in call.args for part in _parts(argument)]
        texts = [text for argument in arguments if (text := _text(argument, constants))]
        if not any(" " in text or re.match(r"[A-Z][a-z]+[A-Z]", text) for text in texts):
            continue
        *codes, text = sorted(texts, key=lambda text: " " in text)
        yield Message(path.relative_to(FOLDER).as_posix(), call.lineno, codes[-1] if codes else "", text)


def _parts(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple) else [node]


def _text(node: ast.expr | None, constants: dict[str, ast.expr | None]) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part, constants) or "sample" for part in parts)
        case ast.FormattedValue(value=value):
            return _text(value, constants)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return (_text(left, constants) or "sample") + (_text(right, constants) or "sample")
        case ast.Name(id=name) if name in constants:
            return _text(constants[name], {})
        case ast.IfExp(body=body):
            return _text(body, constants)
        case _:
            return ""
