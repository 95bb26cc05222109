"""The Pulumi program: it loads the settings, runs their composition, and returns its outputs."""

from collections.abc import Mapping
from typing import Any

import pulumi

from stacks import STACKS
from stacks.debug_messages import drop_debug_messages
from stacks.frozen_imports import freeze_imports
from stacks.settings import load
from stacks.version_aliases import drop_version_aliases


async def main() -> Mapping[str, Any]:
    """Load and check the settings, then create the resources of their composition."""
    settings = load()
    return await STACKS[settings.composition](settings)


freeze_imports()
drop_debug_messages()
drop_version_aliases()
pulumi.run(main)
