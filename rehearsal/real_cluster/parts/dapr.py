"""Technique dapr: the sidecar of a pod reads, the real runtime with the Components of the real API server.

It runs self-hosted (daprd.py). Written here are the injector and the webhook of workload identity, whose
rules give it its arguments and variables. Each workload's sidecar is also asked for what it must refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from typing import Any, Final

from rehearsal.real_cluster.cluster import RealCluster
from rehearsal.real_cluster.daprd import NAME, RunningSidecar, SidecarEndedError, running_sidecar
from rehearsal.real_cluster.parts import (
    NotProvedError,
    Part,
    RefusedError,
    Surroundings,
    require_program,
)
from rehearsal.real_cluster.pod_client import pods_of, require_secret, token_of
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER
from rehearsal.simulators.azure.keyvault import data_plane
from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.store import Manifest
from rehearsal.simulators.kubernetes.apiserver import webhooks
from rehearsal.simulators.kubernetes.operators.dapr import key_vault
from rehearsal.simulators.kubernetes.operators.dapr.detection import installed
from rehearsal.simulators.kubernetes.operators.dapr.kinds import COMPONENT, CONFIGURATION
from rehearsal.simulators.kubernetes.operators.dapr.webhook import sidecar_of
from rehearsal.simulators.kubernetes.operators.workload_identity import variables
from tools.go_tools import TOOLS, GoToolFinder

TECHNIQUE: Final = "dapr"
_STORE: Final = "DAPR_SECRET_STORE"
_NAMES: Final = "SECRET_NAMES"
_REFUSALS: Final = (
    (403, "ERR_PERMISSION_DENIED"),
    (401, "ERR_SECRET_STORE_NOT_FOUND"),
    (500, "ERR_SECRET_STORES_NOT_CONFIGURED"),
)
"""Answers without a request to the vault."""


class _Sidecars:
    """Sidecars of workloads, one at a time: the rows of a workload follow each other."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._running = surroundings.contexts.enter_context(ExitStack())
        self._workload = ""
        self._sidecar: RunningSidecar | str = ""

    @property
    def name(self) -> str:
        return self._name

    @cached_property
    def _name(self) -> str:
        """The runtime's version, and that of the installations in the clusters."""
        clusters, world = self._surroundings.clusters, self._surroundings.planes.world
        installations = [installed(clusters.open(resource.id)) for resource in list(world.of_type(CLUSTER))]
        versions = {each.version or "the newest" for each in installations if each}
        version = GoToolFinder(TOOLS[NAME]).pinned_version()
        return f"{NAME} {version}, self-hosted (pinned: {' and '.join(sorted(versions)) or 'none'})"

    def read(self, cluster: RealCluster, row: Mapping[str, Any]) -> str:
        require_program(NAME)
        pod, secret = _pod_with_sidecar(cluster, row), str(row["secret"])
        require_secret(row)
        _require_supported(cluster, row)
        store = _store(cluster, pod, row)
        sidecar = self._sidecar_of(cluster, pod, row, store)
        try:
            answer = sidecar.secret(store, secret)
        except OSError as error:
            raise RefusedError(f"the sidecar does not answer: {error}") from error
        if answer.status != 200:
            raise RefusedError(f"{answer.code}: {_in_one_line(answer.message)}")
        planes = self._surroundings.planes
        vault = data_plane.find_vault(planes.world, str(row["vault"]))
        newest = data_plane.read(planes.world, vault, None, "secret", secret, "")
        if answer.data != {secret: planes.vaults.value_of(vault, secret, newest.content)}:
            raise RefusedError("the sidecar gives another value than the newest of the vault")
        return newest.version

    def _sidecar_of(
        self, cluster: RealCluster, pod: Manifest, row: Mapping[str, Any], store: str
    ) -> RunningSidecar:
        workload = f"{cluster.id}/{row['namespace']}/{row['workload']}"
        if workload != self._workload:
            self._running.close()
            self._workload, self._sidecar = workload, self._start(cluster, pod, row, store)
        if isinstance(self._sidecar, str):
            raise RefusedError(self._sidecar)
        return self._sidecar

    def _start(
        self, cluster: RealCluster, pod: Manifest, row: Mapping[str, Any], store: str
    ) -> RunningSidecar | str:
        """The sidecar, or why none can be used."""
        client = cluster.client
        objects = [*client.all_of(COMPONENT), *client.all_of(CONFIGURATION)]
        token = token_of(client, row)
        way_out = self._surroundings.planes.way_out()
        try:
            sidecar = self._running.enter_context(running_sidecar(pod, objects, way_out, token))
        except SidecarEndedError as error:
            return str(error)
        for other_store, secret in ((store, "of-another-workload"), ("another", "any")):
            answer = sidecar.secret(other_store, secret)
            if (answer.status, answer.code) not in _REFUSALS:
                return f"the sidecar does not refuse secret {secret} of store {other_store}"
        return sidecar


