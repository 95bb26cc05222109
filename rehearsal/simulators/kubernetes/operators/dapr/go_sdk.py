"""Errors in the words of Azure's libraries for Go, as a real daprd prints them (test_real_sidecar.py).

Left out are the copies of Entra's answer behind the first, and its ids and times.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

from rehearsal.simulators.azure.entra import VaultError
from rehearsal.simulators.azure.keyvault.response import VaultResponseError

_LINE: Final = "-" * 80
_API_VERSION: Final = "7.5"
_TOKENS: Final = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
_BAD_REQUESTS: Final = ("AADSTS70021:", "AADSTS700016:")
"""Refusals with status 400; the others have 401 (rehearsal/data_planes/credentials.py)."""


@contextmanager
def wording(url: str, api_version: str = _API_VERSION) -> Iterator[None]:
    """The vault's refusals of a GET."""
    try:
        yield
    except VaultResponseError as error:
        raise VaultError(_response(url, error)) from error
    except VaultError as error:
        if not str(error).startswith("dial tcp"):
            raise
        raise VaultError(f'Get "{url}?api-version={api_version}": {error}') from error


def workload_identity(
    error: VaultError, tenant: str, chain: str = "ChainedTokenCredential", before: Sequence[str] = ()
) -> VaultError:
    """Entra's refusal of a pod's token. `before`: what the chain's earlier credentials say."""
    others = "".join(f"\t{line}\n" for line in before)
    why = re.sub(r"^\w+ authentication failed\. ", "", str(error))
    status = 400 if why.startswith(_BAD_REQUESTS) else 401
    return VaultError(
        f"{chain} authentication failed. failed to acquire a token.\nAttempted credentials:\n{others}"
        "\tWorkloadIdentityCredential authentication failed. FromAssertion(): http call("
        f"{_TOKENS.format(tenant=tenant)})(POST) error: reply status code was {status}:\n{why}"
    )


def _response(url: str, error: VaultResponseError) -> str:
    """ResponseError.Error in azcore."""
    return "\n".join(
        (
            f"GET {url}",
            _LINE,
            f"RESPONSE {error.status}: {error.status} {HTTPStatus(error.status).phrase}",
            f"ERROR CODE: {error.code}",
            _LINE,
            json.dumps(error.body, indent=2),
            _LINE,
            "",
        )
    )
