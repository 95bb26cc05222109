"""tools/ci/sign_in.py: tokens of the three pipelines, on a fake host."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.ci.fake_host import FakeHost
from tools.ci.sign_in import SignInError, signed_in

pytestmark = pytest.mark.servers

AZURE = {"AZURE_CLIENT_ID": "client", "AZURE_TENANT_ID": "tenant", "AZURE_SUBSCRIPTION_ID": "subscription"}


def on_github(host: FakeHost) -> dict[str, str]:
    request = {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{host.address}/token?v=1",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "bearer",
    }
    return {**AZURE, **request}


def counting(key: str) -> Callable[[object], dict[str, str]]:
    count = iter(range(1, 1000))
    return lambda _body: {key: f"token {next(count)}"}


def test_github_gives_a_token_for_azure(host: FakeHost) -> None:
    host.answer("GET", "/token", counting("value"))
    with signed_in(on_github(host)) as variables:
        file = Path(variables["AZURE_FEDERATED_TOKEN_FILE"])
        assert file.read_text(encoding="utf-8") == "token 1"
        assert file.stat().st_mode & 0o077 == 0
        assert {variables[name] for name in ("ARM_CLIENT_ID", "ARM_TENANT_ID")} == {"client", "tenant"}
        assert variables["ARM_USE_OIDC"] == "true"
        assert variables["AAD_LOGIN_METHOD"] == "workloadidentity"
        assert "ARM_OIDC_TOKEN_FILE_PATH" not in variables
    assert not file.exists()
    assert host.calls[0][1] == "/token?v=1&audience=api%3A%2F%2FAzureADTokenExchange"
    assert host.headers[0]["Authorization"] == "Bearer bearer"


def test_the_token_is_written_anew_before_it_ends(host: FakeHost) -> None:
    host.answer("GET", "/token", counting("value"))
    with signed_in(on_github(host), refresh_seconds=0.01) as variables:
        file = Path(variables["AZURE_FEDERATED_TOKEN_FILE"])
        until = time.monotonic() + 60
        while file.read_text(encoding="utf-8") == "token 1":
            assert time.monotonic() < until
            time.sleep(0.01)


def test_a_host_that_fails_later_leaves_the_token_that_is_there(host: FakeHost) -> None:
    host.answer("GET", "/token", {"value": "first"})
    with signed_in(on_github(host), refresh_seconds=0.01) as variables:
        host.answers.clear()
        calls = len(host.calls)
        until = time.monotonic() + 60
        while len(host.calls) < calls + 2:
            assert time.monotonic() < until
            time.sleep(0.01)
        assert Path(variables["AZURE_FEDERATED_TOKEN_FILE"]).read_text(encoding="utf-8") == "first"


def test_azure_pipelines_gives_one_for_the_service_connection(host: FakeHost) -> None:
    host.answer("POST", "/oidctoken", {"oidcToken": "ado"})
    environment = {
        **AZURE,
        "SYSTEM_OIDCREQUESTURI": f"{host.address}/oidctoken",
        "SYSTEM_ACCESSTOKEN": "job",
        "AZURE_SERVICE_CONNECTION_ID": "connection",
    }
    with signed_in(environment) as variables:
        assert Path(variables["AZURE_FEDERATED_TOKEN_FILE"]).read_text(encoding="utf-8") == "ado"
        # azure-native would read a token's file once only
        assert variables["ARM_USE_DEFAULT_AZURE_CREDENTIAL"] == "true"
        assert "ARM_USE_OIDC" not in variables
    assert host.calls[0][:2] == ("POST", "/oidctoken?api-version=7.1&serviceConnectionId=connection")


def test_gitlab_gives_one_in_a_variable() -> None:
    with signed_in({**AZURE, "GITLAB_AZURE_TOKEN": "jwt"}) as variables:
        file = variables["AZURE_FEDERATED_TOKEN_FILE"]
        assert Path(file).read_text(encoding="utf-8") == "jwt"
        assert variables["ARM_OIDC_TOKEN_FILE_PATH"] == file


@pytest.mark.parametrize(
    ("environment", "text"),
    [
        ({}, "AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_SUBSCRIPTION_ID is not set"),
        (AZURE, "no token of a pipeline"),
        ({**AZURE, "SYSTEM_OIDCREQUESTURI": "http://127.0.0.1:9/x"}, "AZURE_SERVICE_CONNECTION_ID or SYSTEM"),
    ],
)
def test_what_is_missing_is_named(environment: dict[str, str], text: str) -> None:
    with pytest.raises(SignInError, match=text), signed_in(environment):
        pass


def test_a_refused_token_is_an_error_without_the_bearer(host: FakeHost) -> None:
    with pytest.raises(SignInError, match=r"could not be fetched \(HTTP 404\)$"), signed_in(on_github(host)):
        pass
