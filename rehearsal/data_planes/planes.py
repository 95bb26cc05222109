"""The data planes of one world: which host has which endpoint, and the environment of a process that meets
them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rehearsal.data_planes.arm.endpoint import HOST as ARM_HOST
from rehearsal.data_planes.arm.endpoint import ResourceManager
from rehearsal.data_planes.arm.routes import Kubeconfigs
from rehearsal.data_planes.credentials import HOST as ENTRA_HOST
from rehearsal.data_planes.credentials import Application, FederatedCredential
from rehearsal.data_planes.entra import Entra
from rehearsal.data_planes.faults import PlaneFaults
from rehearsal.data_planes.issuers import AUDIENCE, Issuer, Issuers
from rehearsal.data_planes.key_vault import SUFFIX as VAULT_SUFFIX
from rehearsal.data_planes.key_vault import KeyVaults
from rehearsal.data_planes.kubernetes_api.endpoint import ApiServers
from rehearsal.data_planes.proxy import Proxy
from rehearsal.data_planes.web import Answer, Endpoint, Request
from rehearsal.simulators.azure.arm import DEPLOYER, SUBSCRIPTION
from rehearsal.simulators.world import World

DEPLOYER_CLIENT: Final = "de910e50-0000-4000-8000-00000000000d"
"""Client id of the deployer's application; its object id is that of every rehearsal's deployer."""
PIPELINE: Final = Issuer(url="https://token.actions.githubusercontent.com", key_id="pipeline")
PIPELINE_SUBJECT: Final = "repo:example/aks-secrets:environment:dev"
_SIMULATED: Final = (VAULT_SUFFIX, ".azmk8s.io", ".oic.prod-aks.azure.com")
"""Suffixes of hosts that exist only while the world holds their resource."""
_PROXY_VARIABLES: Final = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
_AUTHORITY_VARIABLES: Final = (
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"),
)


class Planes:
    """The endpoints of a world, for as long as `serving` serves them.

    `clients_are_pods`: a client is in the network of the cluster whose token it exchanges; else in that of
    section `runner`.
    """

    def __init__(
        self,
        world: World,
        folder: Path,
        faults: PlaneFaults | None = None,
        *,
        clients_are_pods: bool = False,
    ) -> None:
        self.world, self.folder = world, folder
        self.faults = faults or PlaneFaults()
        self.issuers = Issuers(world, self.faults)
        self.issuers.others[PIPELINE.url] = PIPELINE
        self.entra = Entra(world, self.issuers, self.faults)
        self.vaults = KeyVaults(world, self.faults, clients_are_pods=clients_are_pods)
        self.api_servers = ApiServers(world)
        self._secret = secrets.token_urlsafe(24)
        self.entra.applications.append(
            Application(
                client_id=DEPLOYER_CLIENT,
                object_id=DEPLOYER,
                secret=self._secret,
                credentials=(
                    FederatedCredential(issuer=PIPELINE.url, subject=PIPELINE_SUBJECT, audience=AUDIENCE),
                ),
            )
        )
        self.proxy = Proxy(self._find, folder, is_simulated=lambda host: host.endswith(_SIMULATED))
        self.resource_manager = ResourceManager(
            world,
            Kubeconfigs(
                authority=self.proxy.authority.cert_pem.bytes(), client_certificate=self._client_certificate
            ),
        )

    def _find(self, host: str) -> Endpoint | None:
        endpoint: Endpoint | None = None
        if host == ENTRA_HOST:
            endpoint = self.entra
        elif host == ARM_HOST:
            endpoint = self.resource_manager
        elif host in self.vaults.hosts():
            endpoint = self.vaults
        elif host in self.api_servers.hosts():
            endpoint = self.api_servers
        elif host in self.issuers.hosts():
            endpoint = self.issuers
        return _Faulty(endpoint, self.faults) if endpoint else None

    def _client_certificate(self, user: str) -> tuple[bytes, bytes]:
        issued = self.proxy.authority.issue_cert(f"{user}@rehearsal.invalid", common_name=user)
        return issued.cert_chain_pems[0].bytes(), issued.private_key_pem.bytes()

    def way_out(self) -> dict[str, str]:
        """Proxy and authority, in every spelling that a client of some language looks for."""
        authority = dict.fromkeys(_AUTHORITY_VARIABLES, str(self.proxy.authority_file))
        return {
            **dict.fromkeys(_PROXY_VARIABLES, self.proxy.url),
            **authority,
            "NO_PROXY": "",
            "no_proxy": "",
        }

    def environment(self, *, pipeline: bool = False) -> dict[str, str]:
        """Variables of a process in which the deployer is signed in, by a client secret or by the token of a
        pipeline.

        https://learn.microsoft.com/python/api/azure-identity/azure.identity.environmentcredential,
        https://learn.microsoft.com/python/api/azure-identity/azure.identity.workloadidentitycredential
        """
        values = {
            "TENANT_ID": self.entra.tenant,
            "CLIENT_ID": DEPLOYER_CLIENT,
            "SUBSCRIPTION_ID": SUBSCRIPTION,
            **({} if pipeline else {"CLIENT_SECRET": self._secret}),
        }
        # azure-identity reads AZURE_…, azure-native ARM_…
        signed_in = {f"{tool}_{name}": value for name, value in values.items() for tool in ("AZURE", "ARM")}
        if pipeline:
            token_file = self.folder / "pipeline-token"
            token_file.touch(mode=0o600)
            token_file.write_text(PIPELINE.token(PIPELINE_SUBJECT), encoding="utf-8")
            names = ("AZURE_FEDERATED_TOKEN_FILE", "ARM_OIDC_TOKEN_FILE_PATH")
            signed_in |= {**dict.fromkeys(names, str(token_file)), "ARM_USE_OIDC": "true"}
        # The program and the engine talk on this machine; gRPC would do that through the proxy as well.
        here = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
        return {**self.way_out(), **here, **signed_in}

    @contextmanager
    def serving(self) -> Iterator[Planes]:
        with self.proxy.serving():
            yield self


@dataclass(frozen=True)
class _Faulty:
    """An endpoint behind the faults."""

    endpoint: Endpoint
    faults: PlaneFaults

    def answer(self, request: Request) -> Answer:
        return self.faults.answer(request) or self.endpoint.answer(request)
