"""Names that azure-native generates for resources without one."""

from __future__ import annotations

import secrets
import uuid
from typing import Final

from rehearsal.simulators.azure.arm_type import ArmType
from rehearsal.simulators.provider import Call, Properties

CREATE_FIRST: Final = "__createBeforeDelete"
"""Mark of a generated name: its replacement can be created before the old resource is deleted."""


def autoname(call: Call, row: ArmType, inputs: Properties) -> None:
    """Put a name into the inputs: the old one, the proposed one, or the logical name with random digits."""
    key = row.name_parameter
    if key in call.olds:
        inputs[key] = call.olds[key]
        if CREATE_FIRST in call.olds:
            inputs[CREATE_FIRST] = call.olds[CREATE_FIRST]
        return
    if call.naming_disabled:
        return
    seed = call.seed or secrets.token_bytes(16)
    if row.naming == "uuid":
        inputs[key] = str(uuid.UUID(bytes=(seed * 16)[:16], version=4))
    elif call.proposed_name:
        inputs[key] = call.proposed_name
    else:
        inputs[key] = f"{call.name}{(seed * 4)[:4].hex()}"
    inputs[CREATE_FIRST] = True
