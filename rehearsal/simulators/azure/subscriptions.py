"""Subscriptions as ARM answers for them: each exists, and belongs to one tenant.

Deliberately not here: the deployer's rights in one, which the data planes check.
"""

from __future__ import annotations

import re

from rehearsal.simulators.azure.arm import TENANT, ArmError
from rehearsal.simulators.world import World


def subscription_of(path: str) -> str:
    """The subscription in a path or an id; empty if it names none."""
    match = re.match(r"/*subscriptions/([^/]+)", path, re.IGNORECASE)
    return match[1] if match else ""


def require_subscription(world: World, path: str) -> None:
    """Raise ArmError unless the deployer's sign-in reaches the subscription of an id.

    A --cloud file that names subscriptions names all of them, but those that its resources are in.
    """
    id_ = subscription_of(path).lower()
    if not id_:
        return
    entry = world.subscriptions.get(id_)
    if entry and (tenant := str(entry.get("tenant") or TENANT).lower()) != TENANT:
        raise wrong_tenant(TENANT, tenant)
    named = [known for known in world.subscriptions if known]
    if entry is None and named and "" not in world.subscriptions:
        inside = f"/subscriptions/{id_}/"
        if not any(resource.id.lower().startswith(inside) for resource in world.azure.values()):
            raise subscription_not_found(subscription_of(path))


def subscription_not_found(subscription: str) -> ArmError:
    """https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found"""
    return ArmError(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")


def wrong_tenant(signed_in: str, tenant: str) -> ArmError:
    """Azure/azure-powershell#19471, Azure/pcs-cli#357"""
    return ArmError(
        401,
        "InvalidAuthenticationTokenTenant",
        f"The access token is from the wrong issuer 'https://sts.windows.net/{signed_in}/'. It must match the"
        f" tenant 'https://sts.windows.net/{tenant}/' associated with this subscription. Please use the"
        f" authority (URL) 'https://login.windows.net/{tenant}' to get the token. Note, if the subscription"
        " is transferred to another tenant there is no impact to the services, but information about new"
        " tenant could take time to propagate (up to an hour). If you just transferred your subscription and"
        " see this error message, please try back later.",
    )
