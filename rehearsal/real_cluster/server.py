"""Starts and ends a real API server with its controllers, on loopback, in a temporary folder.

ServiceAccount tokens have the issuer and the signing key that the caller names; RBAC and the API server's own
admission plug-ins are on, Pod Security among them. There is no scheduler and no node: a pod is stored and
stays pending until something writes its status.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import trustme
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from rehearsal.errors import RehearsalError
from rehearsal.real_cluster.client import Client
from rehearsal.real_cluster.programs import find_program

REPOSITORY: Final = Path(__file__).resolve().parents[2]
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
    """Of a member of system:masters."""
    folder: Path

    def client(self) -> Client:
        return Client(self.address, self.authority, self.token)

    def kubeconfig(self) -> str:
        return _kubeconfig(self.address, self.authority, self.token)


@contextmanager
def running(
    issuer: str, signing_key: RSAPrivateKey | None = None, *, controllers: bool = True
) -> Iterator[RealServer]:
    """A server for the block. Raises RehearsalError if it does not start.

    `issuer`: of ServiceAccount tokens. `controllers`: whether kube-controller-manager runs.
    """
    programs = {
        name: find_program(name) for name in (_API_SERVER, "etcd", *([_MANAGER] if controllers else []))
    }
    folder = Path(tempfile.mkdtemp(prefix="rehearsal-cluster-"))  # readable by its owner only
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "rehearsal.real_cluster.supervisor", str(folder)],
        stdin=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
        text=True,
        start_new_session=True,
    )
    try:
        yield _Starter(programs, folder, supervisor).start(issuer, signing_key, controllers=controllers)
    finally:
        assert supervisor.stdin is not None
        with suppress(BrokenPipeError):
            supervisor.stdin.close()
        supervisor.wait()


class _Starter:
    def __init__(self, programs: Mapping[str, Path], folder: Path, supervisor: subprocess.Popen[str]) -> None:
        self.programs, self.folder, self.supervisor = programs, folder, supervisor
        self.deadline = time.monotonic() + START_SECONDS
        self.tokens = {
            "admin": (secrets.token_urlsafe(24), "system:masters"),
            f"system:{_MANAGER}": (secrets.token_urlsafe(24), ""),
        }

    def start(self, issuer: str, signing_key: RSAPrivateKey | None, *, controllers: bool) -> RealServer:
        self._write_files(signing_key or generate_private_key(public_exponent=65537, key_size=2048))
        self._run(self.programs["etcd"], _etcd_arguments())
        server = self._start_api_server(issuer)
        if controllers:
            token = self.tokens[f"system:{_MANAGER}"][0]
            kubeconfig = _kubeconfig(server.address, server.authority, token)
            (self.folder / "controllers.yaml").write_text(kubeconfig, encoding="utf-8")
            self._run(self.programs[_MANAGER], _controller_arguments())
        return server

    def _start_api_server(self, issuer: str) -> RealServer:
        port = _free_port()
        self._run(self.programs[_API_SERVER], _api_server_arguments(issuer, port))
        server = RealServer(
            address=f"https://127.0.0.1:{port}",
            authority=self.folder / "ca.pem",
            token=self.tokens["admin"][0],
            folder=self.folder,
        )
        client = server.client()
        while not client.is_ready():
            log = _log(self.folder, _API_SERVER)
            ended = self.folder / f"{_API_SERVER}.exit"
            if ended.exists() and "address already in use" in log:  # another program took the port meanwhile
                ended.unlink()
                return self._start_api_server(issuer)
            if ended.exists() or time.monotonic() > self.deadline:
                why = "has ended" if ended.exists() else f"is not ready after {START_SECONDS} s"
                raise RehearsalError(
                    f"--cluster real: {_API_SERVER} {why}; the last lines of its log:\n{log}"
                )
            time.sleep(0.05)
        return server

    def _run(self, program: Path, arguments: list[str]) -> None:
        assert self.supervisor.stdin is not None
        self.supervisor.stdin.write(json.dumps([str(program), *arguments]) + "\n")
        self.supervisor.stdin.flush()

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


def _log(folder: Path, name: str) -> str:
    log = folder / f"{name}.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-12:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
