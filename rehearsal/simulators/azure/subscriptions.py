"""Subscriptions as ARM answers for them: each exists, and belongs to one tenant.

Deliberately not here: the deployer's rights in one, which the data planes check.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from rehearsal.simulators.azure.arm import SUBSCRIPTION, TENANT, ArmError
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.world import World

CLIENT_CONFIG: Final = "azure-native:authorization:getClientConfig"


def subscription_of(path: str) -> str:
    """The subscription in a path or an id; empty if it names none."""
    match = re.match(r"/*subscriptions/([^/]+)", path, re.IGNORECASE)
    return match[1] if match else ""


def require_tenant(world: World, path: str) -> None:
    """Raise ArmError unless the subscription of an id is of the tenant of the sign-in."""
    entry = world.subscriptions.get(subscription_of(path).lower())
    if entry and (tenant := str(entry.get("tenant") or TENANT).lower()) != TENANT:
        raise wrong_tenant(TENANT, tenant)


def require_subscription(world: World, path: str, signed_in: Collection[str] = ()) -> None:
    """Raise ArmError unless the deployer's sign-in reaches the subscription of an id.

    A --cloud file that names subscriptions names all of them, but those that its resources are in, and those
    that the deployer is signed in to.
    """
    require_tenant(world, path)
    id_ = subscription_of(path).lower()
    named = {known for known in world.subscriptions if known}
    if not id_ or not named or "" in world.subscriptions or id_ in {*named, *signed_in}:
        return
    inside = f"/subscriptions/{id_}/"
    if not any(resource.id.lower().startswith(inside) for resource in world.azure.values()):
        raise subscription_not_found(subscription_of(path))


class SignIn:
    """The subscriptions that the requests of the providers reach."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._own = {SUBSCRIPTION}
        """Those that the deployer is signed in to, in lower case."""

    def require(self, path: str) -> None:
        """Raise ArmError unless the subscription of an id is reached."""
        with self._world.lock:
            require_subscription(self._world, path, self._own)

    def reaching(
        self, token: str, arguments: Mapping[str, Any], subscription: str
    ) -> tuple[str, Mapping[str, Any], str]:
        """The call of a function. Raises ProviderError unless its subscription is reached.

        The program asks its default provider, and no other, which subscription it is signed in to.
        """
        if token == CLIENT_CONFIG:
            self._own.add(subscription.lower())
        path = str(arguments.get("scope") or f"/subscriptions/{subscription}")
        try:
            self.require(path)
        except ArmError as error:
            raise ProviderError(f"request failed {path}: {error}") from None
        return token, arguments, subscription


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
