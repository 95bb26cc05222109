"""The rules of the simulated endpoints that no sample breaks, since it asks rightly."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest

from rehearsal.data_planes import tokens
from rehearsal.data_planes.entra import ASSERTION_TYPE
from rehearsal.data_planes.issuers import issuer_of, signing_key
from rehearsal.data_planes.planes import Planes
from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER
from tests.sdk.chain import POD, TENANT, TRUST, curl_sample
from tests.sdk.pod import World, world
from tests.sdk.seeded import Vault, seeded

pytestmark = pytest.mark.servers

FORM = "application/x-www-form-urlencoded"
VAULT_HOST = f"{TRUST.vault_name}.vault.azure.net"


@pytest.fixture
def planes(tmp_path) -> Iterator[Planes]:
    with Planes(seeded(tmp_path, TRUST, POD), tmp_path).serving() as served:
        yield served


def signed(planes: Planes, **more: Any) -> str:
    (cluster,) = planes.world.of_type(CLUSTER)
    return issuer_of(cluster).token(POD.subject, **more)


def right(planes: Planes) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": POD.client_id,
        "scope": "https://vault.azure.net/.default",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": signed(planes),
    }


def token_answer(planes: Planes, form: dict[str, str], content_type: str = FORM) -> Answer:
    path, headers = f"/{TENANT}/oauth2/v2.0/token", {"content-type": content_type}
    return planes.entra.answer(
        Request(method="POST", path=path, headers=headers, body=urlencode(form).encode())
    )


def test_the_right_form_gets_a_token_for_the_vault(planes):
    answer = token_answer(planes, right(planes))
    assert answer.status == 200, answer.body
    caller = tokens.caller_of(answer.body["access_token"], ("https://vault.azure.net",), TENANT)
    assert caller.client_id == POD.client_id


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
        ({"scope": "https://storage.azure.com/.default"}, 500011),
        ({"client_assertion_type": "jwt-bearer"}, 7000218),
        ({"client_assertion": ""}, 7000218),
        ({"client_assertion": "no-token"}, 50027),
    ],
)
def test_a_form_that_is_not_right_is_refused(planes, change, code):
    assert_refused(planes, {**right(planes), **change}, code)


def test_an_assertion_that_is_not_right_is_refused(planes):
    form = right(planes)
    assert_refused(planes, {**form, "client_assertion": unsigned(form["client_assertion"])}, 50027)
    assert_refused(planes, {**form, "client_assertion": signed(planes, age_seconds=-36_000)}, 700024)


def assert_refused(planes: Planes, form: dict[str, str], code: int) -> None:
    answer = token_answer(planes, form)
    assert answer.status in (400, 401)
    assert answer.body["error_codes"] == [code]
    assert answer.body["error_description"].startswith(f"AADSTS{code}: ")


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", ""])
def test_parameters_in_another_form_are_not_seen(planes, content_type):
    assert token_answer(planes, right(planes), content_type).body["error_codes"] == [900144]


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


def bearer(planes: Planes, **changed: object) -> dict[str, str]:
    token = token_answer(planes, right(planes)).body["access_token"]
    claims = {**jwt.decode(token, options={"verify_signature": False}), **changed}
    return {"authorization": f"Bearer {jwt.encode(claims, signing_key('entra'), algorithm='RS256')}"}


def read(planes: Planes, path: str, headers: dict[str, str] | None = None, **query: str) -> Answer:
    query = query or {"api-version": "7.6"}
    headers = headers or bearer(planes)
    return planes.vaults.answer(
        Request(method="GET", path=path, query=query, headers=headers, host=VAULT_HOST)
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "https://management.azure.com"},
        {"aud": "https://vault.azure.net/"},
        {"exp": 1},
        {"iss": "https://sts.windows.net/other/"},
    ],
)
def test_the_vault_takes_no_token_that_is_not_for_it(planes, wrong):
    assert read(planes, "/secrets/api-key").status == 200
    assert read(planes, "/secrets/api-key", bearer(planes, **wrong)).status == 401


def test_a_version_stays_readable_after_a_rotation(planes):
    vault = Vault(planes.world, TRUST.vault_name)
    first = vault.version("api-key")
    before = read(planes, "/secrets/api-key").body["value"]
    vault.rotate("api-key")
    newest = read(planes, "/secrets/api-key").body
    assert newest["id"].endswith(vault.version("api-key"))
    assert newest["value"] != before
    assert read(planes, f"/secrets/api-key/{first}").body["id"].endswith(first)
    assert read(planes, "/secrets/api-key/0123").body["error"]["code"] == "SecretNotFound"


@pytest.mark.parametrize("version", ["", "7"])
def test_the_vault_wants_a_version_of_its_api(planes, version):
    answer = read(planes, "/secrets/api-key", **{"api-version": version})
    assert (answer.status, answer.body["error"]["code"]) == (400, "BadParameter")
