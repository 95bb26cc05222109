"""The wait of pulumi-kubernetes for an object, while Azure's rights are on their way.

The kubelet and the operators try again by themselves, each with its own pauses, and the provider waits until
its time limit. No time passes: the world's clock jumps from try to try. Without a right that is on its way
nothing would change, and nothing is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from rehearsal.simulators.kubernetes.api.events import EVENT, record_name
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.server import ApiServer
from rehearsal.simulators.kubernetes.api.store import Manifest, identity
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.provider import readiness
from rehearsal.simulators.kubernetes.provider.resource import is_patch
from rehearsal.simulators.provider import Call

T = TypeVar("T")
DEFAULT_SECONDS: Final = 600
"""The provider waits for ten minutes: await/{deployment,pod,statefulset}.go, await/await.go."""
_MOUNT: Final = (0.5, 122)
"""pkg/util/goroutinemap/exponentialbackoff of kubernetes"""
_CRASH: Final = (10, 300)
"""https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy"""
_OPERATOR: Final = (1, 420)
"""BuildRateLimiter in pkg/controllers/util of external-secrets"""
_PAUSES: Final = {"FailedMount": _MOUNT, "BackOff": _CRASH, "Failed": _CRASH}
"""Reason of an event about pods → first and longest pause between two tries, which double."""


def unmet_conditions(call: Call, cluster: ApiServer, manifest: Manifest) -> list[str] | None:
    """As `readiness.unmet_conditions`, after the wait."""

    def why_not() -> list[str] | None:
        return readiness.unmet_conditions(cluster, manifest)

    return _until_ready(cluster, manifest, call.timeout, why_not, None)


def why_pods_not_ready(call: Call, cluster: ApiServer, manifest: Manifest) -> list[str]:
    """As `readiness.why_pods_not_ready`, after the wait. Nothing waits for the pods of a patched object."""

    def why_not() -> list[str]:
        return [] if is_patch(call) else readiness.why_pods_not_ready(cluster, manifest)

    return _until_ready(cluster, manifest, call.timeout, why_not, [])


def _until_ready(
    cluster: ApiServer, manifest: Manifest, timeout: float, why_not: Callable[[], T], ready: T
) -> T:
    """The reason that the object is not ready when it is, or when the provider waits no longer."""
    why = why_not()
    if why == ready or not isinstance(cluster, SimulatedCluster):
        return why
    world, limit = cluster.world, _limit(manifest, timeout)
    start = world.clock
    for seconds in _tries(cluster, manifest):
        if why == ready or not world.awaits_rights() or seconds > limit:
            break
        world.wait(max(0, int(start + seconds) - world.clock))
        cluster.try_again()
        why = why_not()
    if why != ready and world.awaits_rights():
        world.wait(max(0, int(start + limit) - world.clock))
    return why


def _limit(manifest: Manifest, timeout: float) -> float:
    """The controller gives a Deployment up after its own time limit, and the provider then, too
    (checkRolloutStatus in await/deployment.go).
    """
    limit = timeout or DEFAULT_SECONDS
    if manifest.get("kind") == "Deployment":
        own = mapping(manifest.get("spec")).get("progressDeadlineSeconds")
        limit = min(limit, own if isinstance(own, int) else DEFAULT_SECONDS)
    return limit


def _tries(cluster: SimulatedCluster, manifest: Manifest) -> Iterator[float]:
    """Seconds after the first try at which the next ones come."""
    kind, namespace, name = identity(manifest)
    event = cluster.get(EVENT, namespace, record_name(kind, name)) or {}
    pause, longest = _PAUSES.get(str(event.get("reason")), _OPERATOR)
    after = 0.0
    while True:
        after += pause
        yield after
        pause = min(2 * pause, longest)
