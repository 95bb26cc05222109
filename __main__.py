"""The Pulumi program: it loads the settings, runs their composition, and returns its outputs."""

from collections.abc import Mapping
from typing import Any

import pulumi

from stacks import STACKS
from stacks.settings import load


async def main() -> Mapping[str, Any]:
    """Load and check the settings, then create the resources of their composition."""
    settings = load()
    return await STACKS[settings.composition](settings)


pulumi.run(main)
