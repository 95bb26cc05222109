"""The flat program without the SDK's messages for debugging, as this project's program is."""

import runpy
from pathlib import Path

import pulumi


def _drop(*_: object, **__: object) -> None:
    """Stand in for `pulumi.log.debug`."""


pulumi.log.debug = _drop
runpy.run_path(str(Path(__file__).parents[1] / "flat" / "__main__.py"), run_name="__main__")
