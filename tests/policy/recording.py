"""The engine's requests to a policy pack about a small stack, and how they were recorded.

``python -m tests.policy.recording`` records it anew. It holds no secret: another value stands for each one,
in the form in which the engine marks secrets.
"""

import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2, json_format
from google.protobuf.message import Message
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

from rehearsal.simulator_process import Simulators
from tests.policy.packs import REPOSITORY, operate_with_pack, starter

FOLDER: Final = Path(__file__).parent / "recorded"
STACK_FILE: Final = REPOSITORY / "tests" / "trust" / "recorded" / "Pulumi.before.yaml"
RECORDER: Final = FOLDER / "recorder"
_OUT: Final = "RECORD_REQUESTS_IN"
_SIGN, _SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"


class Recorder(analyzer_pb2_grpc.AnalyzerServicer):
    """A pack without policies that writes down what it is sent."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.is_preview = False
        self.inputs: dict[str, Any] = {}

    def GetAnalyzerInfo(self, request: Message, context: Any) -> Message:
        return analyzer_pb2.AnalyzerInfo(name="recorder", version="0.0.1", supportsConfig=True)

    def GetPluginInfo(self, request: Message, context: Any) -> Message:
        return plugin_pb2.PluginInfo(version="0.0.1")

    def Configure(self, request: Message, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def ConfigureStack(self, request: analyzer_pb2.AnalyzerStackConfigureRequest, context: Any) -> Message:
        self.is_preview = request.dry_run
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Analyze(self, request: analyzer_pb2.AnalyzeRequest, context: Any) -> Message:
        self.inputs[request.urn] = json_format.MessageToDict(request.properties)
        return analyzer_pb2.AnalyzeResponse()

    def Remediate(self, request: Message, context: Any) -> Message:
        return analyzer_pb2.RemediateResponse()

    def AnalyzeStack(self, request: analyzer_pb2.AnalyzeStackRequest, context: Any) -> Message:
        resources = [json_format.MessageToDict(resource) for resource in request.resources]
        document = {"preview": self.is_preview, "inputs": self.inputs, "resources": resources}
        self.out.write_text(json.dumps(_without_values(document)), encoding="utf-8")
        return analyzer_pb2.AnalyzeResponse()


def _without_values(value: Any) -> Any:
    """The document with another value in each secret."""
    if isinstance(value, dict):
        if value.get(_SIGN) == _SECRET:
            return {**value, "value": "plain-value-of-a-secret"}
        return {key: _without_values(item) for key, item in value.items()}
    return [_without_values(item) for item in value] if isinstance(value, list) else value


def recorded(name: str) -> Any:
    """A recorded document."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _record() -> Iterator[tuple[str, Any]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = folder / "requests.json"
        os.environ[_OUT] = str(out)
        os.environ["PYTHONPATH"] = str(REPOSITORY)
        pack = "-m tests.policy.recording serve"
        with starter(folder, Path(sys.executable), "recorder", pack), Simulators() as simulators:
            for operation, document in (
                ("preview", "preview_new"),
                ("up", "up"),
                ("preview", "preview_same"),
            ):
                run = operate_with_pack(simulators, operation, STACK_FILE, folder / "state", RECORDER)
                assert run.outcome.succeeded, run.text
                yield document, json.loads(out.read_text(encoding="utf-8"))


def _serve() -> None:
    server = grpc.server(
        futures.ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", 1 << 28)]
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Recorder(Path(os.environ[_OUT])), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        _serve()
    for name, document in _record():
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        sys.stdout.write(f"recorded {name}: {len(text)} characters\n")
