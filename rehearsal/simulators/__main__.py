"""The simulators' own process: serves worlds on request and ends when its standard input closes.

One JSON request a line on standard input, one JSON answer a line on standard output:

    {"open": "<folder>", "cloud": <document or null>, "latency": {"<type>": <seconds>}}  → {"providers": "name:port,…"}
    {"close": "<folder>"}                                                                → {"closed": "<folder>"}
"""

from __future__ import annotations

import json
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from rehearsal.simulators.azure.provider import AzureProvider
from rehearsal.simulators.cloud import World, WorldError
from rehearsal.simulators.kubernetes.provider import KubernetesProvider
from rehearsal.simulators.provider import ProviderError, SimulatedProvider
from rehearsal.simulators.random import RandomProvider
from rehearsal.simulators.seed import SeedError, deployer, plant

WORKERS = 64
"""More than the engine ever asks at once on a small machine; most of them wait out a latency."""
_OPTIONS = [("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20)]


@dataclass
class Stage:
    """One world with its three providers."""

    world: World
    servers: list[grpc.Server]
    providers: str

    def close(self) -> None:
        for server in self.servers:
            server.stop(grace=0.2)
        self.world.save()


def open_stage(request: dict[str, Any]) -> Stage:
    world = World(Path(request["open"]))
    deployer(world)
    plant(world, request.get("cloud"))
    latency: dict[str, float] = request.get("latency") or {}
    pool = ThreadPoolExecutor(max_workers=WORKERS)
    servers, addresses = [], []
    providers: list[SimulatedProvider] = [
        AzureProvider(world, latency),
        KubernetesProvider(world, latency),
        RandomProvider(),
    ]
    for provider in providers:
        server = grpc.server(pool, options=_OPTIONS)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
        addresses.append(f"{provider.package}:{server.add_insecure_port('127.0.0.1:0')}")
        server.start()
        servers.append(server)
    return Stage(world, servers, ",".join(addresses))


def main() -> None:
    # Ctrl-C is the parent's to handle: the engine still has operations under way here.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)  # nothing else may write into the answers
    stages: dict[str, Stage] = {}
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line), stages)) + "\n")
    for stage in stages.values():
        stage.close()


def _answer(request: dict[str, Any], stages: dict[str, Stage]) -> dict[str, Any]:
    if folder := request.get("close"):
        stages.pop(folder).close()
        return {"closed": folder}
    try:
        stage = stages[request["open"]] = open_stage(request)
    except (WorldError, SeedError, ProviderError) as error:
        return {"error": str(error), "about": "cloud" if isinstance(error, SeedError) else "state"}
    return {"providers": stage.providers}


if __name__ == "__main__":
    main()
    # Threads of gRPC may still hang on a dead engine; everything is saved.
    sys.stdout.flush()
    os._exit(0)
