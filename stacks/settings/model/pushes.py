"""Section ``workloads[].pushes``: secrets of the vault that the External Secrets Operator writes."""

from functools import cached_property
from typing import Annotated

from components.authorization.rights import Right
from components.authorization.roles import ObjectType
from stacks.settings.model.delivery import KubernetesSecretName, SecretKeyName
from stacks.settings.model.secrets import SecretSettings, SecretSource
from stacks.settings.model.section import Section
from stacks.settings.model.vault import VaultLabel
from stacks.settings.types.azure import ObjectName
from stacks.settings.validation.constraints import IntRange, Pattern

_PASSWORD = "https://external-secrets.io/latest/api/generator/password/"

PasswordLength = Annotated[
    int, IntRange("password-length", 8, 128, unit="characters", example=48, source=_PASSWORD)
]
PasswordPart = Annotated[
    int, IntRange("password-part", 0, 128, unit="characters", example=4, source=_PASSWORD)
]
SymbolCharacters = Annotated[
    str,
    Pattern(
        "symbol-characters",
        r"[!-/:-@\[-`{-~]{1,32}",
        is_a="list of symbols",
        remedy="use 1 to 32 punctuation marks of ASCII",
        example="-_.",
        source=_PASSWORD,
    ),
]


class PasswordSettings(Section):
    """A password that the generator of the External Secrets Operator draws."""

    length: PasswordLength = 32
    """Number of characters, 8 to 128."""
    digits: PasswordPart | None = None
    """Number of digits among them; a quarter by default."""
    symbols: PasswordPart | None = None
    """Number of symbols among them; a quarter by default."""
    symbol_characters: SymbolCharacters | None = None
    """The symbols to choose from: `-_.`; all punctuation by default."""


class PushSettings(Section):
    """A secret of the vault that the operator writes: from a Kubernetes Secret, or with a generated value."""

    name: ObjectName
    """Name of the secret in the vault."""
    vault: VaultLabel | None = None
    """Label of the vault in `vaults`; the vault of section `vault` by default."""
    secret: KubernetesSecretName | None = None
    """Kubernetes Secret of the workload's namespace whose value the vault gets, and follows."""
    key: SecretKeyName | None = None
    """Key of that Secret; by default the vault gets all keys, as one JSON object."""
    generate: PasswordSettings | None = None
    """Draw the value once, if the vault does not have the secret: `{length: 48}`."""

    @cached_property
    def written(self) -> SecretSettings:
        """The secret of the vault, with the rights that writing it needs: the operator reads before it sets.

        setKeyVaultSecret, SecretExists in providers/v1/azure/keyvault/keyvault.go of external-secrets v2.9.0.
        """
        return SecretSettings.model_construct(
            name=self.name,
            vault=self.vault,
            type=ObjectType.SECRET,
            source=SecretSource.EXISTING,
            rights=(Right.GET, Right.SET),
        )
