"""The Pulumi program: it loads the settings, runs their composition, and returns its outputs."""

import gc
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import pulumi

_BETWEEN_FULL_COLLECTIONS = 1000
"""Collections of younger objects until a full one is due; Python's default is 10. What a program makes lives
until its end: a full collection looks at up to a million objects, and frees some hundred.
"""


@contextmanager
def _without_collections() -> Generator[None]:
    """Import without garbage collections, leave what was imported out of later ones, and make few full ones.

    The provider SDKs are a hundred megabytes of objects that live as long as the program, and each full
    collection looks at all of them: https://docs.python.org/3/library/gc.html#gc.freeze. Once in a process,
    since garbage would stay too.
    """
    if "pulumi_azure_native" in sys.modules:
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*gc.get_threshold()[:2], _BETWEEN_FULL_COLLECTIONS)
        gc.enable()


with _without_collections():
    from stacks import STACKS
    from stacks.debug_messages import drop_debug_messages
    from stacks.settings import load
    from stacks.version_aliases import drop_version_aliases


async def main() -> Mapping[str, Any]:
    """Load and check the settings, then create the resources of their composition."""
    settings = load()
    return await STACKS[settings.composition](settings)


drop_debug_messages()
drop_version_aliases()
pulumi.run(main)
