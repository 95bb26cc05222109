"""The engine's requests to the pack: the inputs of each resource, then the outputs of all.

Owns: the verdicts on them. Deliberately not here: the service, which is pulumi-policy's, and how resources
become a graph (``trust/sources/analysis.py``). No secret value is kept: each is replaced when it arrives.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from trust.chain import Chain
from trust.proofs import Verdict, Waiver, run, waivers_of
from trust.sources.analysis import read_analysis
from trust.values import cleaned


class Analysis:
    """The resources of one operation, and the verdicts on them."""

    def __init__(self) -> None:
        self._inputs: dict[str, Mapping[str, Any]] = {}
        self._is_preview = False
        self.verdicts: tuple[Verdict, ...] = ()
        self.waivers: tuple[Waiver, ...] = ()
        self.today: date = datetime.now(UTC).date()

    def begin(self, *, is_preview: bool) -> None:
        """Forgets the operation before."""
        self._inputs, self._is_preview = {}, is_preview
        self.verdicts, self.waivers, self.today = (), (), datetime.now(UTC).date()

    def add(self, request: analyzer_pb2.AnalyzeRequest) -> None:
        """Keeps the inputs of a resource."""
        self._inputs[request.urn] = cleaned(json_format.MessageToDict(request.properties))

    def judge(self, request: analyzer_pb2.AnalyzeStackRequest) -> None:
        """Runs every proof."""
        resources = [json_format.MessageToDict(resource) for resource in request.resources]
        graph = read_analysis(resources, self._inputs, preview=self._is_preview)
        self.waivers = waivers_of(graph)
        self.verdicts = run(Chain.read(graph), self.waivers, self.today)


def attach(
    servicer: analyzer_pb2_grpc.AnalyzerServicer, analysis: Analysis
) -> analyzer_pb2_grpc.AnalyzerServicer:
    """The servicer of pulumi-policy, whose policies find the resources in the analysis."""
    configure, analyze, analyze_stack = servicer.ConfigureStack, servicer.Analyze, servicer.AnalyzeStack

    def configure_and_begin(request: analyzer_pb2.AnalyzerStackConfigureRequest, context: Any) -> Any:
        analysis.begin(is_preview=request.dry_run)
        return configure(request, context)

    def add_and_analyze(request: analyzer_pb2.AnalyzeRequest, context: Any) -> Any:
        analysis.add(request)
        return analyze(request, context)

    def judge_and_analyze(request: analyzer_pb2.AnalyzeStackRequest, context: Any) -> Any:
        analysis.judge(request)
        return analyze_stack(analyzer_pb2.AnalyzeStackRequest(), context)

    servicer.ConfigureStack = configure_and_begin
    servicer.Analyze = add_and_analyze
    servicer.AnalyzeStack = judge_and_analyze
    return servicer
