"""Registration of resource providers, which a subscription needs before the first resource of each.

https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types. azure-native
registers none. In a world all are registered except those that the --cloud file lists.
"""

from __future__ import annotations

from rehearsal.simulators.azure.arm import ArmError, Write, rule
from rehearsal.simulators.azure.types import TYPES


@rule(*TYPES)
def provider_is_registered(write: Write) -> None:
    """The resource provider of a new resource is registered (message: MicrosoftDocs/azure-docs#99764)."""
    namespace = write.type.arm_type.split("/", 1)[0]
    if write.current is None and namespace.lower() in write.world.unregistered:
        raise ArmError(
            409,
            "MissingSubscriptionRegistration",
            f"The subscription is not registered to use namespace '{namespace}'. See "
            "https://aka.ms/rps-not-found for how to register subscriptions.",
        )
