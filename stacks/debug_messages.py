"""Pulumi's SDK without its messages for debugging, which cost a quarter of a preview.

The SDK tells the engine four to five such messages per resource, each a call that holds the event loop until
the engine has answered (https://github.com/pulumi/pulumi/issues/7292,
https://github.com/pulumi/pulumi/issues/17481). The engine shows them only with `pulumi up --debug`, which a
program cannot see, so a variable of the environment asks for them.
"""

from __future__ import annotations

import os
from typing import Final

import pulumi

VARIABLE: Final = "AKS_SECRETS_SDK_DEBUG"
"""Any value but the empty one keeps the messages."""


def drop_debug_messages() -> None:
    """Drop what the SDK logs for debugging from now on, unless VARIABLE is set. Other messages stay."""
    if not os.environ.get(VARIABLE):
        pulumi.log.debug = _drop


def _drop(*_: object, **__: object) -> None:
    """Stand in for `pulumi.log.debug`."""
