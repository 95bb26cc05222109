"""Events: the record of what happened to an object."""

from typing import Final

from rehearsal.simulators.kubernetes.api.kinds import Kind

EVENT: Final = Kind("", "v1", "Event")


def trace_name(kind: Kind, name: str) -> str:
    """A cluster's own names for these end in a number or a hash."""
    return f"{name}.{kind.name.lower()}"
