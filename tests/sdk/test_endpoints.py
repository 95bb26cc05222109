"""The rules of the simulated endpoints that no sample breaks, since it asks rightly."""

from collections.abc import Iterator
from urllib.parse import urlencode

import jwt
import pytest

from tests.sdk.chain import POD, TENANT, TRUST, curl_sample
from tests.sdk.cluster import Cluster, signing_key
from tests.sdk.entra import ASSERTION_TYPE, Entra
from tests.sdk.key_vault import KeyVault
from tests.sdk.pod import World, world
from tests.sdk.web import Answer, Request

CLUSTER = Cluster(issuer=POD.issuer)
RIGHT = {
    "grant_type": "client_credentials",
    "client_id": POD.client_id,
    "scope": "https://vault.azure.net/.default",
    "client_assertion_type": ASSERTION_TYPE,
    "client_assertion": CLUSTER.token(POD.subject),
}
FORM = "application/x-www-form-urlencoded"


def token_answer(form: dict[str, str], content_type: str = FORM) -> Answer:
    path, headers = f"/{TENANT}/oauth2/v2.0/token", {"content-type": content_type}
    return Entra(TRUST, [CLUSTER]).answer(
        Request(method="POST", path=path, headers=headers, body=urlencode(form).encode())
    )


def test_the_right_form_gets_a_token_for_the_vault():
    answer = token_answer(RIGHT)
    assert answer.status == 200
    claims = jwt.decode(
        answer.body["access_token"],
        signing_key("entra").public_key(),
        algorithms=["RS256"],
        audience="https://vault.azure.net",
    )
    assert claims["appid"] == POD.client_id


def unsigned(token: str) -> str:
    head, claims, _ = token.split(".")
    return f"{head}.{claims}.{'A' * 342}"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"grant_type": ""}, 900144),
        ({"client_id": ""}, 900144),
        ({"scope": ""}, 900144),
        ({"grant_type": "password"}, 70003),
        ({"scope": "https://vault.azure.net"}, 1002012),
        ({"scope": "https://management.azure.com/.default"}, 500011),
        ({"client_assertion_type": "jwt-bearer"}, 7000218),
        ({"client_assertion": ""}, 7000218),
        ({"client_assertion": "no-token"}, 50027),
        ({"client_assertion": unsigned(RIGHT["client_assertion"])}, 50027),
        ({"client_assertion": CLUSTER.token(POD.subject, age_seconds=-36_000)}, 700024),
    ],
)
def test_a_form_that_is_not_right_is_refused(change, code):
    answer = token_answer({**RIGHT, **change})
    assert answer.status in (400, 401)
    assert answer.body["error_codes"] == [code]
    assert answer.body["error_description"].startswith(f"AADSTS{code}: ")


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", ""])
def test_parameters_in_another_form_are_not_seen(content_type):
    assert token_answer(RIGHT, content_type).body["error_codes"] == [900144]


@pytest.fixture
def here(tmp_path) -> Iterator[World]:
    curl_sample()
    with world(TRUST, POD, tmp_path) as served:
        yield served


def test_a_token_request_by_get_is_refused(here):
    """A published tutorial asks so."""
    url = '"$AZURE_AUTHORITY_HOST$AZURE_TENANT_ID/oauth2/v2.0/token"'
    done = here.run(
        ["bash", "-c", f"curl --silent --get --data-urlencode client_id=$AZURE_CLIENT_ID {url}"], POD
    )
    assert "AADSTS900561: The endpoint only accepts POST requests. Received a GET request." in done.output


def test_the_vault_challenges_a_request_without_a_token(here):
    done = here.run(
        ["bash", "-c", 'curl --silent --include "${KEYVAULT_URL}secrets/api-key?api-version=7.6"'], POD
    )
    assert "\nHTTP/1.1 401 " in done.output
    assert (
        f'WWW-Authenticate: Bearer authorization="https://login.microsoftonline.com/{TENANT}", resource="https://vault.azure.net"'
        in done.output
    )


def bearer(**changed: object) -> dict[str, str]:
    right = jwt.decode(token_answer(RIGHT).body["access_token"], options={"verify_signature": False})
    return {
        "authorization": f"Bearer {jwt.encode({**right, **changed}, signing_key('entra'), algorithm='RS256')}"
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "https://management.azure.com"},
        {"aud": "https://vault.azure.net/"},
        {"exp": 1},
        {"iss": "https://sts.windows.net/other/"},
    ],
)
def test_the_vault_takes_no_token_that_is_not_for_it(wrong):
    vault, path, query = KeyVault(TRUST), "/secrets/api-key", {"api-version": "7.6"}
    assert vault.answer(Request(method="GET", path=path, query=query, headers=bearer())).status == 200
    assert vault.answer(Request(method="GET", path=path, query=query, headers=bearer(**wrong))).status == 401


def test_a_version_stays_readable_after_a_rotation():
    vault, query = KeyVault(TRUST), {"api-version": "7.6"}
    first = vault.version("api-key")
    vault.rotate("api-key")

    def read(path: str) -> Answer:
        return vault.answer(Request(method="GET", path=path, query=query, headers=bearer()))

    assert read("/secrets/api-key").body["id"].endswith(vault.version("api-key"))
    assert read(f"/secrets/api-key/{first}").body["id"].endswith(first)
    assert read("/secrets/api-key/0123").body["error"]["code"] == "SecretNotFound"


@pytest.mark.parametrize("query", [{}, {"api-version": "7"}])
def test_the_vault_wants_a_version_of_its_api(query):
    answer = KeyVault(TRUST).answer(
        Request(method="GET", path="/secrets/api-key", query=query, headers=bearer())
    )
    assert (answer.status, answer.body["error"]["code"]) == (400, "BadParameter")
