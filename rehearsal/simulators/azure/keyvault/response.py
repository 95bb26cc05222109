"""An error response of a vault."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from rehearsal.simulators.azure.entra import VaultError


class VaultResponseError(VaultError):
    """An error response of the vault. Its text is the line that the SDK for Go prints of it."""

    def __init__(self, status: int, code: str, message: str, inner: str = "") -> None:
        line = message.replace("\r\n", " ").strip()
        super().__init__(f"RESPONSE {status}: {status} {HTTPStatus(status).phrase} ERROR CODE: {code} {line}")
        self.status, self.code, self.message, self.inner = status, code, message, inner

    @property
    def body(self) -> dict[str, Any]:
        """https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses"""
        inner = {"innererror": {"code": self.inner}} if self.inner else {}
        return {"error": {"code": self.code, "message": self.message, **inner}}
