"""The settings and the components' value objects name the same things alike."""

from dataclasses import fields
from typing import Any

from stacks.all_in_one import all_in_one
from stacks.args.copy_fields import COPIES, FieldCopy
from tests.each import each


def _copies() -> list[FieldCopy[Any, Any]]:
    assert all_in_one  # imports every module that copies
    return COPIES


def _fields(copy: FieldCopy[Any, Any]) -> set[str]:
    target: Any = copy.target
    return {field.name for field in fields(target)}


_by_copy = each("copy", _copies(), ids=lambda copy: f"{copy.source.__name__} to {copy.target.__name__}")


@_by_copy
def test_every_key_of_a_section_has_a_field_of_its_name(copy: FieldCopy[Any, Any]) -> None:
    assert set(copy.source.model_fields) - copy.unused - copy.computed <= _fields(copy) - copy.computed


@_by_copy
def test_every_field_is_computed_or_has_a_key_in_a_section_that_is_copied_into_it(
    copy: FieldCopy[Any, Any],
) -> None:
    """User pools have keys that the system pool has not: both are copied into ``NodePool``."""
    sections = [other.source for other in _copies() if other.target is copy.target]
    keys = {name for section in sections for name in section.model_fields}
    assert _fields(copy) - copy.computed - keys == set()


@_by_copy
def test_every_named_difference_exists(copy: FieldCopy[Any, Any]) -> None:
    assert copy.unused <= set(copy.source.model_fields)
    assert copy.computed <= _fields(copy)
