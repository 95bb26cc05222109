"""Azure's own clients, with a token that the API server gives a pod's ServiceAccount."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.data_planes.credentials import HOST
from rehearsal.data_planes.issuers import AUDIENCE
from rehearsal.real_cluster.client import Client
from rehearsal.real_cluster.cluster import RealCluster
from rehearsal.real_cluster.parts import NotProvedError, RefusedError, Surroundings
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.store import POD, Manifest

_SECONDS: Final = 60

# https://learn.microsoft.com/python/api/overview/azure/keyvault-secrets-readme; a value is never printed.
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
    if row["access"] == "identity-binding":
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
    client: Client, row: Mapping[str, Any], request: SecretRequest, surroundings: Surroundings
) -> str:
    """The version that was read. Raises ApiError and RefusedError."""
    token = surroundings.scratch / "token"
    token.touch(mode=0o600)
    token.write_text(token_of(client, row), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _READER, request.vault, request.secret, request.version],
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
        raise RefusedError(_in_one_line(done.stderr))
    return done.stdout.strip()


def _in_one_line(text: str) -> str:
    """Azure's answer in the client's message; else the beginning of the message."""
    for pattern in (r"AADSTS\d+: .*?(?=Trace ID|\n|$)", r"\((?!invalid_)\w+\) [^\n]*"):
        if match := re.search(pattern, text):
            return match[0].strip()
    return " ".join(text.split())[:300]
