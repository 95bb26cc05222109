"""The Pulumi program: settings in, one composition's components, its outputs out."""

from collections.abc import Mapping
from typing import Any

import pulumi

from stacks import STACKS
from stacks.settings import load


async def main() -> Mapping[str, Any]:
    """Read the settings, whole and checked, then build what they ask for."""
    settings = load()
    return await STACKS[settings.composition](settings)


pulumi.run(main)
