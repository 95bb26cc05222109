"""Resources in other subscriptions than the one of ``pulumi``: the azure-native providers that reach them.

Owns: ``Subscriptions``. A provider computes the ids of what it writes and looks up with its own subscription
(https://github.com/pulumi/pulumi-azure-native/issues/3442), so each further one needs a provider of its own.
Deliberately not here: role assignments, diagnostic settings and reads by id, whose paths begin with the whole
id of what they are about, so that the default provider makes them.
"""

from pulumi import InvokeOptions, ResourceOptions
from pulumi_azure_native import Provider

from stacks.settings import sign_in_inputs


class Subscriptions:
    """The subscription of ``pulumi``, and the others that the settings name resources of."""

    def __init__(self, own: str) -> None:
        self.own = own
        self._providers: dict[str, Provider] = {}

    def other(self, subscription_id: str | None) -> str | None:
        """The id, in lower case, of a subscription that needs a provider of its own. None: it is the one of
        ``pulumi``.
        """
        if subscription_id is None or subscription_id.lower() == self.own.lower():
            return None
        return subscription_id.lower()

    def options(self, subscription_id: str | None) -> ResourceOptions | None:
        """Options of a component whose resources are in this subscription. None: it needs none."""
        provider = self.provider(subscription_id)
        return ResourceOptions(providers=[provider]) if provider else None

    def invoke_options(self, subscription_id: str | None) -> InvokeOptions | None:
        """Options of a lookup in this subscription. None: it needs none."""
        provider = self.provider(subscription_id)
        return InvokeOptions(provider=provider) if provider else None

    def provider(self, subscription_id: str | None) -> Provider | None:
        """The provider of a subscription, registered when it is first needed. None: it is the default one."""
        other = self.other(subscription_id)
        if other is None:
            return None
        if other not in self._providers:
            # The logical name is the id alone: it stays the same whatever refers to the subscription.
            self._providers[other] = Provider(
                f"subscription/{other}", subscription_id=other, **sign_in_inputs()
            )
        return self._providers[other]
