"""Random values that the state has lost: the vault has them, in the secrets that were made from them.

Owns: which values these are, the question to the vault, and their rows in the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from operations.adoption.candidates import Planned
from operations.adoption.deployment import Row, State
from operations.adoption.values import secret
from operations.workspace import Document

_PASSWORD: Final = "random:index/randomPassword:RandomPassword"
_SECRET: Final = "azure-native:keyvault:Secret"
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
    for row in state["deployment"].get("resources") or []:
        if row["type"] == _SECRET and row["urn"] in planned:
            made_from = planned[row["urn"]].goal.get("propertyDependencies", {}).get("properties") or ()
            values += [
                _lost_value(planned[urn], row, reads_vault)
                for urn in made_from
                if urn in planned and planned[urn].type == _PASSWORD and planned[urn].is_created
            ]
    return values


def _lost_value(planned: Planned, row: Row, reads_vault: bool) -> LostValue:
    vault, name = row["inputs"]["vaultName"], row["inputs"]["secretName"]
    if not reads_vault:
        return LostValue(planned, name, reason="--no-read-vault")
    # Imported here: it takes half a second, and most runs have nothing to read.
    from azure.core.exceptions import AzureError
    from azure.identity import DefaultAzureCredential
    from azure.keyvault.secrets import SecretClient

    try:
        uri = row["outputs"]["properties"]["secretUri"].rsplit("/secrets/", 1)[0]
        with DefaultAzureCredential() as credential, SecretClient(uri, credential) as client:
            return LostValue(planned, name, client.get_secret(name).value or "")
    except AzureError as error:
        first_line = str(error).strip().splitlines()[0]
        return LostValue(planned, name, reason=f"vault {vault}: {first_line}")


def with_values(state: Document, planned: Mapping[str, Planned], values: list[LostValue]) -> Document:
    """The state with the values that could be read."""
    rows = State(state, planned)
    for value in values:
        if value.text:
            outputs = {**_DEFAULTS, **value.planned.inputs, "result": secret(value.text)}
            rows.adopt_value(value.planned, "none", outputs)
    return rows.document()
