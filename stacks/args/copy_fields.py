"""Copies of a settings section into a component's value object, field by field.

Many sections and value objects agree in every field name. A ``FieldCopy`` names the fields in which they
differ. tests/stacks/test_copy_fields.py checks every copy, so that no new key is forgotten on its way to
the component.
"""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

_Section = TypeVar("_Section", bound=BaseModel)
_Value = TypeVar("_Value")

COPIES: "list[FieldCopy[Any, Any]]" = []
"""Every copy of the program."""


class FieldCopy(Generic[_Section, _Value]):
    """Builds a ``target`` from a section of type ``source``: each field gets the value of its namesake."""

    def __init__(
        self,
        source: type[_Section],
        target: Callable[..., _Value],
        *,
        computed: Iterable[str] = (),
        unused: Iterable[str] = (),
    ) -> None:
        """Name the fields in which the two differ.

        Args:
            computed: fields that the caller passes.
            unused: keys of the section without a field of their name.

        A field keeps its default if only another section of the same ``target`` has a key for it.
        """
        self.source, self.target = source, target
        self.computed, self.unused = frozenset(computed), frozenset(unused)
        self._names = [
            name for name in source.model_fields if name not in self.computed and name not in self.unused
        ]
        COPIES.append(self)

    def __call__(self, section: _Section, **computed: object) -> _Value:
        """The value object; ``computed`` holds the fields that are not copied."""
        return self.target(**{name: getattr(section, name) for name in self._names}, **computed)
