"""The process of the simulators: it serves worlds on request and ends when its standard input closes.

Each line of standard input is a JSON request, each line of standard output the JSON answer:

    {"open": "<folder>", "cloud": <document or null>, "latency": {"<type>": <seconds>}}
    → {"providers": "name:port,…"}
    {"close": "<folder>"}
    → {"closed": "<folder>"}
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from rehearsal.simulators.azure.provider import AzureProvider
from rehearsal.simulators.faults import document as bad_days
from rehearsal.simulators.faults.day import Faults
from rehearsal.simulators.kubernetes.provider.provider import KubernetesProvider
from rehearsal.simulators.provider import ProviderError, SimulatedProvider
from rehearsal.simulators.random import RandomProvider
from rehearsal.simulators.seed import SeedError, add_deployer, apply_seed
from rehearsal.simulators.world import World, WorldError

WORKERS = 64
"""More requests than the engine sends at once on a small machine; most workers wait for a latency to pass."""
MAX_LATENCY_SECONDS = 86_400
"""One day. A longer latency is a typing error, and a much longer wait overflows."""
_OPTIONS = [("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20)]


@dataclass
class ServedWorld:
    """A world and its three providers."""

    world: World
    servers: list[grpc.Server]
    providers: str
    more: dict[str, Any] = field(default_factory=dict)
    """Further fields of the answer to the request."""
    others: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    """Other servers of the world, which end before it is saved."""

    def close(self) -> None:
        self.others.close()
        for server in self.servers:
            server.stop(grace=0.2)
        self.world.save()


class RequestError(Exception):
    """The request has a value that is not allowed."""


def serve_world(
    request: dict[str, Any], prepare: Callable[[World, contextlib.ExitStack], None] | None = None
) -> ServedWorld:
    """`prepare` is called with the world before anything is in it, and with what ends with the world."""
    latency: dict[str, float] = request.get("latency") or {}
    for token, seconds in latency.items():
        if not 0 <= seconds <= MAX_LATENCY_SECONDS:  # false for NaN as well
            raise RequestError(
                f"the latency of {token} is {seconds}; use seconds from 0 to {MAX_LATENCY_SECONDS}"
            )
    day = bad_days.read_text(request.get("faults", ""))
    world = World(Path(request["open"]))
    others = contextlib.ExitStack()
    if prepare is not None:
        prepare(world, others)
    add_deployer(world)
    apply_seed(world, request.get("cloud"))
    faults = Faults(world, day)
    pool = ThreadPoolExecutor(max_workers=WORKERS)
    servers, addresses = [], []
    providers: list[SimulatedProvider] = [
        AzureProvider(world, latency, faults),
        KubernetesProvider(world, latency, faults),
        RandomProvider(faults),
    ]
    for provider in providers:
        server = grpc.server(pool, options=_OPTIONS)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
        addresses.append(f"{provider.package}:{server.add_insecure_port('127.0.0.1:0')}")
        server.start()
        servers.append(server)
    return ServedWorld(world, servers, ",".join(addresses), others=others)


def main(serve: Callable[[dict[str, Any]], ServedWorld] = serve_world) -> None:
    # The parent handles Ctrl-C: the engine still has running operations here.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)  # other output must not mix with the answers
    served: dict[str, ServedWorld] = {}
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line), served, serve)) + "\n")
    for world in served.values():
        world.close()


def _answer(
    request: dict[str, Any],
    served: dict[str, ServedWorld],
    serve: Callable[[dict[str, Any]], ServedWorld] = serve_world,
) -> dict[str, Any]:
    if folder := request.get("close"):
        served.pop(folder).close()
        return {"closed": folder}
    try:
        world = served[request["open"]] = serve(request)
    except RequestError as error:
        return {"error": str(error), "about": "latency"}
    except bad_days.FaultsError as error:
        return {"error": str(error), "about": "faults"}
    except SeedError as error:
        return {"error": str(error), "about": "cloud"}
    except (WorldError, ProviderError, OSError) as error:
        return {"error": str(error), "about": "state"}
    except Exception as bug:
        # The parent waits for an answer, so a defect is reported as one, with its traceback on standard
        # error.
        traceback.print_exc(file=sys.stderr)
        return {
            "error": f"defect of the rehearsal's simulator: {type(bug).__name__}: {bug}",
            "about": "state",
        }
    return {"providers": world.providers, **world.more}


def end() -> NoReturn:
    """End the process. Threads of gRPC may still wait for a dead engine; every world is saved."""
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
    end()
