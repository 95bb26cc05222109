"""Starts and ends a real API server with its controllers, on loopback, in a temporary folder.

ServiceAccount tokens have the issuer and the signing key that the caller names; RBAC and the API server's own
admission plug-ins are on, Pod Security among them. There is no scheduler and no node: a pod is stored and
stays pending until something writes its status.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import trustme
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from rehearsal.errors import RehearsalError
from rehearsal.real_cluster.client import Client
from rehearsal.real_cluster.programs import Programs, find_program, running_programs

START_SECONDS: Final = 60
_API_SERVER: Final = "kube-apiserver"
_MANAGER: Final = "kube-controller-manager"
_ETCD: Final = "unix://etcd:0"
"""A socket in the folder, which only its owner enters: the stored objects hold Secrets."""
_CONTROLLERS: Final = (
    *("*", "-node-lifecycle-controller", "-node-ipam-controller", "-node-route-controller"),
    *("-pod-garbage-collector-controller", "-taint-eviction-controller", "-ttl-controller"),
)
"""Those of nodes would evict pods: no kubelet renews the lease of a node here."""


@dataclass(frozen=True, kw_only=True)
class RealServer:
    """A running server, as its clients need to know it."""

    address: str
    authority: Path
    """File with the certificate of its authority."""
    token: str
    """The certificate of a member of system:masters."""
    folder: Path

    def client(self) -> Client:
        return Client(self.address, self.authority, self.token)

    def kubeconfig(self, token: str = "") -> str:
        """A kubeconfig with this token; empty: with that of the server's own administrator."""
        return _kubeconfig(self.address, self.authority, token or self.token)


@contextmanager
def running(
    issuer: str, signing_key: RSAPrivateKey | None = None, *, controllers: bool = True
) -> Iterator[RealServer]:
    """A server for the block. Raises RehearsalError if it does not start.

    `issuer`: of ServiceAccount tokens. `controllers`: whether kube-controller-manager runs.
    """
    paths = {name: find_program(name) for name in (_API_SERVER, "etcd", *([_MANAGER] if controllers else []))}
    with running_programs() as programs:
        yield _Starter(paths, programs).start(issuer, signing_key, controllers=controllers)


class _Starter:
    def __init__(self, paths: Mapping[str, Path], programs: Programs) -> None:
        self.paths, self.programs, self.folder = paths, programs, programs.folder
        self.deadline = time.monotonic() + START_SECONDS
        self.tokens = {
            "admin": (secrets.token_urlsafe(24), "system:masters"),
            f"system:{_MANAGER}": (secrets.token_urlsafe(24), ""),
        }

    def start(self, issuer: str, signing_key: RSAPrivateKey | None, *, controllers: bool) -> RealServer:
        self._write_files(signing_key or generate_private_key(public_exponent=65537, key_size=2048))
        self.programs.start(self.paths["etcd"], _etcd_arguments())
        server = self._start_api_server(issuer)
        if controllers:
            token = self.tokens[f"system:{_MANAGER}"][0]
            kubeconfig = _kubeconfig(server.address, server.authority, token)
            (self.folder / "controllers.yaml").write_text(kubeconfig, encoding="utf-8")
            self.programs.start(self.paths[_MANAGER], _controller_arguments())
        return server

    def _start_api_server(self, issuer: str) -> RealServer:
        port = _free_port()
        self.programs.start(self.paths[_API_SERVER], _api_server_arguments(issuer, port))
        server = RealServer(
            address=f"https://127.0.0.1:{port}",
            authority=self.folder / "ca.pem",
            token=self.tokens["admin"][0],
            folder=self.folder,
        )
        client = server.client()
        while not client.is_ready():
            log, ended = self.programs.log(_API_SERVER), self.programs.has_ended(_API_SERVER)
            if ended and "address already in use" in log:  # another program took the port meanwhile
                self.programs.forget_end(_API_SERVER)
                return self._start_api_server(issuer)
            if ended or time.monotonic() > self.deadline:
                why = "has ended" if ended else f"is not ready after {START_SECONDS} s"
                raise RehearsalError(
                    f"--cluster real: {_API_SERVER} {why}; the last lines of its log:\n{log}"
                )
            time.sleep(0.05)
        return server

    def _write_files(self, signing_key: RSAPrivateKey) -> None:
        authority = trustme.CA()
        certificate = authority.issue_cert("127.0.0.1", "localhost", "kubernetes.default.svc")
        authority.cert_pem.write_to_path(self.folder / "ca.pem")
        certificate.private_key_and_cert_chain_pem.write_to_path(self.folder / "server.pem")
        private = signing_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        (self.folder / "accounts.pem").write_bytes(private)
        rows = [f'{token},{user},{user},"{group}"' for user, (token, group) in self.tokens.items()]
        (self.folder / "tokens.csv").write_text("\n".join(rows), encoding="utf-8")


def _etcd_arguments() -> list[str]:
    peer = "unix://peer:0"
    return [
        *("--name=rehearsal", "--data-dir=data", "--unsafe-no-fsync", "--log-level=warn"),
        *(f"--listen-client-urls={_ETCD}", f"--advertise-client-urls={_ETCD}"),
        *(f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}"),
        f"--initial-cluster=rehearsal={peer}",
    ]


def _api_server_arguments(issuer: str, port: int) -> list[str]:
    """https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/"""
    return [
        *(f"--etcd-servers={_ETCD}", f"--secure-port={port}", "--bind-address=127.0.0.1"),
        *("--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none"),
        *("--tls-cert-file=server.pem", "--tls-private-key-file=server.pem"),
        *("--token-auth-file=tokens.csv", "--authorization-mode=RBAC", "--allow-privileged=true"),
        f"--service-account-issuer={issuer}",
        *("--service-account-key-file=accounts.pem", "--service-account-signing-key-file=accounts.pem"),
        *("--service-cluster-ip-range=10.0.0.0/16", "--enable-priority-and-fairness=false"),
    ]


def _controller_arguments() -> list[str]:
    """https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/"""
    return [
        *("--kubeconfig=controllers.yaml", "--leader-elect=false", "--secure-port=0"),
        *("--service-account-private-key-file=accounts.pem", "--root-ca-file=ca.pem"),
        *("--use-service-account-credentials=true", f"--controllers={','.join(_CONTROLLERS)}"),
    ]


def _kubeconfig(address: str, authority: Path, token: str) -> str:
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "real",
        "contexts": [{"name": "real", "context": {"cluster": "real", "user": "real"}}],
        "clusters": [
            {"name": "real", "cluster": {"server": address, "certificate-authority": str(authority)}}
        ],
        "users": [{"name": "real", "user": {"token": token}}],
    }
    return yaml.safe_dump(document)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
