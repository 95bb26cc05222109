"""The Pulumi program: it loads the settings, runs their composition, and returns its outputs."""

from collections.abc import Mapping
from typing import Any

import pulumi

from stacks import STACKS
from stacks.debug_messages import drop_debug_messages
from stacks.settings import load


async def main() -> Mapping[str, Any]:
    """Load and check the settings, then create the resources of their composition."""
    settings = load()
    return await STACKS[settings.composition](settings)


drop_debug_messages()
pulumi.run(main)
