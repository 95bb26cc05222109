"""Key ``grants``: who makes role assignments."""

from enum import StrEnum


class Grants(StrEnum):
    """Maker of the role assignments."""

    MANAGED = "managed"
    """This program."""
    EXTERNAL = "external"
    """An administrator or another tool: the program lists the assignments in the output `grants`."""
