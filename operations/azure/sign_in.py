"""The sign-in that azure-native uses for `pulumi`, so that an operation acts as the same principal.

Owns: the order of azure-native's methods, and the variables and config keys that choose one
(https://www.pulumi.com/registry/packages/azure-native/installation-configuration/, pulumi-azure-native
provider/pkg/provider/auth_azidentity.go). Deliberately not here: requests (session.py).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from operations.azure.clouds import CLOUDS, PUBLIC, Cloud
from operations.azure.refusals import ENTRA, NOT_SIGNED_IN, AzureRefusedError
from operations.errors import OperationError

ENCRYPTED: Final = "[secret]"
"""Stand-in for a value of a stack file that only Pulumi can decrypt."""
_AUDIENCE: Final = "api://AzureADTokenExchange"
_CLI_SECONDS: Final = 30
LIMITS: Final[Mapping[str, Any]] = {
    "connection_timeout": 10,
    "read_timeout": 30,
    "retry_total": 2,
    "retry_backoff_factor": 0.4,
    "retry_backoff_max": 5,
}
"""Bounds of each request of Azure's clients, whose own are minutes."""


@dataclass(frozen=True)
class SignIn:
    """A credential, and where it is used."""

    method: str
    """The method in words: "az login", "client secret" …"""
    credential: Any
    subscription_id: str
    tenant_id: str
    """Empty: the credential's own tenant."""
    cloud: Cloud = PUBLIC
    is_default_subscription: bool = False
    """Whether only the Azure CLI chose the subscription."""
    warning: str = ""
    """The reason that `pulumi` would not sign in this way."""


def find_sign_in(config: Mapping[str, str], environment: Mapping[str, str] | None = None) -> SignIn:
    """The sign-in by the first method that is configured, in azure-native's order.

    `config` holds the keys of the provider without `azure-native:`. Nothing is sent to Azure.

    Raises:
        AzureRefusedError: no method is configured, or the configured one lacks a value.
    """
    return _Methods(config, os.environ if environment is None else environment).choose()


