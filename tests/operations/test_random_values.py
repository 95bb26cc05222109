"""A lost random value is read from its vault as the provider signs in, not as some other tool does."""

import copy
import os
from pathlib import Path
from unittest import mock

import pytest

from operations.adoption.random_values import LostValue, lost_values
from operations.azure import sign_in
from rehearsal.data_planes.proxy import Proxy
from rehearsal.data_planes.web import Answer, Endpoint, Request
from tests.operations.azure.services import CLIENT, SIGN_IN, TENANT, Entra
from tests.operations.test_releases import MADE_FROM_IT, PASSWORD, SECRET_URN, STATE

pytestmark = pytest.mark.servers

HOST = "kv.vault.azure.net"


class Vault:
    def __init__(self, refusal: Answer | None) -> None:
        self.refusal = refusal

    def answer(self, request: Request) -> Answer:
        if not request.bearer:
            challenge = (
                f'Bearer authorization="https://login.microsoftonline.com/{TENANT}",'
                ' resource="https://vault.azure.net"'
            )
            return Answer(status=401, headers={"WWW-Authenticate": challenge})
        body = {"id": f"https://{HOST}/secrets/db/1", "value": "hush", "attributes": {"enabled": True}}
        return self.refusal or Answer(status=200, body=body)


FORBIDDEN = Answer(
    status=403,
    body={
        "error": {
            "code": "Forbidden",
            "message": "Caller is not authorized to perform action on resource.",
            "innererror": {"code": "ForbiddenByRbac"},
        }
    },
)


@pytest.mark.parametrize(
    ("refusal", "value"),
    [
        (None, LostValue(PASSWORD, "db", "hush")),
        (
            FORBIDDEN,
            LostValue(
                PASSWORD,
                "db",
                reason="vault kv: ForbiddenByRbac: Caller is not authorized to perform action on resource.",
            ),
        ),
    ],
)
def test_the_vault_is_asked_as_the_provider_signs_in(
    tmp_path: Path, refusal: Answer | None, value: LostValue
):
    state = copy.deepcopy(STATE)
    row = state["deployment"]["resources"][0]
    row["outputs"] = {"properties": {"secretUri": f"https://{HOST}/secrets/db"}}
    # of the sign-in's variables one is in the provider's configuration instead
    provider = {"type": "pulumi:providers:azure-native", "urn": "p", "inputs": {"clientId": CLIENT}}
    state["deployment"]["resources"].append(provider)
    entra, vault = Entra(), Vault(refusal)
    endpoints: dict[str, Endpoint] = {entra.host: entra, HOST: vault}
    with Proxy(endpoints.get, tmp_path).serving() as proxy:
        environment = {
            **{name: text for name, text in SIGN_IN.items() if name != "ARM_CLIENT_ID"},
            "HTTPS_PROXY": proxy.url,
            "REQUESTS_CA_BUNDLE": str(proxy.authority_file),
            "NO_PROXY": "",
        }
        limits = {"retry_total": 0}
        with mock.patch.dict(os.environ, environment), mock.patch.dict(sign_in.LIMITS, limits):  # pyright: ignore[reportArgumentType] it is a dict
            planned = {PASSWORD.urn: PASSWORD, SECRET_URN: MADE_FROM_IT}
            assert lost_values(state, planned, reads_vault=True) == [value]
