"""A language host that can start policy packs, and nothing else: engines from source have none.

The engine starts it as `pulumi-language-<runtime>`, reads its port, and has it run the pack
(LanguageRuntime.RunPlugin in pulumi, proto/pulumi/language.proto). Its arguments are those of Python for a
pack; pulumi-language-python has `-m pulumi.policy`. It runs in the pack's environment, so it imports nothing
of the project.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from queue import Queue
from typing import IO

import grpc
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

_Answer = language_pb2.RunPluginResponse


class _Host(language_pb2_grpc.LanguageRuntimeServicer):
    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: object, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="0.0.1")

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[_Answer]:
        folder = request.info.program_directory
        process = subprocess.Popen(
            [sys.executable, "-u", *sys.argv[1:], *request.args, "."],
            cwd=folder,
            env={**os.environ, **dict(item.split("=", 1) for item in request.env)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        context.add_callback(process.kill)
        answers: Queue[_Answer | None] = Queue()

        def forward(stream: IO[bytes] | None, answer: Callable[[bytes], _Answer]) -> None:
            for line in stream or ():
                answers.put(answer(line))
            answers.put(None)

        for arguments in (
            (process.stdout, lambda line: _Answer(stdout=line)),
            (process.stderr, lambda line: _Answer(stderr=line)),
        ):
            threading.Thread(target=forward, args=arguments, daemon=True).start()
        for _ in range(2):
            while (answer := answers.get()) is not None:
                yield answer
        yield _Answer(exitcode=process.wait())


def main() -> None:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(_Host(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
