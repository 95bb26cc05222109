"""The aliases of former API versions are dropped, and nothing else."""

import re
from pathlib import Path

import pulumi
import pytest
from pulumi_azure_native import keyvault

from aks_secrets_testing.builds import build
from stacks.version_aliases import drop_version_aliases, is_former_version

SECRET = "azure-native:keyvault:Secret"
OLD = "azure-native:keyvault/v20230701:Secret"
REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("alias", "type_token", "dropped"),
    [
        (pulumi.Alias(type_=OLD), SECRET, True),
        (pulumi.Alias(type_=OLD.replace("v20230701", "v20230701preview")), SECRET, True),
        # Another module or name: a release of azure-native may rename a type.
        (pulumi.Alias(type_="azure-native:insights/v20230701:Secret"), SECRET, False),
        (pulumi.Alias(type_="azure-native:keyvault:VaultSecret"), SECRET, False),
        # A version that the program names itself, as of every Kubernetes object, is part of its state.
        (
            pulumi.Alias(type_="kubernetes:apps/v1beta1:Deployment"),
            "kubernetes:apps/v1:Deployment",
            False,
        ),
        # The program's own.
        (pulumi.Alias(name="former-name"), SECRET, False),
        (pulumi.Alias(type_=OLD, parent=None), SECRET, False),
        (pulumi.Alias(type_=OLD, name="former-name"), SECRET, False),
        (f"urn:pulumi:dev::aks-secrets::{OLD}::vault/key", SECRET, False),
    ],
)
def test_only_an_alias_of_nothing_but_the_version_is_dropped(
    alias: pulumi.Alias | str, type_token: str, dropped: bool
) -> None:
    assert is_former_version(alias, type_token) is dropped


def test_a_registered_resource_keeps_its_other_aliases_and_options() -> None:
    def program() -> None:
        drop_version_aliases()
        options = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="former")], ignore_changes=["properties"])
        for name in ("one", "two"):  # with the same options: nothing is left in them
            keyvault.Secret(
                name,
                resource_group_name="group",
                vault_name="vault",
                secret_name=name,
                properties=keyvault.SecretPropertiesArgs(value="literal"),
                opts=options,
            )

    made = build(program).of_type("Secret")
    assert [[alias.spec.name for alias in secret.aliases] for secret in made] == [["former"], ["former"]]
    assert [secret.ignore_changes for secret in made] == [("properties",), ("properties",)]


def test_no_released_state_and_no_component_names_a_version_of_azures_api() -> None:
    """If one did, the aliases would be needed."""
    versioned = re.compile(r"azure-native:\w+/v\d+|pulumi_azure_native\.\w+\.v\d|azure-native_\w+_v\d")
    files = [*REPOSITORY.glob("components/**/*.py"), *REPOSITORY.glob("stacks/**/*.py")]
    files = [file for file in files if file.name != "version_aliases.py"]
    states = [*REPOSITORY.glob("tests/releases/**/*.json*")]
    assert files
    assert states
    assert [
        file.name for file in [*files, *states] if versioned.search(file.read_text(encoding="utf-8"))
    ] == []
