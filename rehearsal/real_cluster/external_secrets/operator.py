"""Starts the controller of the External Secrets Operator against the API server of one cluster.

Its requests to Entra and to vaults go to the data planes, by the proxy; tokens of ServiceAccounts come from
the API server. Secrets that the simulated operator has made are gone before, so that the real one makes them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.data_planes.planes import Planes
from rehearsal.errors import RehearsalError
from rehearsal.real_cluster.client import Client
from rehearsal.real_cluster.cluster import RealCluster, sendable
from rehearsal.real_cluster.definitions import declared
from rehearsal.real_cluster.external_secrets.chart import Deployed
from rehearsal.real_cluster.external_secrets.entries import forms_of
from rehearsal.real_cluster.programs import Programs, find_program, running_programs
from rehearsal.real_cluster.server import RealServer
from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import NAMESPACE, SECRET, SERVICE_ACCOUNT, Manifest
from rehearsal.simulators.kubernetes.apiserver.custom_resources import schemas_of
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import (
    EXTERNAL_SECRET,
)

PROGRAM: Final = "external-secrets"
DEFINITIONS: Final = Path(__file__).parent / "crds"
_TOKEN_SECONDS: Final = 24 * 3600
_SERVE_SECONDS: Final = 30
_MADE: Final = ("Owner", "Orphan")
"""Creation policies with which the operator makes the Secret itself."""


class RunningOperator:
    """The controller of one cluster."""

    def __init__(self, cluster: RealCluster, programs: Programs) -> None:
        self.cluster, self._programs = cluster, programs

    @property
    def client(self) -> Client:
        return self.cluster.client

    def require_running(self) -> None:
        """Raises RehearsalError if the controller has ended."""
        if self._programs.has_ended(PROGRAM):
            raise RehearsalError(
                "External Secrets Operator has ended; the last lines of its log:\n"
                f"{self._programs.log(PROGRAM)}"
            )

    def refusal(self, kind: GroupVersionKind, namespace: str, name: str) -> str:
        """The API server's refusal of the object under the definitions of the controller's own release; empty
        if it admits the object.
        """
        object_ = self.cluster.get(kind, namespace, name)
        if object_ is None or self.client.get(kind, namespace, name) is not None:
            return ""
        try:
            self.client.apply(declared(sendable(object_), [DEFINITIONS]), force=True, dry_run=True)
        except ApiError as error:
            return str(error)
        return ""


def start(
    cluster: RealCluster, server: RealServer, deployed: Deployed, planes: Planes, contexts: ExitStack
) -> RunningOperator:
    """A running controller, which ends with the contexts. Raises ApiError and RehearsalError."""
    client = cluster.client
    planes.vaults.forms |= forms_of(cluster)
    _serve_definitions(client)
    _remove_made_secrets(client)
    for object_ in _own_objects(deployed):
        client.apply(object_, force=True)
    path = f"/api/v1/namespaces/{deployed.namespace}/serviceaccounts/{deployed.account}/token"
    answer = client.request("POST", path, {"spec": {"expirationSeconds": _TOKEN_SECONDS}})
    environment = {"PATH": os.environ["PATH"], "KUBECONFIG": "controller.yaml", **planes.way_out()}
    programs = contexts.enter_context(running_programs(environment))
    kubeconfig = programs.folder / "controller.yaml"
    kubeconfig.write_text(server.kubeconfig(answer["status"]["token"]), encoding="utf-8")
    programs.start(find_program(PROGRAM), [*deployed.flags(), "--metrics-addr=0"])
    return RunningOperator(cluster, programs)


def definitions() -> list[dict[str, Any]]:
    """The definitions of the controller's own release."""
    return [yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(DEFINITIONS.glob("*.yaml"))]


def _serve_definitions(client: Client) -> None:
    deadline = time.monotonic() + _SERVE_SECONDS
    missing = [
        (definition, kind)
        for definition in definitions()
        for kind in schemas_of(definition)
        if not client.serves(kind)
    ]
    for definition, _ in missing:
        client.apply(definition, force=True)
    while not all(client.serves(kind) for _, kind in missing):
        if time.monotonic() > deadline:
            raise RehearsalError("the API server does not serve the kinds of External Secrets Operator")
        time.sleep(0.05)


def _remove_made_secrets(client: Client) -> None:
    for object_ in client.all_of(EXTERNAL_SECRET):
        target = mapping(mapping(object_["spec"]).get("target"))
        namespace, name = object_["metadata"]["namespace"], object_["metadata"]["name"]
        target_name = str(target.get("name") or name)
        if target.get("creationPolicy") in _MADE and client.get(SECRET, namespace, target_name):
            client.request("DELETE", client.path_of(_secret(namespace, target_name)))


def _secret(namespace: str, name: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace}}


def _own_objects(deployed: Deployed) -> Iterator[Mapping[str, Any]]:
    yield {"apiVersion": "v1", "kind": NAMESPACE.name, "metadata": {"name": deployed.namespace}}
    metadata = {"name": deployed.account, "namespace": deployed.namespace}
    yield {"apiVersion": "v1", "kind": SERVICE_ACCOUNT.name, "metadata": metadata}
    yield from deployed.rights()
