"""The description of each key: the docstring below its field.

Owns: how docstrings are read from the models' sources. Deliberately not pydantic's
`use_attribute_docstrings`, which reads them whenever a program starts: a tenth of a second, and a program
needs none.
"""

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel


@cache
def descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    """Name of a field → its docstring; fields of the base classes too."""
    texts: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            # A field that is declared anew has no docstring of the base class.
            kept = {name: text for name, text in texts.items() if name not in inspect.get_annotations(base)}
            texts = kept | _written_in(base)
    return {name: text for name, text in texts.items() if name in model.model_fields}


def _written_in(model: type[BaseModel]) -> dict[str, str]:
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(_classes(inspect.getfile(model))[model.__name__].body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


@cache
def _classes(file: str) -> Mapping[str, ast.ClassDef]:
    body = ast.parse(Path(file).read_text(encoding="utf-8")).body
    return {statement.name: statement for statement in body if isinstance(statement, ast.ClassDef)}
