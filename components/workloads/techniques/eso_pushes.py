"""Secrets of a vault that the External Secrets Operator writes: PushSecrets and password generators, as plain
data.

https://external-secrets.io/latest/api/pushsecret/, https://external-secrets.io/latest/api/generator/password/
"""

from dataclasses import dataclass
from typing import Any

PUSH_API = "external-secrets.io/v1alpha1"
GENERATOR_API = "generators.external-secrets.io/v1alpha1"
_GENERATED_KEY = "password"
"""Key of a drawn password: validateSecretKeys of generators/v1/password/password.go, v2.9.0."""


@dataclass(frozen=True, kw_only=True)
class Password:
    """A password to draw."""

    length: int = 32
    digits: int | None = None
    """None: a quarter of the characters."""
    symbols: int | None = None
    """None: a quarter of the characters."""
    symbol_characters: str | None = None
    """The symbols to choose from. None: all punctuation."""

    @property
    def spec(self) -> dict[str, Any]:
        """``spec`` of the generator."""
        optional = {
            "digits": self.digits,
            "symbols": self.symbols,
            "symbolCharacters": self.symbol_characters,
        }
        return {
            "length": self.length,
            **{name: value for name, value in optional.items() if value is not None},
            # Without repetition it refuses more than ten digits, and a long password is a weaker one.
            "allowRepeat": True,
            "noUpper": False,
        }


@dataclass(frozen=True, kw_only=True)
class Push:
    """A secret of a vault that the operator writes."""

    name: str
    """Name of the secret in the vault."""
    vault: str | None = None
    """Name of one of the additional vaults. None: the vault of section ``vault``."""
    secret: str | None = None
    """Kubernetes Secret that has the value. None: the value is generated."""
    key: str | None = None
    """Key of that Secret. None: all keys, as one JSON object."""
    generate: Password | None = None
    """None: a Kubernetes Secret has the value."""

    @property
    def object_key(self) -> tuple[str | None, str]:
        """Vault and lower-case name, which identify the secret."""
        return self.vault, self.name.lower()

    def spec(self, name: str, store: str, refresh_interval: str) -> dict[str, Any]:
        """``spec`` of the PushSecret.

        Args:
            name: Name of the PushSecret, and of the generator if it has one.
            store: SecretStore of the vault.
            refresh_interval: Time between two looks at the Kubernetes Secret: the operator does not watch it.
        """
        key = _GENERATED_KEY if self.generate else self.key
        return {
            # Each look at a generator draws another value. After the first success there is none, and one
            # that fails is repeated (shouldRefresh of pkg/controllers/pushsecret/pushsecret_controller.go).
            "refreshInterval": "0s" if self.generate else refresh_interval,
            "updatePolicy": "IfNotExists" if self.generate else "Replace",
            # The vault keeps the secret, which others read.
            "deletionPolicy": "None",
            "secretStoreRefs": [{"name": store, "kind": "SecretStore"}],
            "selector": {"generatorRef": {"apiVersion": GENERATOR_API, "kind": "Password", "name": name}}
            if self.generate
            else {"secret": {"name": self.secret}},
            "data": [
                {
                    "match": {
                        **({"secretKey": key} if key else {}),
                        "remoteRef": {"remoteKey": f"secret/{self.name}"},
                    }
                }
            ],
        }
