"""Python: azure-identity and azure-keyvault-secrets of this environment."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Final

_LIBRARIES: Final = ("azure-identity", "azure-keyvault-secrets")

# https://learn.microsoft.com/python/api/overview/azure/keyvault-secrets-readme
_READER: Final = """
import sys
from azure.core.exceptions import AzureError
from azure.identity import WorkloadIdentityCredential
from azure.keyvault.secrets import SecretClient
try:
    with SecretClient(sys.argv[1], WorkloadIdentityCredential()) as client:
        print(client.get_secret(sys.argv[2], sys.argv[3] or None).properties.version)
except AzureError as error:
    sys.exit(str(error))
"""


def name() -> str:
    return f"Python: {' and '.join(f'{library} {version(library)}' for library in _LIBRARIES)}"


def command() -> list[str]:
    return [sys.executable, "-c", _READER]
