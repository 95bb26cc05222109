"""The settings and the components' value objects name the same things alike."""

from dataclasses import fields

import pytest

from stacks.all_in_one import all_in_one
from stacks.args.copy_fields import COPIES, FieldCopy


def _copies() -> list[FieldCopy]:
    assert all_in_one  # imports every module that copies
    return COPIES


@pytest.mark.parametrize(
    "copy", _copies(), ids=lambda copy: f"{copy.source.__name__} to {copy.target.__name__}"
)
def test_every_key_of_a_section_has_a_field_of_its_name_and_every_field_a_key(copy: FieldCopy) -> None:
    keys = set(copy.source.model_fields) - copy.unused
    copied = {field.name for field in fields(copy.target)} - copy.computed - copy.defaulted
    assert keys - copy.computed == copied


@pytest.mark.parametrize(
    "copy", _copies(), ids=lambda copy: f"{copy.source.__name__} to {copy.target.__name__}"
)
def test_every_named_difference_exists(copy: FieldCopy) -> None:
    assert copy.unused <= set(copy.source.model_fields)
    assert copy.computed | copy.defaulted <= {field.name for field in fields(copy.target)}
