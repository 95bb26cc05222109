"""A cluster with Dapr, and an application for it."""

from __future__ import annotations

import pytest

from tests.support.acting import Azure
from tests.support.sidecars import DaprScene


@pytest.fixture
def scene(azure: Azure) -> DaprScene:
    return DaprScene(azure)
