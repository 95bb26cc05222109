"""The texts of messages in a syntax tree."""

import ast


def text_of(node: ast.AST) -> str:
    """The text of a message; `{}` stands for what is filled in. Empty: the node is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(text_of(part) or "{}" for part in parts)
        case _:
            return ""
