"""New routes to secrets that a workload could read before: another technique, identity or ServiceAccount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from trust.access import MAY_READ, Reading
from trust.changes.access import object_of
from trust.grants import EVERY
from trust.readers import BY_BINDING, THROUGH_THE_NODE, TRUSTS


def changed_routes(before: Iterable[Reading], after: Iterable[Reading]) -> tuple[str, ...]:
    """Sentences on the readings that stay, by workload, those that now depend on another tool first."""
    old = {reading.key: reading for reading in before if reading.state != "missing"}
    new = [reading for reading in after if reading.state != "missing"]
    pairs: dict[str, list[tuple[Reading, Reading]]] = defaultdict(list)
    for reading in new:
        if reading.key in old:
            pairs[reading.workload].append((old[reading.key], reading))
    return tuple(
        dict.fromkeys(
            [
                *(text for workload, of in pairs.items() for text in _dependent(workload, of)),
                *(text for workload, of in pairs.items() for text in _other_way(workload, of)),
                *_newly_named(old, new),
                *_no_longer_named(old.values(), new),
            ]
        )
    )


def depends(before: Reading, after: Reading) -> bool:
    """Whether the change makes a reading depend on a link that another person or tool makes."""
    return (before.state, after.state) == ("held", "external")


_Pair = tuple[Reading, Reading]


def _dependent(workload: str, pairs: Iterable[_Pair]) -> Iterator[str]:
    by_link: dict[str, list[Reading]] = defaultdict(list)
    for old, new in pairs:
        if depends(old, new):
            links = [link for link in new.links if link.state == "external"]
            # The last link names the object itself.
            rights = [link for link in links if link is new.links[-1]]
            by_link[
                f"another tool gives {rights[0].start} the right"
                if rights
                else " and ".join(str(link) for link in links)
            ].append(new)
    for condition, readings in by_link.items():
        yield f"{workload} may read {_objects(readings)} only if {condition}"


def _other_way(workload: str, pairs: Iterable[_Pair]) -> Iterator[str]:
    for what, form in _WAYS:
        moves: dict[tuple[str, str], list[Reading]] = defaultdict(list)
        for old, new in pairs:
            former, now = what(old), what(new)
            if former and now and former != now:
                moves[former, now].append(new)
        for (former, now), readings in moves.items():
            yield form.format(workload=workload, objects=_objects(readings), former=former, now=now)
    copied = [new for old, new in pairs if new.copied and not old.copied]
    if copied:
        namespace = copied[0].namespace
        yield f"Kubernetes Secrets of namespace {namespace} hold {_objects(copied)} of {workload} now"


def _identity(reading: Reading) -> str:
    return reading.links[-1].start if reading.links and reading.links[-1].what == MAY_READ else ""


def _role(reading: Reading) -> str:
    _, bracket, role = reading.links[-1].end.rpartition(" (") if _identity(reading) else ("", "", "")
    return role.removesuffix(")") if bracket else ""


def _sign_in(reading: Reading) -> str:
    """By what Entra lets it take on its identity."""
    whats = {link.what for link in reading.links}
    return next((words for what, words in _SIGN_INS.items() if what in whats), "")


_SIGN_INS: Final[Mapping[str, str]] = {
    BY_BINDING: "an identity binding",
    TRUSTS: "a federated credential",
    THROUGH_THE_NODE: "the identity of its node",
}


_WAYS: Final[tuple[tuple[Callable[[Reading], str], str], ...]] = (
    (lambda reading: reading.technique, "{workload} reads {objects} by {now}, not by {former}"),
    (_identity, "{workload} reads {objects} as {now}, not as {former}"),
    (_sign_in, "{workload} signs in for {objects} by {now}, not by {former}"),
    (_role, "{workload} reads {objects} by the role {now}, not by {former}"),
    (
        lambda reading: f"{reading.namespace}/{reading.service_account}",
        "{workload} runs as ServiceAccount {now}, not as {former}",
    ),
)


def _newly_named(before: Mapping[tuple[str, ...], Reading], after: Iterable[Reading]) -> Iterator[str]:
    """An object that a workload asks for now, and could read before."""
    for reading in after:
        workload, vault, kind, name = reading.key
        was, every = before.get(reading.key), before.get((workload, vault, kind, EVERY))
        is_named = reading.named is True and name != EVERY
        if is_named and ((was is not None and was.named is False) or (was is None and every is not None)):
            yield f"an object of {reading.workload} names {object_of(reading)} now; it could read it before"


def _no_longer_named(before: Iterable[Reading], after: Iterable[Reading]) -> Iterator[str]:
    """An object that a workload does not ask for any more, and may read nevertheless."""
    new = {reading.key: reading for reading in after}
    for reading in before:
        workload, vault, kind, name = reading.key
        now = new.get(reading.key)
        every = new.get((workload, vault, kind, EVERY))
        is_named = reading.named is True and name != EVERY
        if is_named and ((now is not None and now.named is False) or (now is None and every is not None)):
            yield f"no object of {reading.workload} names {object_of(reading)} any more; it may still read it"


_SHOWN: Final = 3


def _objects(readings: list[Reading]) -> str:
    names = [object_of(reading) for reading in readings]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
