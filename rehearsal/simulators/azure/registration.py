"""Resource providers have to be registered for a subscription before anything of theirs is made in it.

https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types. azure-native registers none. A world
has all of them registered, but for those that its file names.
"""

from __future__ import annotations

from rehearsal.simulators.azure.arm import ArmError, Write, rule
from rehearsal.simulators.azure.types import TYPES


@rule(*TYPES)
def provider_is_registered(write: Write) -> None:
    """MicrosoftDocs/azure-docs#99764 has the text."""
    namespace = write.type.arm_type.split("/", 1)[0]
    if write.current is None and namespace.lower() in write.world.unregistered:
        raise ArmError(
            409,
            "MissingSubscriptionRegistration",
            f"The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how to register "
            "subscriptions.",
        )
