"""Reads of a stack's secrets by real parts: tokens of a real API server, and what each technique reads with.

Azure's end is the data planes, which check the credentials and roles that the simulated cloud declares. Only
what the objects in the cluster say is used. Which part reads is in `parts/`; what none reads is listed as
simulated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from rehearsal.data_planes.issuers import issuer_url
from rehearsal.data_planes.planes import Planes
from rehearsal.real_cluster.cluster import RealCluster
from rehearsal.real_cluster.clusters import RealClusters
from rehearsal.real_cluster.parts import NotProvedError, Part, RefusedError, Surroundings, part_modules
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER
from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.world import World

SIMULATED: Final = "simulated"


@dataclass(frozen=True, kw_only=True)
class Read:
    """One secret of a workload, and what has read it."""

    workload: str
    secret: str
    part: str
    version: str = ""
    refusal: str = ""
    """The reason that it could not be read; empty if it was, and where the part is simulated."""
    words: str = field(default="", repr=False)
    """The whole text of the part about the refusal."""
    reason: str = ""
    """The reason that no real part reads it; empty if one does."""


@contextmanager
def reading(world: World) -> Iterator[Reader]:
    """Real servers for the clusters of the world, and its data planes, during the block."""
    with ExitStack() as contexts:
        scratch = Path(contexts.enter_context(TemporaryDirectory(prefix="rehearsal-reads-")))
        planes = contexts.enter_context(Planes(world, scratch, clients_are_pods=True).serving())
        own = (getattr(module, "DEFINITIONS", None) for module in part_modules().values())
        clusters = RealClusters(world, contexts, [folder for folder in own if folder is not None])
        by_issuer = {
            issuer_url(resource): clusters.open(resource.id) for resource in list(world.of_type(CLUSTER))
        }
        for cluster in by_issuer.values():
            cluster.await_pods()
        yield Reader(by_issuer, Surroundings(clusters, planes, scratch, contexts))


@dataclass(frozen=True)
class Reader:
    """Reads secrets as pods of the clusters do."""

    clusters: Mapping[str, RealCluster]
    """Issuer of a cluster's tokens → the cluster."""
    surroundings: Surroundings
    _parts: dict[str, Sequence[Part]] = field(default_factory=dict[str, Sequence[Part]])

    @property
    def planes(self) -> Planes:
        return self.surroundings.planes

    def read(self, row: Mapping[str, Any]) -> list[Read]:
        """One for each part that reads secrets of the row's technique.

        `row` of the output `access`: which workload has which secret. What is asked, and as whom, is read
        from the objects in the cluster.
        """
        try:
            parts, cluster = self._parts_of(str(row["technique"])), self._cluster_of(row)
        except NotProvedError as error:
            return [Read(**_place(row), part=SIMULATED, reason=str(error))]
        return [_read(part, cluster, row) for part in parts]

    def _parts_of(self, technique: str) -> Sequence[Part]:
        """The parts of a technique, made when its first secret is read."""
        known = self._parts.get(technique)
        if known is None:
            module = part_modules().get(technique)
            if module is None:
                raise NotProvedError(f"no part is known that reads by technique {technique}")
            known = self._parts[technique] = module.parts(self.surroundings)
        return known

    def _cluster_of(self, row: Mapping[str, Any]) -> RealCluster:
        issuer = row.get("issuer")
        if issuer is None:
            raise NotProvedError(f"it signs in by {row.get('access')}, without a token of the API server")
        if str(issuer) not in self.clusters:
            raise NotProvedError("its cluster is not one of the simulated cloud")
        return self.clusters[str(issuer)]


def _read(part: Part, cluster: RealCluster, row: Mapping[str, Any]) -> Read:
    place = _place(row)
    try:
        version = part.read(cluster, row)
    except NotProvedError as error:
        return Read(**place, part=SIMULATED, reason=str(error))
    except RefusedError as error:
        return Read(**place, part=part.name, refusal=str(error), words=error.words)
    except ApiError as error:
        return Read(**place, part=part.name, refusal=str(error), words=str(error))
    return Read(**place, part=part.name, version=version)


def _place(row: Mapping[str, Any]) -> dict[str, str]:
    return {"workload": f"{row['namespace']}/{row['workload']}", "secret": str(row["secret"])}
