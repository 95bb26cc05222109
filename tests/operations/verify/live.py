"""A stack that runs, for verify: the expected facts are a build on Pulumi's mocks, the live ones are served
by HTTPS behind a proxy. Nothing leaves this machine.
"""

import base64
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from operations.azure.session import AzureSession
from operations.checks import Finding, worst_first
from operations.verify.observed import Observed
from operations.verify.plan import Plan
from operations.verify.run import findings_of
from rehearsal.data_planes.proxy import Proxy
from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.azure.arm import SUBSCRIPTION
from tests.operations.verify.azure import ME, TENANT, Azure, concrete
from tests.operations.verify.kubernetes import Kubernetes
from tests.support.plan import STACK_FILES
from tests.trust.graphs import build_config, shipped_build
from trust.chain import Chain
from trust.graph import Graph

API = "aks-dev.hcp.westeurope.azmk8s.io"
DEV = next(file for file in STACK_FILES if file.parts[-2:] == ("stack_files", "Pulumi.dev.yaml"))


@cache
def expected(stack_file: Path = DEV) -> Graph:
    """Graph of the stack's state, with known values."""
    return concrete(shipped_build(stack_file).graph)


def made(config: Mapping[str, Any], **options: Any) -> Graph:
    """Graph of the state of a stack with this config."""
    return concrete(build_config(config, **options).graph)


class Way(Proxy):
    """The proxy of several tests, each with a stack of its own behind it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(lambda _: self, folder)
        self.live: Live | None = None

    def answer(self, request: Request) -> Answer:
        assert self.live is not None, "a test has begun"
        return self.live.answer(request)


class Live:
    """The running stack."""

    def __init__(self, graph: Graph, authority: bytes) -> None:
        self.graph, self.chain = graph, Chain.read(graph)
        cluster = {
            "server": f"https://{API}:443",
            "certificate-authority-data": base64.b64encode(authority).decode(),
        }
        kubeconfig = {
            "current-context": "aks",
            "clusters": [{"name": "aks", "cluster": cluster}],
            "contexts": [{"name": "aks", "context": {"cluster": "aks", "user": "user"}}],
            "users": [{"name": "user", "user": {"exec": {"command": "kubelogin", "args": []}}}],
        }
        self.azure = Azure(self.chain, json.dumps(kubeconfig))
        self.kubernetes = Kubernetes(self.chain, self.azure.issuer)
        for (_, collection, name), versions in self.azure.objects.items():
            version = (versions[0].get("id") or versions[0]["kid"]).rpartition("/")[2]
            kind = "cert" if collection == "certificates" else collection[:-1]
            self.kubernetes.versions[f"{kind}/{name}"] = version
        self.instead: Callable[[Request], Answer | None] = lambda _: None
        """The answer in place of the right one."""
        self.requests: list[Request] = []

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        if answer := self.instead(request):
            return answer
        return (self.kubernetes if request.host == API else self.azure).answer(request)

    def verify(self, timeout: float = 0, *workloads: str) -> list[Finding]:
        """The findings, the worst first."""
        return worst_first(findings_of(self.graph, "dev", timeout, frozenset(workloads)))

    def only(self, check: str) -> list[Finding]:
        """The findings of one kind of check, without all the others."""
        plan, observed = Plan(Chain.read(self.graph), "dev", me=ME), Observed(AzureSession.open())
        return [finding for each in plan.checks(observed) if each.name == check for finding in each.run()]

    def object(self, group: str, namespace: str, plural: str, name: str) -> dict[str, Any]:
        return self.kubernetes.objects[self.kubernetes.path(group, namespace, plural, name)]


@contextmanager
def running(monkeypatch: pytest.MonkeyPatch, way: Way, graph: Graph | None = None) -> Iterator[Live]:
    """The stack, and this process signed in to its Azure."""
    way.live = live = Live(graph or expected(), way.authority_file.read_bytes())
    for name in os.environ.keys() - {"HOME", "PATH"}:  # `requests` looks at all of them in each request
        monkeypatch.delenv(name)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, way.url)
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(way.authority_file))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    signed_in = {
        "SUBSCRIPTION_ID": SUBSCRIPTION,
        "TENANT_ID": TENANT,
        "CLIENT_ID": "me",
        "CLIENT_SECRET": "me too",
    }
    for name, value in signed_in.items():
        monkeypatch.setenv(f"ARM_{name}", value)
    yield live


def shown(findings: list[Finding]) -> str:
    return "\n".join(
        f"{finding.state} {finding.subject}: {finding.check}: {finding.text} -> {finding.next_step}"
        for finding in findings
        if finding.state != "fine"
    )
