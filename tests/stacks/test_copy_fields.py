"""The settings and the components' value objects name the same things alike."""

from dataclasses import fields
from typing import Any

import pytest

from stacks.all_in_one import all_in_one
from stacks.args.copy_fields import COPIES, FieldCopy


def _copies() -> list[FieldCopy[Any, Any]]:
    assert all_in_one  # imports every module that copies
    return COPIES


def _fields(copy: FieldCopy[Any, Any]) -> set[str]:
    target: Any = copy.target
    return {field.name for field in fields(target)}


@pytest.mark.parametrize(
    "copy", _copies(), ids=lambda copy: f"{copy.source.__name__} to {copy.target.__name__}"
)
def test_every_key_of_a_section_has_a_field_of_its_name_and_every_field_a_key(
    copy: FieldCopy[Any, Any],
) -> None:
    keys = set(copy.source.model_fields) - copy.unused
    copied = _fields(copy) - copy.computed - copy.defaulted
    assert keys - copy.computed == copied


@pytest.mark.parametrize(
    "copy", _copies(), ids=lambda copy: f"{copy.source.__name__} to {copy.target.__name__}"
)
def test_every_named_difference_exists(copy: FieldCopy[Any, Any]) -> None:
    assert copy.unused <= set(copy.source.model_fields)
    assert copy.computed | copy.defaulted <= _fields(copy)
