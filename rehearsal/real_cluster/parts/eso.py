"""Technique eso: the real External Secrets Operator fills the Secret of each ExternalSecret, and writes what
PushSecrets push.

Its controller is of an older release than the chart that the program installs: objects with fields that this
release does not have are not proved.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rehearsal.real_cluster.cluster import RealCluster
from rehearsal.real_cluster.external_secrets import operator
from rehearsal.real_cluster.external_secrets.chart import Deployed
from rehearsal.real_cluster.external_secrets.entries import Entry, entries_of, stores_of
from rehearsal.real_cluster.external_secrets.operator import RunningOperator
from rehearsal.real_cluster.external_secrets.outcome import outcome_of, settled
from rehearsal.real_cluster.external_secrets.pushed import Pushed, pushed_secrets
from rehearsal.real_cluster.parts import (
    NotProvedError,
    Part,
    RefusedError,
    Surroundings,
    require_program,
)
from rehearsal.simulators.azure.keyvault import data_plane
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.store import SECRET, Manifest
from rehearsal.simulators.kubernetes.operators.external_secrets.controller import ExternalSecretsOperator
from rehearsal.simulators.kubernetes.operators.external_secrets.detection import installed
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import (
    EXTERNAL_SECRET,
    PUSH_SECRET,
)
from tools.go_tools import TOOLS, GoToolFinder

TECHNIQUE: Final = "eso"
DEFINITIONS: Final = operator.DEFINITIONS
"""The controller runs with the definitions of its own release."""
_PREFIXES: Final = {"key": "key", "cert": "cert"}
"""Type of an object → prefix of its key; all others are read as secrets."""
_EVERY: Final = "*"


class _Operators:
    """The operators of all clusters; each starts when its first secret is read."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._running: dict[str, RunningOperator] = {}

    @property
    def name(self) -> str:
        built = GoToolFinder(TOOLS[operator.PROGRAM]).pinned_version()
        return f"External Secrets Operator {built} (pinned: {ExternalSecretsOperator.chart_version})"

    def read(self, cluster: RealCluster, row: Mapping[str, Any]) -> str:
        running = self._operator(cluster)
        entries = list(_entries(cluster, row))
        if pushed := _push_of(cluster, row):
            return self._written(running, pushed)
        if not entries:
            raise RefusedError("no ExternalSecret reads it")
        versions = [self._version(running, entry) for entry in entries]
        return versions[0]

    def _operator(self, cluster: RealCluster) -> RunningOperator:
        if cluster.id not in self._running:
            release = installed(cluster)
            if release is None:
                raise NotProvedError("no release of the operator is in the cluster")
            require_program(operator.PROGRAM)
            here = self._surroundings
            self._running[cluster.id] = operator.start(
                cluster,
                here.clusters.server_of(cluster),
                Deployed(cluster, release),
                here.planes,
                here.contexts,
            )
        return self._running[cluster.id]

    @staticmethod
    def _written(running: RunningOperator, pushed: Pushed) -> str:
        """The version that the vault has, once the operator has pushed it."""
        namespace, name = (str(pushed.push["metadata"][key]) for key in ("namespace", "name"))
        if why := running.refusal(PUSH_SECRET, namespace, name):
            raise NotProvedError(f"PushSecret {name}: {why}")
        if pushed.source and running.cluster.get(SECRET, namespace, pushed.source) is None:
            raise NotProvedError(f"another tool makes Secret {pushed.source}, which it pushes")
        outcome = settled(running, pushed.push)
        if not outcome.is_ready:
            raise RefusedError(_words(outcome.event))
        world = running.cluster.world
        vault = data_plane.find_vault(world, pushed.vault)
        return data_plane.read(world, vault, None, "secret", pushed.name, "").version

    def _version(self, running: RunningOperator, entry: Entry) -> str:
        secret = entry.secret
        namespace, name = str(secret["metadata"]["namespace"]), str(secret["metadata"]["name"])
        for place in ((EXTERNAL_SECRET, namespace, name), entry.store):
            if why := running.refusal(*place):
                raise NotProvedError(f"{place[0].name} {place[2]}: {why}")
        outcome = settled(running, secret)
        if not outcome.is_ready:
            raise RefusedError(_reason(running, secret, outcome.event))
        target = str(mapping(secret["spec"].get("target")).get("name") or name)
        made = running.client.get(SECRET, namespace, target)
        if made is None:
            raise RefusedError(f"there is no Secret {target}")
        data = mapping(made.get("data"))
        if entry.is_query:
            return f"{len(data)} keys"
        world = running.cluster.world
        vault = data_plane.find_vault(world, entry.vault)
        known = data_plane.read(world, vault, None, entry.kind, entry.name, entry.version)
        if entry.kind == "secret" and entry.is_copied and entry.key in data:
            expected = self._surroundings.planes.vaults.value_of(vault, entry.name, known.content)
            if base64.b64decode(data[entry.key]).decode() != expected:
                raise RefusedError(f"the Secret {target} has another value at {entry.key}")
        return known.version


def parts(surroundings: Surroundings) -> Sequence[Part]:
    return (_Operators(surroundings),)


def _entries(cluster: RealCluster, row: Mapping[str, Any]) -> Iterator[Entry]:
    """The entry that reads the secret of a row: by a store with the row's vault and ServiceAccount."""
    kind, name = _PREFIXES.get(str(row["type"]), "secret"), "" if row["secret"] == _EVERY else row["secret"]
    for entry in entries_of(cluster, str(row["namespace"])):
        same_store = (entry.vault, entry.account) == (row["vault"], row["serviceAccount"])
        if same_store and (entry.kind, entry.name) == (kind, name):
            yield entry


def _push_of(cluster: RealCluster, row: Mapping[str, Any]) -> Pushed | None:
    """The object that writes the secret of a row, by a store with the row's vault and ServiceAccount."""
    place = (row["vault"], row["serviceAccount"], row["secret"])
    pushes = pushed_secrets(cluster, str(row["namespace"]))
    return next((each for each in pushes if (each.vault, each.account, each.name) == place), None)


def _reason(running: RunningOperator, secret: Manifest, event: str) -> str:
    """The event of a store that is not ready, else that of the ExternalSecret, as a line."""
    for place in stores_of(secret):
        store = outcome_of(running.client, *place)
        if store.status == "False":
            event = store.event or event
    return _words(event)


def _words(event: str) -> str:
    """The reason in an event, as a line."""
    if not event:
        return "External Secrets Operator has not looked at it"
    for pattern in (r"AADSTS\d+: .*?(?=Trace ID|\"|\n|$)", r"(?<=Message=\")[^\"]*"):
        if match := re.search(pattern, event):
            return " ".join(match[0].split())
    return " ".join(event.split())[:300]
