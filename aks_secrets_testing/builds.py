"""Building components under Pulumi's mocks, and looking at what was registered.

``build`` runs a program and returns a ``Build``: every registration with its inputs, parent, dependencies,
provider and options. What it checks by itself stands in registrations.py, what it answers in answers.py.

Build inside the test, never in a fixture: a failure there would be swallowed (pulumi.runtime.test clears what
is pending first).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec

import pulumi
from pulumi.runtime import rpc

from aks_secrets_testing.answers import (
    AZURE_CLI,
    DEPLOYER,
    ISSUER,
    PROJECT,
    STACK,
    SUBSCRIPTION,
    TENANT,
    Answer,
    Cloud,
)
from aks_secrets_testing.event_loop import PromptLoop
from aks_secrets_testing.fast_sdk import without_unused_work
from aks_secrets_testing.plain_messages import without_wire
from aks_secrets_testing.registrations import Build, Recorder, Registration

P = ParamSpec("P")


def build(
    program: Callable[[], Any],
    *,
    preview: bool = False,
    config: Mapping[str, str] | None = None,
    secret_keys: tuple[str, ...] = (),
    into: Build | None = None,
    answers: Mapping[str, Answer] | None = None,
    cloud: Cloud | None = None,
    stack: str = STACK,
) -> Build:
    """Run a program, plain or async, under mocks.

    ``preview`` leaves outputs unknown; ``into`` keeps what was registered before a failure; ``answers`` are
    what invokes return, by token, and what a StackReference reads, by its type; ``cloud`` answers instead.
    """
    built = Build() if into is None else into
    mocks = Cloud(preview, answers) if cloud is None else cloud
    logger = logging.Logger("build")
    logger.addHandler(_Warnings(built))

    async def run() -> None:
        result = program()
        if isinstance(result, Awaitable):
            result = await result
        built.outputs = await pulumi.Output.from_input(result).future()
        built.wire_outputs = await rpc.serialize_property(result, [], None)

    with _event_loop(), without_unused_work(), without_wire():
        pulumi.runtime.set_mocks(
            mocks,
            project=PROJECT,
            stack=stack,
            preview=preview,
            logger=logger,
            monitor=Recorder(mocks, built),
            organization="organization",  # of every backend of one's own, as in a rehearsal
        )
        pulumi.runtime.set_all_config(dict(config or {}), list(secret_keys))
        pulumi.runtime.test(run)()
    return built


class _Warnings(logging.Handler):
    """Keeps what the program warns about, instead of the log."""

    def __init__(self, built: Build) -> None:
        super().__init__(logging.WARNING)
        self._built = built

    def emit(self, record: logging.LogRecord) -> None:
        self._built.warnings.append(record.getMessage())


@contextmanager
def _event_loop() -> Iterator[None]:
    """An event loop for one build."""
    loop = PromptLoop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        loop.cancel_what_is_left()
        asyncio.set_event_loop(None)
        loop.close()


def built_once(make: Callable[P, Build]) -> Callable[P, Build]:
    """Keep the build of each set of arguments: a Build is a record that no test changes. The first test that
    needs it builds it.
    """
    builds: dict[str, Build] = {}

    @wraps(make)
    def once(*args: P.args, **kwargs: P.kwargs) -> Build:
        key = repr((args, kwargs))
        if " at 0x" in key:  # a function, which another one may follow at its address
            return make(*args, **kwargs)
        if key not in builds:
            builds[key] = make(*args, **kwargs)
        return builds[key]

    return once


__all__ = [
    "AZURE_CLI",
    "DEPLOYER",
    "ISSUER",
    "PROJECT",
    "STACK",
    "SUBSCRIPTION",
    "TENANT",
    "Build",
    "Registration",
    "build",
    "built_once",
]
