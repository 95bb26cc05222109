"""A cluster with the External Secrets Operator and a store."""

from __future__ import annotations

import pytest

from tests.support.acting import Azure
from tests.support.eso import EsoScene


@pytest.fixture
def scene(azure: Azure) -> EsoScene:
    scene = EsoScene(azure)
    scene.store()
    return scene