class _Methods:
    def __init__(self, config: Mapping[str, str], environment: Mapping[str, str]) -> None:
        self._config, self._environment = config, environment
        name = self._value("environment", "ARM_ENVIRONMENT", "AZURE_ENVIRONMENT")
        if name and name.lower() not in CLOUDS:
            raise _unusable(
                f"azure-native:environment: unknown cloud {name!r}; use public, usgovernment or china"
            )
        self._cloud = CLOUDS[name.lower()] if name else PUBLIC

    def choose(self) -> SignIn:
        if self._is_on("useDefaultAzureCredential", "ARM_USE_DEFAULT_AZURE_CREDENTIAL"):
            return self._default("DefaultAzureCredential")
        if path := self._value("clientCertificatePath", "ARM_CLIENT_CERTIFICATE_PATH"):
            return self._certificate(path)
        if self._value("clientSecret", "ARM_CLIENT_SECRET"):
            return self._client_secret()
        if self._is_on("useOidc", "ARM_USE_OIDC"):
            return self._oidc()
        if self._is_on("useMsi", "ARM_USE_MSI"):
            return self._managed_identity()
        if shutil.which("az", path=self._environment.get("PATH")):
            return self._azure_cli()
        return self._default(
            "DefaultAzureCredential",
            warning="pulumi signs in by `az login` here, and the Azure CLI is not on PATH; install it, or set"
            " the variables of a service principal (ARM_CLIENT_ID, ARM_TENANT_ID, ARM_SUBSCRIPTION_ID and"
            " ARM_USE_OIDC=true)",
        )

    def _value(self, key: str, *variables: str) -> str:
        if (value := self._config.get(key, "")) and value != ENCRYPTED:
            return value
        variable = next((self._environment[name] for name in variables if self._environment.get(name)), "")
        if value == ENCRYPTED and not variable:
            raise _unusable(
                f"azure-native:{key} is encrypted in the stack file, and only pulumi can decrypt it;"
                f" set {variables[0]} for this command"
            )
        return variable

    def _is_on(self, key: str, variable: str) -> bool:
        return self._value(key, variable).lower() == "true"

    def _needed(self, method: str, key: str, variable: str) -> str:
        value = self._value(key, variable)
        if not value:
            raise _unusable(f"the sign-in by {method} needs {variable} (or azure-native:{key})")
        return value

    @property
    def _limits(self) -> dict[str, Any]:
        return {**LIMITS, "authority": self._cloud.authority}

    def _subscription(self, method: str) -> str:
        return self._needed(method, "subscriptionId", "ARM_SUBSCRIPTION_ID")

    def _ids(self, method: str) -> tuple[str, str, str]:
        """Subscription, tenant and client."""
        return (
            self._subscription(method),
            self._needed(method, "tenantId", "ARM_TENANT_ID"),
            self._needed(method, "clientId", "ARM_CLIENT_ID"),
        )

    def _default(self, method: str, warning: str = "") -> SignIn:
        from azure.identity import DefaultAzureCredential

        subscription = self._value("subscriptionId", "ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID")
        if not subscription:
            raise _unusable(
                "there is no sign-in: the Azure CLI is not on PATH, and no variables name a principal; run az"
                " login, or set ARM_SUBSCRIPTION_ID and the variables of a service principal"
                if warning
                else f"the sign-in by {method} needs ARM_SUBSCRIPTION_ID (or azure-native:subscriptionId)"
            )
        credential = DefaultAzureCredential(exclude_interactive_browser_credential=True, **self._limits)
        tenant = self._value("tenantId", "ARM_TENANT_ID")
        return SignIn(method, credential, subscription, tenant, self._cloud, warning=warning)

    def _certificate(self, path: str) -> SignIn:
        from azure.identity import CertificateCredential

        method = "client certificate"
        subscription, tenant, client = self._ids(method)
        password = self._value("clientCertificatePassword", "ARM_CLIENT_CERTIFICATE_PASSWORD")
        try:
            credential = CertificateCredential(
                tenant, client, path, password=password or None, **self._limits
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no certificate with a key"
            raise _unusable(f"the client certificate {path} cannot be read: {reason}") from error
        return SignIn(method, credential, subscription, tenant, self._cloud)

    def _client_secret(self) -> SignIn:
        from azure.identity import ClientSecretCredential

        method = "client secret"
        subscription, tenant, client = self._ids(method)
        secret = self._value("clientSecret", "ARM_CLIENT_SECRET")
        credential = ClientSecretCredential(tenant, client, secret, **self._limits)
        return SignIn(method, credential, subscription, tenant, self._cloud)

    def _oidc(self) -> SignIn:
        from azure.identity import ClientAssertionCredential

        method = "OIDC"
        subscription, tenant, client = self._ids(method)
        credential = ClientAssertionCredential(tenant, client, self._assertion(), **self._limits)
        return SignIn(method, credential, subscription, tenant, self._cloud)

    def _assertion(self) -> Callable[[], str]:
        if token := self._value("oidcToken", "ARM_OIDC_TOKEN"):
            return lambda: token
        if file := self._value("oidcTokenFilePath", "ARM_OIDC_TOKEN_FILE_PATH"):
            return lambda: _read(file)
        url = self._value("oidcRequestUrl", "ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL")
        bearer = self._value("oidcRequestToken", "ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
        if not (url and bearer):
            raise _unusable(
                "the sign-in by OIDC needs ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH, or the job's permission"
                " `id-token: write`, with which GitHub sets ACTIONS_ID_TOKEN_REQUEST_URL"
            )
        audience = self._config.get("oidcAudience") or self._environment.get("ARM_OIDC_AUDIENCE") or _AUDIENCE
        return lambda: _requested(url, bearer, audience)

    def _managed_identity(self) -> SignIn:
        from azure.identity import ManagedIdentityCredential

        method = "managed identity"
        client = self._value("clientId", "ARM_CLIENT_ID")
        credential = ManagedIdentityCredential(client_id=client or None, **LIMITS)
        tenant = self._value("tenantId", "ARM_TENANT_ID")
        return SignIn(method, credential, self._subscription(method), tenant, self._cloud)

    def _azure_cli(self) -> SignIn:
        from azure.identity import AzureCliCredential

        configured = self._value("subscriptionId", "ARM_SUBSCRIPTION_ID")
        account = _azure_cli_account(configured, self._environment)
        subscription, tenant = str(account.get("id", "")), str(account.get("tenantId", ""))
        cloud = CLOUDS.get(str(account.get("environmentName", "")).lower(), self._cloud)
        credential = AzureCliCredential(
            tenant_id=self._value("tenantId", "ARM_TENANT_ID"),
            subscription=configured or None,
            process_timeout=_CLI_SECONDS,
        )
        return SignIn(
            "az login", credential, subscription, tenant, cloud, is_default_subscription=not configured
        )


def _azure_cli_account(subscription: str, environment: Mapping[str, str]) -> Mapping[str, Any]:
    """The account of the Azure CLI, read as azure-native reads it (azure_cli.go)."""
    command = ["az", "account", "show", "--output", "json"]
    command += ["--subscription", subscription] if subscription else []
    try:
        done = subprocess.run(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_CLI_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _unusable("the Azure CLI does not answer; run az account show") from error
    if done.returncode:
        lines = (done.stderr or "").strip().splitlines() or ["it prints nothing"]
        reason = lines[-1].removeprefix("ERROR: ").strip().rstrip(".")
        raise _unusable(f"the Azure CLI is not signed in: {reason} (az login)")
    try:
        account = json.loads(done.stdout)
    except ValueError:
        account = None
    if not isinstance(account, dict) or not account.get("id"):
        raise _unusable("the Azure CLI names no subscription; run az account list, then az account set")
    return account


def _requested(url: str, bearer: str, audience: str) -> str:
    """A token of the pipeline's host.
    https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
    """
    import requests

    answer = requests.get(
        url, params={"audience": audience}, headers={"Authorization": f"Bearer {bearer}"}, timeout=30
    )
    if answer.status_code >= 400:
        raise _unusable(f"the pipeline's host refuses a token: HTTP {answer.status_code}")
    return str(answer.json()["value"])


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise _unusable(f"the token file {file} cannot be read: {reason}") from error


def _unusable(text: str) -> OperationError:
    return AzureRefusedError("sign-in", part=ENTRA, code=NOT_SIGNED_IN, text=text)
