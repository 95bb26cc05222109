"""A pod that may read its vault."""

from __future__ import annotations

import pytest

from tests.support.acting import Azure
from tests.support.mounting import MountScene


@pytest.fixture
def scene(azure: Azure) -> MountScene:
    scene = MountScene(azure)
    scene.grant()
    return scene