def parts(surroundings: Surroundings) -> Sequence[Part]:
    return (_Sidecars(surroundings),)


def _pod_with_sidecar(cluster: RealCluster, row: Mapping[str, Any]) -> Manifest:
    """The first pod of the workload, as the webhooks leave it."""
    pod = next(iter(pods_of(cluster, row)), None)
    if pod is None:
        raise NotProvedError("the stack makes no pod of this workload")
    made: Any = webhooks.mutated(cluster, pod)
    if sidecar_of(made) is None:
        raise RefusedError(f"the injector gives pod {pod['metadata']['name']} no sidecar")
    return made


def _require_supported(cluster: RealCluster, row: Mapping[str, Any]) -> None:
    """Raises NotProvedError if the namespace has a Component that this runtime cannot load."""
    for component in cluster.client.all_of(COMPONENT, str(row["namespace"])):
        name, spec = component["metadata"]["name"], mapping(component.get("spec"))
        if str(spec.get("type", "")).lower() != key_vault.TYPE:
            raise NotProvedError(f"Component {name} is no {key_vault.TYPE}, the only one of this {NAME}")
        if any(item.get("secretKeyRef") for item in mappings(spec.get("metadata"))):
            raise NotProvedError(
                f"Component {name} refers to a Kubernetes Secret, which Dapr's operator reads"
            )


def _store(cluster: RealCluster, pod: Manifest, row: Mapping[str, Any]) -> str:
    """The store in which the application looks for the secret: of several, that of the row's vault."""
    stores = list(_stores(mappings(mapping(pod.get("spec")).get("containers")), str(row["secret"])))
    for store in stores:
        try:
            component = cluster.client.get(COMPONENT, str(row["namespace"]), store) or {}
        except ApiError:
            component = {}
        for item in mappings(mapping(component.get("spec")).get("metadata")):
            if (item.get("name"), item.get("value")) == ("vaultName", str(row["vault"]).lower()):
                return store
    if not stores:
        raise NotProvedError(f"no container has a variable {_STORE}")
    return stores[0]


def _stores(containers: Sequence[Mapping[str, Any]], secret: str) -> Iterator[str]:
    """The stores that the variables of the containers name: first those of the secret."""
    stores = [
        (secret in values.get(f"{_NAMES}{name.removeprefix(_STORE)}", "").split(","), value)
        for container in containers
        for values in [variables(container)]
        for name, value in values.items()
        if name.startswith(_STORE)
    ]
    yield from (value for _, value in sorted(stores, key=lambda pair: not pair[0]))


def _in_one_line(message: str) -> str:
    """Entra's answer in the sidecar's message; else the beginning of the message."""
    line = " ".join(message.replace("-" * 80, "").split())
    refusal = re.search(r"AADSTS\d+: .*?(?= Trace ID|$)", line)
    return refusal[0] if refusal else line[:400]
