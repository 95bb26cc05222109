"""Requests of a session: who is signed in, pages, refusals. No body is repeated that is no answer."""

import json
import socket
import threading
from pathlib import Path

import pytest

from operations.azure.refusals import AzureRefusedError
from operations.azure.session import AzureSession
from rehearsal.data_planes.web import Answer, Request
from tests.operations.azure.services import CLIENT, OBJECT, SIGN_IN, SUBSCRIPTION, TENANT, azure, refused

pytestmark = pytest.mark.servers

GROUPS = f"/subscriptions/{SUBSCRIPTION}/resourcegroups"
MARKER = "marked-value-4711"


class Garbage(Answer):
    @property
    def content(self) -> bytes:
        return f"<html>{MARKER}</html>".encode()


def test_the_caller_is_the_tokens_principal(tmp_path: Path):
    with azure(tmp_path) as services:
        caller = services.session.caller
        assert (caller.object_id, str(caller)) == (OBJECT, f"the service principal {CLIENT}")


def test_a_persons_name_is_the_tokens(tmp_path: Path):
    with azure(tmp_path) as services:
        services.entra.claims = {"upn": "ada@example.org", "scp": "user_impersonation"}
        assert (str(services.session.caller), services.session.caller.is_person) == ("ada@example.org", True)


def test_threads_share_one_token(tmp_path: Path):
    with azure(tmp_path) as services:
        services.arm.answers[f"GET {GROUPS}"] = Answer(status=200, body={"value": []})
        threads = [
            threading.Thread(target=services.session.pages, args=(GROUPS, "2025-04-01")) for _ in range(5)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert services.entra.scopes == ["https://management.azure.com/.default"]
        assert len(services.arm.requests) == 5


def test_a_list_has_all_its_pages(tmp_path: Path):
    def page(request: Request) -> Answer:
        number = int(request.query.get("page", 1))
        link = f"https://management.azure.com{GROUPS}?page={number + 1}"
        return Answer(
            status=200,
            body={"value": [{"name": f"rg-{number}"}]} | ({"nextLink": link} if number < 3 else {}),
        )

    with azure(tmp_path) as services:
        services.arm.answers[f"GET {GROUPS}"] = page
        names = [group["name"] for group in services.session.pages(GROUPS, "2025-04-01")]
    assert names == ["rg-1", "rg-2", "rg-3"]


def test_azures_own_clients_share_the_session(tmp_path: Path):
    from azure.keyvault.secrets import SecretClient
    from azure.mgmt.keyvault import KeyVaultManagementClient

    vault = f"{GROUPS}/rg/providers/microsoft.keyvault/vaults/kv"
    with azure(tmp_path) as services:
        body = {"name": "kv", "location": "westeurope", "properties": {"tenantId": TENANT, "sku": {}}}
        services.arm.answers[f"GET {vault}"] = Answer(status=200, body=body)
        client = services.session.client(KeyVaultManagementClient)
        assert client.vaults.get("rg", "kv").name == "kv"
        assert services.session.client(KeyVaultManagementClient) is client
        uri = "https://kv.vault.azure.net/"
        secrets = services.session.vault_client(SecretClient, uri)
        assert secrets.vault_url == uri.rstrip("/")


def test_an_action_is_posted(tmp_path: Path):
    check = f"/subscriptions/{SUBSCRIPTION}/providers/microsoft.keyvault/checknameavailability"
    with azure(tmp_path) as services:
        services.arm.answers[f"POST {check}"] = lambda request: Answer(
            status=200, body={"got": json.loads(request.body)}
        )
        assert services.session.post(check, "2024-11-01", {"name": "kv"}) == {"got": {"name": "kv"}}


def test_what_is_not_there_is_a_kind_of_its_own(tmp_path: Path):
    with azure(tmp_path) as services, pytest.raises(AzureRefusedError) as caught:
        services.session.get(f"{GROUPS}/rg", "2025-04-01")
    assert (caught.value.is_missing, caught.value.is_forbidden) == (True, False)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            refused(403, "AuthorizationFailed", "The client does not have authorization.\r\nTrace ID: 1"),
            f"GET {GROUPS}: 403 AuthorizationFailed: The client does not have authorization.",
        ),
        (
            Garbage(status=200, body={}),
            f"{GROUPS}: not-understood: the answer has not the form of the protocol",
        ),
        (Garbage(status=404, body={}), f"GET {GROUPS}: 404 HTTP 404"),
        (
            Answer(status=200, body={"value": 3}),
            f"{GROUPS}: not-understood: the answer has not the form of the",
        ),
        (
            Answer(status=200, body={"value": [], "nextLink": "https://elsewhere.example/"}),
            f"{GROUPS}: not-understood: the answer has not the form of the protocol",
        ),
        (
            Answer(
                status=429,
                body={"error": {"code": "TooManyRequests", "message": "wait"}},
                headers={"Retry-After": "900"},
            ),
            f"GET {GROUPS}: 429 TooManyRequests: wait",
        ),
    ],
)
def test_a_refusal_is_one_line(tmp_path: Path, answer: Answer, message: str):
    with azure(tmp_path) as services:
        services.arm.answers[f"GET {GROUPS}"] = answer
        with pytest.raises(AzureRefusedError) as caught:
            services.session.pages(GROUPS, "2025-04-01")
    assert str(caught.value).startswith(message)
    assert MARKER not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            Answer(
                status=401,
                body={
                    "error": "invalid_client",
                    "error_description": "AADSTS7000215: Invalid client secret provided. Trace ID: 1",
                },
            ),
            "sign-in: 401 AADSTS7000215: Invalid client secret provided.",
        ),
        (
            Garbage(status=200, body={}),
            "sign-in: not-understood: the answer has not the form of the protocol",
        ),
        (Answer(status=200, body={}), "sign-in: "),
        (Answer(status=500, body={}), "sign-in: "),
    ],
)
def test_a_refused_sign_in_is_one_line(tmp_path: Path, answer: Answer, message: str):
    with azure(tmp_path) as services:
        services.entra.refusal = answer
        with pytest.raises(AzureRefusedError) as caught:
            _ = services.session.caller
    assert str(caught.value).startswith(message)
    assert (caught.value.part, MARKER in str(caught.value)) == ("entra", False)


def test_a_network_that_is_down_is_one_line(monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(AzureRefusedError) as caught:
            _ = AzureSession.open({}, SIGN_IN).caller
    assert caught.value.had_no_answer
    assert "0x" not in str(caught.value)
