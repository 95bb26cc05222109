"""Every regular expression in the source, with the methods that use it: a walk over the arguments of `re`."""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
FOLDERS = ("stacks", "components", "rehearsal", "aks_secrets_testing", "trust", "operations")
_BOUNDED = ("stacks.settings.types.nearly",)
"""Modules that read short texts only (constraints.py has the limit)."""
_AT_START = frozenset({"match", "fullmatch"})
_ANYWHERE = frozenset({"search", "sub", "subn", "split", "findall", "finditer"})
_USED = re.compile(r"\bre\s*\.")
LOCAL: Mapping[str, str] = {
    # A person's expression, which is only compiled, and the types', which the schema has.
    "fault": "",
    # Likewise, and matched against names of vault objects if no group repeats.
    "compiled": "",
    "__init__": "",
    # Signs and names of failures, which tests/operations/failures pumps.
    "_compiled": "",
    "_word": "",
    # Actions of Azure with a star, made of escaped texts.
    "_matches": "",
    # Names of a run, escaped.
    "__call__": "",
    # An id of a subscription, escaped.
    "_table": r"^/subscriptions/5b5c5c5b-0000-4000-8000-00000000000b/resourceGroups/",
    # Classes of one letter, and the words of a closed list.
    "_looks_secret": "",
    "unknown_key": "",
    "zone_matches_region": r"([a-z0-9][a-z0-9-]{0,31}\.)?privatelink\.westeurope\.azmk8s\.io",
}
"""Function of the program → its pattern, where a name of the function is in it."""


@dataclass(frozen=True)
class Expression:
    """A regular expression."""

    pattern: str
    place: str
    anywhere: bool
    """Whether it is looked for at every position of a text."""


def sources() -> list[Path]:
    """Every file that uses a regular expression."""
    files = sorted(path for folder in FOLDERS for path in (REPOSITORY / folder).rglob("*.py"))
    return [path for path in files if _name(path) not in _BOUNDED and _USED.search(path.read_text("utf-8"))]


def _name(path: Path) -> str:
    return ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__")


def expressions(path: Path) -> Iterator[Expression]:
    """Every expression that is written in a file."""
    text, name = path.read_text(encoding="utf-8"), _name(path)
    tree, module = ast.parse(text), None
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    names = {
        id(node.value): node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    } | {
        id(node.value): node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or not _is_of_re(call):
            continue
        module = module or importlib.import_module(name)
        method, argument = call.func.attr, call.args[0]
        enclosing = [f.name for f in functions if f.lineno <= call.lineno <= (f.end_lineno or 0)]
        try:
            value = _evaluated(argument, vars(module))
        except KeyError:
            value = LOCAL.get(enclosing[-1] if enclosing else "")
        if isinstance(value, re.Pattern) or (value is None and name.startswith("rehearsal")):
            continue  # compiled elsewhere, or the text of a manifest or a schema
        assert isinstance(value, str), f"{name}:{call.lineno}: add the pattern of {enclosing} to LOCAL"
        used = re.findall(rf"\b{names.get(id(call), '-')}\.(\w+)\(", text)
        methods = frozenset(used) & (_AT_START | _ANYWHERE) if method == "compile" else {method}
        yield Expression(value, f"{name}:{call.lineno}", bool(methods & _ANYWHERE) or not methods)


def _is_of_re(call: ast.AST) -> Any:
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "re"
        and call.func.attr in _AT_START | _ANYWHERE | {"compile"}
    )


def _evaluated(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """The value of a text that is put together of texts and of names of the module. Raises KeyError."""
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return names[node.id]
        case ast.JoinedStr():
            return "".join(str(_evaluated(part, names)) for part in node.values)
        case ast.FormattedValue():
            return _evaluated(node.value, names)
        case ast.BinOp(op=ast.Add()):
            return _evaluated(node.left, names) + _evaluated(node.right, names)
        case _:
            raise KeyError(ast.dump(node))
