"""Azure's own clients, signed in as the deployer, meet the data planes and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ServiceRequestError
from azure.identity import ClientAssertionCredential, ClientSecretCredential, DefaultAzureCredential
from azure.keyvault.secrets import SecretClient

from rehearsal.data_planes.faults import CannedAnswer
from rehearsal.data_planes.issuers import Issuer
from rehearsal.data_planes.planes import DEPLOYER_CLIENT, Planes
from rehearsal.simulator_process import SimulatorsWithPlanes
from rehearsal.simulators.azure.arm import TENANT
from rehearsal.simulators.seed import apply_seed
from tests.rehearsal.data_planes.worlds import CLIENT, IDENTITY, VAULT, signed_in

pytestmark = pytest.mark.servers

URL = "https://kv-planes.vault.azure.net/"


@pytest.fixture
def planes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Planes]:
    with signed_in(tmp_path, monkeypatch) as served:
        yield served


def vault(**options: object) -> SecretClient:
    return SecretClient(URL, DefaultAzureCredential(), retry_total=0, **options)


def test_the_deployer_reads_by_a_client_secret(planes: Planes) -> None:
    secret = vault().get_secret("api-key")
    assert secret.properties.version
    assert secret.value
    assert "not this one" not in secret.value
    assert planes.proxy.refused == []


def test_the_deployer_reads_by_the_token_of_a_pipeline(
    planes: Planes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_CLIENT_SECRET")
    for name, value in planes.environment(pipeline=True).items():
        monkeypatch.setenv(name, value)
    assert vault().get_secret("api-key").value


def test_a_wrong_client_secret_is_refused(planes: Planes) -> None:
    credential = ClientSecretCredential(TENANT, DEPLOYER_CLIENT, "wrong")
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215: Invalid client secret provided"):
        credential.get_token("https://management.azure.com/.default")
    planes.faults.expired_secret = True
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000222: The provided client secret keys"):
        DefaultAzureCredential().get_token("https://management.azure.com/.default")


def test_a_token_of_entra_itself_is_exchanged_by_none(planes: Planes) -> None:
    issuer = Issuer(url=f"https://sts.windows.net/{TENANT}/", key_id="entra")
    subject = "b1e6a0d4-3c57-4f92-a8e9-5d4c2b7f8e03"
    properties = {"issuer": issuer.url, "subject": subject, "audiences": ["api://AzureADTokenExchange"]}
    apply_seed(
        planes.world, {"azure": [{"id": f"{IDENTITY}/federatedIdentityCredentials/own", **properties}]}
    )
    credential = ClientAssertionCredential(TENANT, CLIENT, lambda: issuer.token(subject))
    with pytest.raises(ClientAuthenticationError, match="AADSTS700222: AAD-issued tokens may not be used"):
        credential.get_token("https://vault.azure.net/.default")


def test_versions_and_soft_deleted_secrets_are_listed(planes: Planes) -> None:
    client = vault()
    before = client.get_secret("api-key").value
    assert [row.name for row in client.list_properties_of_secrets()] == ["api-key"]
    assert len(list(client.list_properties_of_secret_versions("api-key"))) == 1
    with planes.world.lock:
        removed = planes.world.remove_only(f"{VAULT}/secrets/api-key")
        assert removed is not None
        planes.world.deleted_secrets[removed.id.lower()] = removed
    with pytest.raises(HttpResponseError, match="SecretNotFound"):
        client.get_secret("api-key")
    assert [row.name for row in client.list_deleted_secrets()] == ["api-key"]
    assert client.begin_recover_deleted_secret("api-key").result().name == "api-key"
    assert client.get_secret("api-key").value == before


def test_a_canned_answer_comes_first_and_ends(planes: Planes) -> None:
    # https://learn.microsoft.com/azure/key-vault/general/overview-throttling
    body = {"error": {"code": "Throttled", "message": "Request was not processed because too many …"}}
    planes.faults.answers.append(
        CannedAnswer(host="*.vault.azure.net", status=429, body=body, headers={"Retry-After": "0"})
    )
    with pytest.raises(HttpResponseError, match="Throttled") as refused:
        vault(retry_on_status_codes=[]).get_secret("api-key")
    assert refused.value.status_code == 429
    assert vault().get_secret("api-key").value


def test_a_vault_that_does_not_exist_has_no_host(planes: Planes) -> None:
    client = SecretClient("https://kv-other.vault.azure.net/", DefaultAzureCredential(), retry_total=0)
    with pytest.raises(ServiceRequestError, match="502"):
        client.get_secret("api-key")
    assert planes.proxy.refused == ["CONNECT kv-other.vault.azure.net:443"]


def test_the_process_of_the_simulators_serves_them(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    with SimulatorsWithPlanes() as simulators:
        environment = simulators.open_with_planes(tmp_path / "world")
        assert environment["HTTPS_PROXY"].startswith("http://127.0.0.1:")
        assert environment["ARM_CLIENT_ID"] == environment["AZURE_CLIENT_ID"] == DEPLOYER_CLIENT
        assert "azure-native:" in environment["PULUMI_DEBUG_PROVIDERS"]
        simulators.close(tmp_path / "world")
