"""The sign-in of the default azure-native provider, as inputs of another one.

Pulumi gives the keys ``azure-native:…`` of a stack file to the default provider only:
https://www.pulumi.com/docs/iac/concepts/providers/#explicit-provider-configuration. Every provider reads the
variables ``ARM_…`` by itself.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
from pulumi.runtime.config import is_config_secret

from stacks.settings.config_keys import PROVIDER, PROVIDER_KEYS
from stacks.settings.validation.spelling import snake_case

_LISTS = ("auxiliaryTenantIds",)
_TOKENS = ("oidcToken", "oidcRequestToken")
"""Kept secret in any case. The SDK does the same for passwords."""
_FLAGS = (
    "disableInstanceDiscovery",
    "disablePulumiPartnerId",
    "useDefaultAzureCredential",
    "useMsi",
    "useOidc",
)


def sign_in_inputs() -> Mapping[str, Any]:
    """The configured keys but the subscription, under the SDK's names. Encrypted ones stay secret."""
    config = pulumi.Config(PROVIDER)
    inputs: dict[str, Any] = {}
    for key in PROVIDER_KEYS:
        if key == "subscriptionId":
            continue
        secret = key in _TOKENS or is_config_secret(f"{PROVIDER}:{key}")
        value = _getter(config, key, secret=secret)(key)
        if value is not None:
            inputs[snake_case(key)] = value
    return inputs


def _getter(config: pulumi.Config, key: str, *, secret: bool) -> Callable[[str], Any]:
    if key in _FLAGS:
        return config.get_secret_bool if secret else config.get_bool
    if key in _LISTS:
        return config.get_secret_object if secret else config.get_object
    return config.get_secret if secret else config.get
