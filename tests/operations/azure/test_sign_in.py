"""The sign-in is azure-native's: its methods, their order, and what each needs."""

import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from operations.azure.refusals import AzureRefusedError
from operations.azure.sign_in import ENCRYPTED, find_sign_in
from tests.operations.azure.services import CLIENT, SIGN_IN, SUBSCRIPTION, TENANT

PRINCIPAL = {"ARM_CLIENT_ID": CLIENT, "ARM_TENANT_ID": TENANT, "ARM_SUBSCRIPTION_ID": SUBSCRIPTION}
OIDC = {**PRINCIPAL, "ARM_USE_OIDC": "true"}
EVERYTHING = {
    **SIGN_IN,
    "ARM_CLIENT_SECRET": "marked-secret",
    "ARM_USE_MSI": "true",
    "ARM_USE_DEFAULT_AZURE_CREDENTIAL": "true",
}


@pytest.mark.parametrize(
    ("left_out", "method"),
    [
        ((), "DefaultAzureCredential"),
        (("ARM_USE_DEFAULT_AZURE_CREDENTIAL",), "client secret"),
        (("ARM_USE_DEFAULT_AZURE_CREDENTIAL", "ARM_CLIENT_SECRET"), "OIDC"),
        (("ARM_USE_DEFAULT_AZURE_CREDENTIAL", "ARM_CLIENT_SECRET", "ARM_USE_OIDC"), "managed identity"),
    ],
)
def test_the_methods_have_the_order_of_azure_native(left_out: tuple[str, ...], method: str):
    environment = {key: value for key, value in EVERYTHING.items() if key not in left_out}
    assert find_sign_in({}, environment).method == method


def test_a_key_of_the_stack_file_comes_before_the_variable():
    sign_in = find_sign_in({"subscriptionId": "of-the-file"}, SIGN_IN)
    assert sign_in.subscription_id == "of-the-file"


@pytest.mark.parametrize(
    ("environment", "config", "message"),
    [
        (
            {**OIDC, "ARM_OIDC_TOKEN": "t", "ARM_CLIENT_ID": ""},
            {},
            "sign-in: not-signed-in: the sign-in by OIDC needs ARM_CLIENT_ID (or azure-native:clientId)",
        ),
        (
            OIDC,
            {},
            "sign-in: not-signed-in: the sign-in by OIDC needs ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH, or"
            " the job's permission `id-token: write`, with which GitHub sets ACTIONS_ID_TOKEN_REQUEST_URL",
        ),
        (
            PRINCIPAL,
            {"clientSecret": ENCRYPTED},
            "sign-in: not-signed-in: azure-native:clientSecret is encrypted in the stack file, and only"
            " pulumi can decrypt it; set ARM_CLIENT_SECRET for this command",
        ),
        (
            {**PRINCIPAL, "ARM_CLIENT_CERTIFICATE_PATH": "/nowhere.pfx"},
            {},
            "sign-in: not-signed-in: the client certificate /nowhere.pfx cannot be read: No such file or"
            " directory",
        ),
        (
            {"PATH": "/nowhere"},
            {},
            "sign-in: not-signed-in: there is no sign-in: the Azure CLI is not on PATH, and no variables name"
            " a principal; run az login, or set ARM_SUBSCRIPTION_ID and the variables of a service principal",
        ),
        (
            SIGN_IN,
            {"environment": "mars"},
            "sign-in: not-signed-in: azure-native:environment: unknown cloud 'mars'; use public, usgovernment"
            " or china",
        ),
    ],
)
def test_what_a_method_lacks_is_one_message(
    environment: Mapping[str, str], config: Mapping[str, str], message: str
):
    with pytest.raises(AzureRefusedError) as refused:
        find_sign_in(config, environment)
    assert str(refused.value) == message


def _azure_cli(folder: Path, script: str) -> dict[str, str]:
    program = folder / "az"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


@pytest.mark.servers
def test_az_login_names_the_subscription(tmp_path: Path):
    document = f'{{"id": "{SUBSCRIPTION}", "tenantId": "{TENANT}", "environmentName": "AzureChinaCloud"}}'
    sign_in = find_sign_in({}, _azure_cli(tmp_path, f"echo '{document}'"))
    assert (sign_in.method, sign_in.subscription_id, sign_in.tenant_id) == ("az login", SUBSCRIPTION, TENANT)
    assert sign_in.cloud.vault_suffix == "vault.azure.cn"


@pytest.mark.servers
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (
            "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1",
            "the Azure CLI is not signed in: Please run 'az login' to setup account (az login)",
        ),
        ("exit 3", "the Azure CLI is not signed in: it prints nothing (az login)"),
        ("echo '[]'", "the Azure CLI names no subscription; run az account list, then az account set"),
        ("echo '<html>'", "the Azure CLI names no subscription; run az account list, then az account set"),
    ],
)
def test_an_azure_cli_that_is_not_signed_in_is_one_message(tmp_path: Path, script: str, reason: str):
    with pytest.raises(AzureRefusedError) as refused:
        find_sign_in({}, _azure_cli(tmp_path, script))
    assert str(refused.value) == f"sign-in: not-signed-in: {reason}"
