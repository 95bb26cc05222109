"""Rules of ARM for every type: one test for each rule."""

from __future__ import annotations

import pytest

from rehearsal.simulators.azure.arm import ArmError
from tests.support.acting import Azure

GROUP = "resources:ResourceGroup"


IDENTITY = "managedidentity:UserAssignedIdentity"


def test_a_group_is_deleted_with_all_its_resources(azure: Azure) -> None:
    group = azure.group("other")
    azure.create(IDENTITY, {"resourceGroupName": "other", "resourceName": "id-x"})
    azure.delete(GROUP, group)
    assert not azure.world.descendants(group.id)


def test_a_group_name_has_no_final_full_stop(azure: Azure) -> None:
    with pytest.raises(ArmError, match="InvalidResourceGroup"):
        azure.group("rg.")


def test_tags_have_limits(azure: Azure) -> None:
    for tags, code in (
        ({f"t{n}": "x" for n in range(51)}, "InvalidTagCount"),
        ({"a/b": "x"}, "InvalidTagNameCharacters"),
        ({"a": "x" * 257}, "TagValueTooLong"),
    ):
        with pytest.raises(ArmError, match=code):
            azure.identity(tags=tags)
