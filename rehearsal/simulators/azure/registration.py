"""Registration of resource providers, which a subscription needs before the first resource of each.

https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types. azure-native
registers none. In a world all are registered except those that the --cloud file lists.
"""

from __future__ import annotations

from rehearsal.simulators.azure.arm import ArmError, Write, rule
from rehearsal.simulators.azure.subscriptions import subscription_of
from rehearsal.simulators.azure.types import TYPES


@rule(*TYPES)
def provider_is_registered(write: Write) -> None:
    """The resource provider of a new resource is registered (message: MicrosoftDocs/azure-docs#99764).

    It is in a subscription that has resources of it: Azure unregisters none that is in use (the page above).
    """
    namespace = write.type.arm_type.split("/", 1)[0]
    is_unregistered = namespace.lower() in write.world.unregistered and not _is_in_use(write, namespace)
    if write.current is None and is_unregistered:
        raise ArmError(
            409,
            "MissingSubscriptionRegistration",
            f"The subscription is not registered to use namespace '{namespace}'. See "
            "https://aka.ms/rps-not-found for how to register subscriptions.",
        )


def _is_in_use(write: Write, namespace: str) -> bool:
    inside, provider = f"/subscriptions/{subscription_of(write.id)}/".lower(), f"/{namespace}/".lower()
    return any(
        resource.id.lower().startswith(inside) and provider in resource.id.lower()
        for resource in write.world.azure.values()
    )
