"""The SDK's messages for debugging are dropped, and are still worth dropping."""

import json
import os
import subprocess
import sys
from functools import cache

import pytest

from stacks import debug_messages
from stacks.debug_messages import VARIABLE

pytestmark = pytest.mark.servers

_PROGRAM = """
import asyncio, collections, json, logging, os, runpy
asyncio.set_event_loop(asyncio.new_event_loop())
import pulumi
from pulumi.runtime import mocks
# The file itself: its package imports the whole program.
drop_debug_messages = runpy.run_path(os.environ["DEBUG_MESSAGES"])["drop_debug_messages"]

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

async def program():
    for number in range(10):
        pulumi.CustomResource("app:index:Thing", f"thing-{number}", {"size": number})
    pulumi.log.warn("a warning")
    pulumi.log.info("a hint")

def run():
    counts.clear()
    drop_debug_messages()
    mocks.set_mocks(Mocks(), logger=logger)
    pulumi.runtime.test(program)()
    return dict(counts)

kept = run()
del os.environ[os.environ["KEEPS_MESSAGES"]]
print(json.dumps([kept, run()]))
"""


@cache
def _counts() -> tuple[dict[str, int], dict[str, int]]:
    """The messages of one program with the variable that keeps all, and then without it."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env={
            **os.environ,
            VARIABLE: "true",
            "KEEPS_MESSAGES": VARIABLE,
            "DEBUG_MESSAGES": str(debug_messages.__file__),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    kept, dropped = json.loads(done.stdout)
    return kept, dropped


def test_other_messages_stay() -> None:
    assert _counts()[1] == {"WARNING": 1, "INFO": 1}


def test_the_sdk_still_sends_several_messages_for_each_resource() -> None:
    """If this fails, an SDK of that release may need no replacement any more: measure, then delete it."""
    kept = _counts()[0]
    assert kept["DEBUG"] >= 30, kept
    assert (kept["WARNING"], kept["INFO"]) == (1, 1)
