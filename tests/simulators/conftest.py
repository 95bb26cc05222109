"""A simulated Azure and a simulated cluster for each test."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.acting import Azure, Kubernetes


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[Azure]:
    """A simulated Azure that holds the resource group `rg`."""
    azure = Azure(tmp_path / "world")
    azure.group()
    yield azure
    azure.world.save()


@pytest.fixture
def kubeconfig(azure: Azure) -> str:
    """Kubeconfig of a new cluster `aks-one`."""
    azure.cluster()
    return kubeconfig_of(azure)


def kubeconfig_of(azure: Azure, resource_name: str = "aks-one") -> str:
    credentials = azure.invoke(
        "containerservice:listManagedClusterUserCredentials",
        resourceGroupName="rg",
        resourceName=resource_name,
    )
    return base64.b64decode(credentials["kubeconfigs"][0]["value"]).decode()


@pytest.fixture
def kubernetes(azure: Azure, kubeconfig: str) -> Kubernetes:
    return Kubernetes(azure, kubeconfig)
