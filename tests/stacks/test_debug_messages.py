"""The SDK's messages for debugging are dropped, and are still worth dropping."""

import json
import os
import subprocess
import sys

from stacks.debug_messages import VARIABLE

_PROGRAM = """
import asyncio, collections, json, logging
asyncio.set_event_loop(asyncio.new_event_loop())
import pulumi
from pulumi.runtime import mocks
from stacks.debug_messages import drop_debug_messages

counts = collections.Counter()

class Counting(logging.Handler):
    def emit(self, record):
        counts[record.levelname] += 1

logger = logging.getLogger("engine")
logger.setLevel(logging.DEBUG)
logger.addHandler(Counting())

class Mocks(mocks.Mocks):
    def new_resource(self, args):
        return args.name, args.inputs
    def call(self, args):
        return {}

drop_debug_messages()
mocks.set_mocks(Mocks(), logger=logger)

async def program():
    for number in range(10):
        pulumi.CustomResource("app:index:Thing", f"thing-{number}", {"size": number})
    pulumi.log.warn("a warning")
    pulumi.log.info("a hint")

pulumi.runtime.test(program)()
print(json.dumps(counts))
"""


def _counts(**environment: str) -> dict[str, int]:
    clean = {name: value for name, value in os.environ.items() if name != VARIABLE}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_other_messages_stay() -> None:
    assert _counts() == {"WARNING": 1, "INFO": 1}


def test_the_sdk_still_sends_several_messages_for_each_resource() -> None:
    """If this fails, an SDK of that release may need no replacement any more: measure, then delete it."""
    counts = _counts(**{VARIABLE: "true"})
    assert counts["DEBUG"] >= 30, counts
    assert (counts["WARNING"], counts["INFO"]) == (1, 1)
