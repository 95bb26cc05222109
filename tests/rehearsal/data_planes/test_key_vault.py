"""Azure's own clients change a vault and are refused by it, in the words of Key Vault."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.identity import DefaultAzureCredential
from azure.keyvault.certificates import CertificateClient
from azure.keyvault.keys import KeyClient
from azure.keyvault.secrets import SecretClient

from rehearsal.data_planes.planes import Planes
from rehearsal.simulators.azure.arm import DEPLOYER
from rehearsal.simulators.seed import apply_seed
from tests.rehearsal.data_planes.worlds import GROUP, NETWORK, ROLES, VAULT, assignment, signed_in

pytestmark = pytest.mark.servers

URL = "https://kv-planes.vault.azure.net/"
ADMINISTRATOR = f"{ROLES}/00482a5a-887f-4fb3-b363-3b7fe8e74483"


@pytest.fixture
def planes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Planes]:
    with signed_in(tmp_path, monkeypatch) as served:
        apply_seed(served.world, {"azure": [assignment(VAULT, DEPLOYER, ADMINISTRATOR, "User")]})
        yield served


def client(kind: Any = SecretClient) -> Any:
    return kind(URL, DefaultAzureCredential(), retry_total=0)


def refusal(error: pytest.ExceptionInfo[HttpResponseError]) -> tuple[int | None, str, str]:
    """Status, code and inner code."""
    details: Any = error.value.error
    return error.value.status_code, details.code, (details.innererror or {}).get("code", "")


def test_a_secret_is_written_changed_deleted_and_comes_back(planes: Planes) -> None:
    vault = client()
    first = vault.set_secret("db-password", "one", content_type="text/plain", tags={"team": "shop"})
    second = vault.set_secret("db-password", "two")
    assert first.properties.version != second.properties.version
    assert len(list(vault.list_properties_of_secret_versions("db-password"))) == 2
    read = vault.get_secret("db-password")
    assert read.properties.version == second.properties.version
    assert read.value not in ("one", "two"), "the world holds no value"
    vault.begin_delete_secret("db-password").wait()
    with pytest.raises(HttpResponseError) as refused:
        vault.set_secret("db-password", "three")
    assert refusal(refused) == (409, "Conflict", "ObjectIsDeletedButRecoverable")
    assert "is currently in a deleted but recoverable state" in refused.value.message
    vault.begin_recover_deleted_secret("db-password").wait()
    assert vault.get_secret("db-password").properties.version == second.properties.version
    assert "one" not in str(planes.world.azure)


def test_a_purged_secret_is_gone_and_purge_protection_keeps_it(planes: Planes) -> None:
    vault = client()
    vault.begin_delete_secret("api-key").wait()
    vault.purge_deleted_secret("api-key")
    with pytest.raises(HttpResponseError) as refused:
        vault.get_secret("api-key")
    assert refusal(refused)[:2] == (404, "SecretNotFound")
    protected = planes.world.get(VAULT)
    assert protected is not None
    protected.properties["properties"]["enablePurgeProtection"] = True
    vault.begin_delete_secret("set-by-people").wait()
    with pytest.raises(HttpResponseError, match='"purge" is not allowed because purge protection') as refused:
        vault.purge_deleted_secret("set-by-people")
    assert refused.value.status_code == 403
    assert [row.name for row in vault.list_deleted_secrets()] == ["set-by-people"]


def test_a_disabled_secret_is_refused_and_an_expired_one_is_read(planes: Planes) -> None:
    vault = client()
    vault.update_secret_properties("api-key", enabled=False)
    with pytest.raises(
        HttpResponseError, match="Operation get is not allowed on a disabled secret"
    ) as refused:
        vault.get_secret("api-key")
    assert refusal(refused) == (403, "Forbidden", "SecretDisabled")
    assert [row.enabled for row in vault.list_properties_of_secrets()] == [False]
    past, future = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1)
    vault.update_secret_properties("api-key", enabled=True, expires_on=past, not_before=future)
    read = vault.get_secret("api-key")  # Azure/AzureKeyVault#19
    assert read.properties.expires_on.replace(microsecond=0) == past.replace(microsecond=0)
    assert len(list(vault.list_properties_of_secret_versions("api-key"))) == 1


def test_a_reader_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with signed_in(tmp_path, monkeypatch) as served:
        for resource in list(served.world.azure.values()):
            if "roleAssignments" in resource.id and resource.properties["principalId"] == DEPLOYER:
                resource.properties["roleDefinitionId"] = f"{ROLES}/4633458b-17de-408a-b874-0445c86b69e6"
        vault = client()
        assert vault.get_secret("api-key").value
        for change in (
            lambda: vault.set_secret("api-key", "x"),
            lambda: vault.update_secret_properties("api-key", enabled=False),
            lambda: vault.begin_delete_secret("api-key"),
            lambda: vault.purge_deleted_secret("api-key"),
        ):
            with pytest.raises(HttpResponseError) as refused:
                change()
            assert refusal(refused) == (403, "Forbidden", "ForbiddenByRbac")


def test_keys_and_certificates_are_read_and_refused(planes: Planes) -> None:
    key = {"id": f"{VAULT}/keys/signing", "properties": {"kty": "RSA", "keySize": 2048}}
    apply_seed(planes.world, {"azure": [key]})
    planes.world.absent_secrets.add(f"{VAULT}/certificates/gone".lower())
    keys, certificates = client(KeyClient), client(CertificateClient)
    assert keys.get_key("signing").key_type == "RSA"
    assert [row.name for row in keys.list_properties_of_keys()] == ["signing"]
    assert len(list(keys.list_properties_of_key_versions("signing"))) == 1
    assert certificates.get_certificate("tls").properties.version
    assert len(list(certificates.list_properties_of_certificate_versions("tls"))) == 1
    with pytest.raises(HttpResponseError) as refused:
        certificates.get_certificate("gone")
    assert refusal(refused)[:2] == (404, "CertificateNotFound")


SUBNET = f"{NETWORK}/subnets/nodes"


@pytest.mark.parametrize(
    ("properties", "refused"),
    [
        ({"networkAcls": {"defaultAction": "Deny"}}, "ForbiddenByFirewall"),
        ({"networkAcls": {"defaultAction": "Deny", "virtualNetworkRules": [{"id": SUBNET}]}}, ""),
        ({"networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.0/24"}]}}, ""),
        (
            {"networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "198.51.100.1"}]}},
            "ForbiddenByFirewall",
        ),
        ({"publicNetworkAccess": "Disabled"}, "ForbiddenByConnection"),
        ({"publicNetworkAccess": "Enabled"}, ""),
    ],
)
def test_the_firewall_decides_where_the_runners_network_is_known(
    planes: Planes, properties: dict[str, Any], refused: str
) -> None:
    vault = planes.world.get(VAULT)
    assert vault is not None
    vault.properties["properties"] = {**vault.properties["properties"], **properties}
    assert client().get_secret("api-key").value, "the client's network is not known"
    apply_seed(planes.world, {"runner": [NETWORK]})
    if not refused:
        assert client().get_secret("api-key").value
        return
    with pytest.raises(HttpResponseError) as error:
        client().get_secret("api-key")
    assert refusal(error) == (403, "Forbidden", refused)
    assert f"oid={DEPLOYER}" in error.value.message
    endpoint = {
        "id": f"{GROUP}/providers/Microsoft.Network/privateEndpoints/pe",
        "location": "westeurope",
        "subnet": {"id": SUBNET},
        "privateLinkServiceConnections": [
            {"name": "vault", "privateLinkServiceId": VAULT, "groupIds": ["vault"]}
        ],
    }
    apply_seed(planes.world, {"azure": [endpoint]})
    assert client().get_secret("api-key").value
