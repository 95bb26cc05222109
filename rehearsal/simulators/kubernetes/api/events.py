"""Events: the record of what happened to an object."""

from typing import Final

from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind

EVENT: Final = GroupVersionKind("", "v1", "Event")


def record_name(kind: GroupVersionKind, name: str) -> str:
    """A cluster's own names for these end in a number or a hash."""
    return f"{name}.{kind.name.lower()}"
