"""Random values that the state has lost: the vault has them, in the secrets that were made from them.

Owns: which values these are, the question to the vault, and their rows in the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from operations.adoption.candidates import Planned
from operations.adoption.deployment import Row, State
from operations.adoption.values import secret
from operations.azure.refusals import KEY_VAULT, AzureRefusedError, asking
from operations.azure.session import AzureSession
from operations.workspace import Document

_PASSWORD: Final = "random:index/randomPassword:RandomPassword"
_SECRET: Final = "azure-native:keyvault:Secret"
_PROVIDER: Final = "pulumi:providers:azure-native"
_DEFAULTS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("lower", "number", "numeric", "special", "upper"), True),
    **dict.fromkeys(("minLower", "minNumeric", "minSpecial", "minUpper"), 0),
}
"""https://registry.terraform.io/providers/hashicorp/random/latest/docs/resources/password; without them in
the state, the next update would see changes, each of which draws another value.
"""


@dataclass(frozen=True)
class LostValue:
    """A random value that the program would draw anew although a secret with the lost one exists."""

    planned: Planned
    secret_name: str
    text: str = ""
    """Empty: it cannot be read."""
    reason: str = ""


def lost_values(state: Document, planned: Mapping[str, Planned], *, reads_vault: bool) -> list[LostValue]:
    """Values whose secret is in the state and that are not there themselves."""
    values: list[LostValue] = []
    vaults = _Vaults(state)
    for row in state["deployment"].get("resources") or []:
        if row["type"] == _SECRET and row["urn"] in planned:
            made_from = planned[row["urn"]].goal.get("propertyDependencies", {}).get("properties") or ()
            values += [
                _lost_value(planned[urn], row, vaults if reads_vault else None)
                for urn in made_from
                if urn in planned and planned[urn].type == _PASSWORD and planned[urn].is_created
            ]
    return values


def _lost_value(planned: Planned, row: Row, vaults: _Vaults | None) -> LostValue:
    vault, name = row["inputs"]["vaultName"], row["inputs"]["secretName"]
    if vaults is None:
        return LostValue(planned, name, reason="--no-read-vault")
    uri = row["outputs"]["properties"]["secretUri"].rsplit("/secrets/", 1)[0]
    try:
        return LostValue(planned, name, vaults.read(uri, name))
    except AzureRefusedError as error:
        reason = ": ".join(filter(None, [error.code, error.text]))
        return LostValue(planned, name, reason=f"vault {vault}: {reason}")


@dataclass
class _Vaults:
    """The vaults, asked as the provider of the state signs in."""

    state: Document

    def read(self, uri: str, name: str) -> str:
        """The value of a secret. Raises AzureRefusedError."""
        # Imported here: it takes half a second, and most runs have nothing to read.
        from azure.keyvault.secrets import SecretClient

        with asking(f"secret {name}", KEY_VAULT):
            return self._session.vault_client(SecretClient, uri).get_secret(name).value or ""

    @cached_property
    def _session(self) -> AzureSession:
        return AzureSession.open(
            {
                key: value
                for row in self.state["deployment"].get("resources") or []
                if row["type"] == _PROVIDER
                for key, value in (row.get("inputs") or {}).items()
                if isinstance(value, str) and key != "version"  # what is encrypted is left to the environment
            }
        )


def with_values(state: Document, planned: Mapping[str, Planned], values: list[LostValue]) -> Document:
    """The state with the values that could be read."""
    rows = State(state, planned)
    for value in values:
        if value.text:
            outputs = {**_DEFAULTS, **value.planned.inputs, "result": secret(value.text)}
            rows.adopt_value(value.planned, "none", outputs)
    return rows.document()
