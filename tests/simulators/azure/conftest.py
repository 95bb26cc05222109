"""Scenarios that the tests of several services share."""

from __future__ import annotations

import pytest

from tests.simulators.azure.networks import network
from tests.support.acting import Azure


@pytest.fixture
def two_networks(azure: Azure) -> Azure:
    """Two networks with separate address spaces, and a subnet for nodes."""
    network(azure, "nodes", "10.1.0.0/16")
    network(azure, "hub", "10.2.0.0/16")
    azure.create(
        "network:Subnet",
        {
            "resourceGroupName": "rg",
            "virtualNetworkName": "nodes",
            "subnetName": "nodes",
            "addressPrefix": "10.1.0.0/24",
        },
    )
    return azure
