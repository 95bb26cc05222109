"""An application's read of a secret: the token that the API server gives its ServiceAccount, and the
variables that workload identity gives its pod.

Deliberately not here: the programs that read (`clients/`).
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.data_planes.credentials import HOST
from rehearsal.data_planes.issuers import AUDIENCE
from rehearsal.errors import RehearsalError
from rehearsal.real_cluster.client import Client
from rehearsal.real_cluster.clients import VaultClient
from rehearsal.real_cluster.cluster import RealCluster
from rehearsal.real_cluster.parts import NotProvedError, RefusedError, Surroundings
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.store import POD, Manifest

NAMES_ITSELF: Final = "namesItself"
"""Key of a row: another tool owns the ServiceAccount, and its pods may name the client id by themselves."""
_SECONDS: Final = 60


@dataclass(frozen=True, kw_only=True)
class SecretRequest:
    """A request to a vault, and the identity that sends it."""

    vault: str
    secret: str
    version: str
    client_id: str
    tenant_id: str


def require_secret(row: Mapping[str, Any]) -> None:
    """Raises NotProvedError unless the row is about a secret that is read with a token for Entra."""
    if row.get("access") == "identity-binding":
        raise NotProvedError("the token proxy of identity bindings answers in a cluster of AKS only")
    if row["secret"] == "*":
        raise NotProvedError("the row is about a whole vault and names no secret")
    if row["type"] in ("key", "cert"):
        raise NotProvedError(f"the client reads secrets, and this is a {row['type']}")


def pods_of(cluster: RealCluster, row: Mapping[str, Any]) -> list[Manifest]:
    """The pods with the ServiceAccount of a row of `access`."""
    account = row["serviceAccount"]
    return [
        pod
        for pod in cluster.client.all_of(POD, str(row["namespace"]))
        if mapping(pod.get("spec")).get("serviceAccountName") == account
    ]


def token_of(client: Client, row: Mapping[str, Any]) -> str:
    """A token of the ServiceAccount of a row of `access`, as the kubelet requests it. Raises ApiError."""
    path = f"/api/v1/namespaces/{row['namespace']}/serviceaccounts/{row['serviceAccount']}/token"
    return client.request("POST", path, {"spec": {"audiences": [AUDIENCE]}})["status"]["token"]


def read_version(
    client: Client,
    row: Mapping[str, Any],
    request: SecretRequest,
    surroundings: Surroundings,
    reader: VaultClient,
) -> str:
    """The version that an application reads. Raises ApiError, NotProvedError and RefusedError.

    Its environment: https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
    """
    try:
        command = reader.command()
    except RehearsalError as error:
        raise NotProvedError(str(error)) from error
    token = surroundings.scratch / "token"
    token.touch(mode=0o600)
    token.write_text(token_of(client, row), encoding="utf-8")
    done = subprocess.run(
        [*command, request.vault, request.secret, request.version],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(surroundings.scratch),
            "AZURE_AUTHORITY_HOST": f"https://{HOST}/",
            "AZURE_CLIENT_ID": request.client_id,
            "AZURE_TENANT_ID": request.tenant_id,
            "AZURE_FEDERATED_TOKEN_FILE": str(token),
            **surroundings.planes.way_out(),
        },
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise RefusedError(_in_one_line(done.stderr), done.stderr)
    return done.stdout.strip()


_REFUSALS: Final = (
    r"AADSTS\d+: .*?(?=Trace ID|\n|$)",
    r"\((?!invalid_)\w+\) [^\n]*",
    r'(?<="message": ")[^"\\]+',
)
"""Entra's words in each client's; the vault's in Python's; the vault's in the body that Go prints."""


def _in_one_line(text: str) -> str:
    """Azure's answer in the client's message; else the beginning of the message."""
    for pattern in _REFUSALS:
        if match := re.search(pattern, text):
            return match[0].strip()
    return " ".join(text.split())[:300]
