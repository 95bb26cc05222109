"""Pulumi's SDK without what it computes for every resource and no record has: most of a build's time.

Owns: the private names of the SDK that this replaces. Each is looked up by its name, so an upgrade of Pulumi
that removes one fails at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pulumi
from pulumi.runtime import resource
from pulumi.runtime.proto import source_pb2


@contextmanager
def without_unused_work() -> Iterator[None]:
    """Programs of the block compute less, and register the same.

    The URN of each alias is for engines that know no alias specs, and azure-native has 140 aliases of a
    cluster (the specs are sent as ever). The stack trace is the position in the source that Pulumi Cloud
    shows. Messages for debugging are for the engine's log.
    """
    with (
        patch.object(pulumi.resource, "collapse_alias_to_urn", lambda alias, *_: alias),
        patch.object(resource, "_get_stack_trace", source_pb2.StackTrace),
        patch.object(pulumi.log, "debug", lambda *_, **__: None),
    ):
        yield
