"""Runs a command the way a pod runs it: the variables of its manifest, those of the AKS webhook, a token
file, and no other way out.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.sdk.cluster import AUDIENCE, Cluster
from tests.sdk.entra import HOST, Entra
from tests.sdk.key_vault import KeyVault
from tests.sdk.proxy import Proxy
from tests.sdk.trust import Pod, Trust


@dataclass(frozen=True)
class Finished:
    status: int
    output: str
    """Standard output."""
    errors: str


@dataclass(kw_only=True)
class World:
    """Azure, one cluster and the way between them, for as long as ``world`` serves it."""

    entra: Entra
    vault: KeyVault
    proxy: Proxy
    folder: Path
    token: str = field(repr=False)

    def run(
        self,
        command: Sequence[str | Path],
        pod: Pod,
        *,
        more: Mapping[str, str] | None = None,
        webhook: bool = True,
    ) -> Finished:
        """Fails the test when a secret's value or the pod's token is printed, without saying it once more."""
        environment = {
            # what a container of any image has:
            # https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "KUBERNETES_SERVICE_HOST": "10.0.0.1",
            **pod.env,
            **(self._webhook(pod) if webhook else {}),
            **self._way_out(),
            "READ_WAIT_SECONDS": "0",
            **(more or {}),
        }
        done = subprocess.run(
            command,
            env=environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        printed = done.stdout + done.stderr
        if leaked := self.vault.appears_in(printed) + ["the ServiceAccount token"] * (self.token in printed):
            pytest.fail(f"the output holds {', '.join(leaked)}")
        return Finished(done.returncode, done.stdout, done.stderr)

    def _webhook(self, pod: Pod) -> dict[str, str]:
        """https://learn.microsoft.com/azure/aks/workload-identity-overview; it injects what is set only
        (webhook.go).
        """
        token_file = self.folder / "azure-identity-token"
        token_file.write_text(self.token)
        return {
            "AZURE_CLIENT_ID": pod.client_id,
            "AZURE_TENANT_ID": pod.tenant_id,
            "AZURE_FEDERATED_TOKEN_FILE": str(token_file),
            "AZURE_AUTHORITY_HOST": f"https://{HOST}/",
        }

    def _way_out(self) -> dict[str, str]:
        """Proxy and authority, in every spelling that a client of some language looks for."""
        authority = str(self.proxy.authority_file)
        proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), self.proxy.url)
        files = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
        return {**proxies, **dict.fromkeys(files, authority), "NO_PROXY": "", "no_proxy": ""}


@contextmanager
def world(
    trust: Trust,
    pod: Pod,
    folder: Path,
    *,
    audience: str = AUDIENCE,
    age_seconds: int = 0,
    signed_by: str = "cluster",
    unsettled_credential: int = 0,
    unsettled_role: int = 0,
) -> Iterator[World]:
    """Serves what ``trust`` holds, to a pod whose token is made from ``pod``; the other parameters make
    something wrong with that token, or let the first requests come too early.
    """
    token = Cluster(issuer=pod.issuer, name=signed_by).token(pod.subject, audience, age_seconds=age_seconds)
    entra = Entra(trust, [Cluster(issuer=pod.issuer)], unsettled=unsettled_credential)
    vault = KeyVault(trust, unsettled=unsettled_role)
    with Proxy([entra, vault], folder / "authority.pem").serving() as proxy:
        yield World(entra=entra, vault=vault, proxy=proxy, folder=folder, token=token)
