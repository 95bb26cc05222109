"""The pack as a program: started in its own environment, and sent what the engine has sent.

The client speaks with the stubs of this environment, which has another protobuf: only the wire is shared.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import grpc
import pytest
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from tests.policy.packs import PACK, PYTHON, REPOSITORY
from tests.policy.recording import recorded
from trust.proofs import proofs

pytestmark = pytest.mark.engine  # `make unit` makes no environment for the pack

MANDATORY: Final = analyzer_pb2.MANDATORY
ADVISORY: Final = analyzer_pb2.ADVISORY
_ABOUT_ALL: Final = {"waivers": MANDATORY, "waived": ADVISORY, "unknown": ADVISORY}
WAIVER: Final = {"proof": "no-such-proof", "reason": "the vendor ships tags only", "expires": "2999-01-31"}


class Pack:
    """A pack that serves."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._stub = analyzer_pb2_grpc.AnalyzerStub(channel)

    def info(self) -> analyzer_pb2.AnalyzerInfo:
        return self._stub.GetAnalyzerInfo(empty_pb2.Empty())

    @contextmanager
    def configured(self, **policies: Any) -> Iterator[None]:
        """The pack with configured policies: the enforcement level of each, or its properties."""
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for key, value in policies.items():
            config = request.policyConfig[key.replace("_", "-")]
            if isinstance(value, Mapping):
                config.enforcementLevel = MANDATORY
                config.properties.update(value)
            else:
                config.enforcementLevel = value
        self._stub.Configure(request)
        try:
            yield
        finally:
            self._stub.Configure(analyzer_pb2.ConfigureAnalyzerRequest())

    def levels(self) -> dict[str, Any]:
        return {policy.name: policy.enforcementLevel for policy in self.info().policies}

    def analyze(self, document: Mapping[str, Any]) -> list[analyzer_pb2.AnalyzeDiagnostic]:
        """Reports on a recorded operation."""
        configured = analyzer_pb2.AnalyzerStackConfigureRequest(
            stack="small", project="aks-secrets", dry_run=document["preview"]
        )
        self._stub.ConfigureStack(configured)
        for urn, properties in document["inputs"].items():
            request = analyzer_pb2.AnalyzeRequest(urn=urn, type=urn.split("::")[2].rpartition("$")[2])
            request.properties.update(properties)
            assert not self._stub.Analyze(request).diagnostics
        whole = analyzer_pb2.AnalyzeStackRequest()
        json_format.ParseDict({"resources": document["resources"]}, whole)
        return list(self._stub.AnalyzeStack(whole).diagnostics)


@contextmanager
def serving() -> Iterator[Pack]:
    """The pack, started as Pulumi's language host starts it."""
    command = [str(PYTHON), "-u", "-m", "pulumi.policy", "127.0.0.1:1", "."]
    # The tests' own settings of Python must not reach it.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    with subprocess.Popen(command, cwd=PACK, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port.isdecimal(), f"the pack did not start: {port}"
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield Pack(channel)
        finally:
            process.kill()


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    with serving() as served:
        yield served


def _with_waivers(document: dict[str, Any], *waivers: Mapping[str, Any]) -> dict[str, Any]:
    stack = next(row for row in document["resources"] if row["type"] == "pulumi:pulumi:Stack")
    stack["properties"]["waivers"] = list(waivers)
    return document


def _names(diagnostics: list[analyzer_pb2.AnalyzeDiagnostic]) -> set[str]:
    return {diagnostic.policyName for diagnostic in diagnostics}


