"""Reads every secret of SECRET_NAMES from the vault at KEYVAULT_URL.

Needs: pip install azure-identity azure-keyvault-secrets
"""

import os
import sys
import time

from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import DefaultAzureCredential, WorkloadIdentityCredential
from azure.keyvault.secrets import KeyVaultSecret, SecretClient

# A new role assignment needs up to 10 minutes until it acts, a new federated credential a few.
# No library waits for that.
DEADLINE = time.monotonic() + float(os.environ.get("READ_WAIT_SECONDS", "600"))
PAUSE_SECONDS = float(os.environ.get("READ_PAUSE_SECONDS", "10"))


def credential() -> WorkloadIdentityCredential | DefaultAzureCredential:
    # In a pod, name the one credential that is meant. The default chain also tries others, which is slower
    # and may end at another identity.
    in_a_pod = "KUBERNETES_SERVICE_HOST" in os.environ
    return WorkloadIdentityCredential() if in_a_pod else DefaultAzureCredential()


def read(client: SecretClient, name: str) -> KeyVaultSecret:
    while True:
        try:
            return client.get_secret(name)
        except HttpResponseError as error:
            refused = isinstance(error, ClientAuthenticationError) or error.status_code == 403
            if not refused or time.monotonic() >= DEADLINE:
                raise SystemExit(f"{name}: {error.message}") from None
            print(f"{name}: asking again in {PAUSE_SECONDS:g} s: {error.message}", file=sys.stderr)
        time.sleep(PAUSE_SECONDS)


with SecretClient(os.environ["KEYVAULT_URL"], credential()) as client:
    for name in os.environ["SECRET_NAMES"].split(","):
        secret = read(client, name)
        value = secret.value or ""  # the value: use it here, keep it in memory, never print it
        print(f"{name} version {secret.properties.version}: {len(value)} characters", flush=True)
