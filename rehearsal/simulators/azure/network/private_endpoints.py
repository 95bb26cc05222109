"""Private endpoints.

https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-endpoint-properties
"""

from __future__ import annotations

from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, rule
from rehearsal.simulators.azure.subscriptions import subscription_of

ENDPOINT: Final = "azure-native:network:PrivateEndpoint"


@rule(ENDPOINT)
def endpoint_is_in_the_subscription_of_its_network(write: Write) -> None:
    """A private endpoint is in the subscription of its virtual network, and may lead to a resource in another
    (the page above; message: Azure/azure-cli#13614, Azure/bicep-registry-modules#3835).
    """
    subnet: Any = write.body.get("subnet") or {}
    id_ = str(subnet.get("id") or "")
    if id_ and subscription_of(id_).lower() != subscription_of(write.id).lower():
        network = id_.rsplit("/subnets/", 1)[0]
        raise ArmError(
            400,
            "InvalidResourceReference",
            f"Resource {network} referenced by resource {write.id} was not found. Please make sure that the"
            " referenced resource exists, and that both resources are in the same region.",
        )