def test_the_environment_of_the_pack_has_its_own_protobuf() -> None:
    """The reason for an environment of its own: pulumi-policy's pin is not the program's."""
    code = "import google.protobuf, networkx, pulumi_policy, yaml; print(google.protobuf.__version__)"
    done = subprocess.run(
        [str(PYTHON), "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("5.")


def test_every_proof_is_a_policy_of_the_pack(pack: Pack) -> None:
    info = pack.info()
    assert (info.name, info.supportsConfig) == ("aks-secrets", True)
    levels = {name: MANDATORY if known.severity == "error" else ADVISORY for name, known in proofs().items()}
    assert pack.levels() == {**levels, **_ABOUT_ALL}
    for policy in info.policies:
        assert policy.policy_type == analyzer_pb2.POLICY_TYPE_STACK
        assert policy.description
        assert policy.url or policy.name in _ABOUT_ALL
    (waivers,) = (policy for policy in info.policies if policy.name == "waivers")
    assert set(waivers.configSchema.properties) == {"longestDays", "never"}


@pytest.mark.parametrize("name", ["up", "preview_same"])
def test_a_right_program_breaks_nothing(name: str, pack: Pack) -> None:
    diagnostics = pack.analyze(recorded(name))
    assert [entry.message for entry in diagnostics if entry.enforcementLevel == MANDATORY] == []
    assert "unknown" not in _names(diagnostics)


def _broken_in_one_place() -> dict[str, Any]:
    """The credential of orders trusts the cluster's issuer without its final slash."""
    document = recorded("up")
    urn = next(urn for urn in document["inputs"] if urn.endswith("::orders/orders/orders"))
    row = next(row for row in document["resources"] if row["urn"] == urn)
    for properties in (document["inputs"][urn], row["properties"]):
        properties["issuer"] = properties["issuer"].rstrip("/")
    return document


def test_a_program_that_is_broken_in_one_place_breaks_that_policy_at_that_resource(pack: Pack) -> None:
    (entry,) = (
        entry for entry in pack.analyze(_broken_in_one_place()) if entry.enforcementLevel == MANDATORY
    )
    assert entry.policyName == "credential-issuer"
    assert entry.urn.endswith("FederatedIdentityCredential::orders/orders/orders")
    assert "byte for byte" in entry.message
    assert "(the final slash differs)\nto mend it: " in entry.message


@pytest.mark.parametrize(
    ("expires", "policy", "level"),
    [("2999-01-31", "waived", ADVISORY), ("2020-01-31", "credential-issuer", MANDATORY)],
)
def test_a_waiver_holds_until_its_day(expires: str, policy: str, level: int, pack: Pack) -> None:
    document = _with_waivers(
        _broken_in_one_place(), {**WAIVER, "proof": "credential-issuer", "expires": expires}
    )
    (entry,) = (entry for entry in pack.analyze(document) if "final slash" in entry.message)
    assert (entry.policyName, entry.enforcementLevel) == (policy, level)
    assert "the vendor ships tags only" in entry.message


def test_a_policy_that_is_disabled_reports_nothing(pack: Pack) -> None:
    with pack.configured(credential_issuer=analyzer_pb2.DISABLED):
        assert not any("final slash" in entry.message for entry in pack.analyze(_broken_in_one_place()))
    with pack.configured(credential_issuer=ADVISORY):
        (entry,) = (entry for entry in pack.analyze(_broken_in_one_place()) if "final slash" in entry.message)
        assert entry.enforcementLevel == ADVISORY


def test_a_first_preview_is_not_broken_by_what_is_unknown(pack: Pack) -> None:
    diagnostics = pack.analyze(recorded("preview_new"))
    assert [entry.message for entry in diagnostics if entry.enforcementLevel == MANDATORY] == []
    assert any(
        "\ncredential-issuer: " in entry.message for entry in diagnostics if entry.policyName == "unknown"
    )


def test_one_operation_does_not_know_the_resources_of_the_one_before(pack: Pack) -> None:
    assert _names(pack.analyze(_with_waivers(recorded("up"), WAIVER))) - _names(
        pack.analyze(recorded("up"))
    ) == {"waivers"}


def test_a_waiver_that_names_no_proof_is_broken(pack: Pack) -> None:
    (entry,) = (
        entry
        for entry in pack.analyze(_with_waivers(recorded("up"), WAIVER))
        if entry.policyName == "waivers"
    )
    assert entry.enforcementLevel == MANDATORY
    assert "waivers[proof=no-such-proof] waives nothing: there is no proof 'no-such-proof'" in entry.message


def test_the_configuration_of_the_policies_is_read(pack: Pack) -> None:
    document = _with_waivers(recorded("up"), {**WAIVER, "proof": "credential-issuer"})
    assert not any("too long" in entry.message for entry in pack.analyze(document))
    with pack.configured(waivers={"longestDays": 90}):
        assert any("allows 90 days" in entry.message for entry in pack.analyze(document))


def test_no_value_of_a_secret_is_reported(pack: Pack) -> None:
    for name in ("up", "preview_new"):
        assert not any("plain-value" in entry.message for entry in pack.analyze(recorded(name)))
