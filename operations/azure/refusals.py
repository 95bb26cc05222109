"""Azure's refusals of a request, as one error.

Owns: the translation of the clients' errors. Deliberately not here: what such an answer means and what to do
(failures/).

An error repeats the code and the message of an answer that has the protocol's form, and nothing of any other
body: a proxy or a broken service may send anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from operations.errors import OperationError
from operations.failures.failure import Part, Symptom

ENTRA: Final[Part] = "entra"
ARM: Final[Part] = "arm"
KEY_VAULT: Final[Part] = "key vault"
UNREACHABLE, TIMED_OUT, NOT_SIGNED_IN, NOT_UNDERSTOOD = (
    "unreachable",
    "timed-out",
    "not-signed-in",
    "not-understood",
)
"""Codes of what no service answered."""

_LONGEST: Final = 400
_AADSTS: Final = re.compile(r"AADSTS\d+")
_TRACE: Final = re.compile(
    r"(?<!\s)\s*(Trace ID|Correlation ID|Timestamp|Request Id)\s*:.*", re.IGNORECASE | re.DOTALL
)


class AzureRefusedError(OperationError):
    """One request that has no usable answer."""

    def __init__(self, request: str, *, part: Part, status: int = 0, code: str = "", text: str = "") -> None:
        self.request, self.status, self.code = request, status, code
        self.part: Part = part
        """The request; who answered; the HTTP status, 0 without an answer; the service's own code."""
        self.text = _one_line(text)
        """The service's own message."""
        shown = " ".join(filter(None, [str(status or ""), code]))
        super().__init__(": ".join(filter(None, [request, shown, self.text])))

    @property
    def symptom(self) -> Symptom:
        """The symptom by which the table of failures explains it."""
        return Symptom(text=self.text, code=self.code, status=self.status, part=self.part)

    @property
    def is_missing(self) -> bool:
        """Whether the resource does not exist. A missing role assignment is a 403."""
        return self.status == 404

    @property
    def is_forbidden(self) -> bool:
        return self.status == 403

    @property
    def had_no_answer(self) -> bool:
        """Whether the network, not a service, is the cause."""
        return self.code in (UNREACHABLE, TIMED_OUT)


def refused_answer(request: str, part: Part, status: int, body: Any) -> AzureRefusedError:
    """The error of an answer with a status from 400 up."""
    code, text = _error_of(body)
    return AzureRefusedError(request, part=part, status=status, code=code or f"HTTP {status}", text=text)


@contextmanager
def asking(request: str, part: Part = ARM) -> Iterator[None]:
    """Turn every error of Azure's clients into AzureRefusedError."""
    try:
        yield
    except OperationError:
        raise
    except Exception as error:  # MSAL and the clients meet garbage with ValueError, KeyError, TypeError …
        raise _refused(request, part, error) from error


def _refused(request: str, part: Part, error: Exception) -> AzureRefusedError:
    from azure.core import exceptions
    from azure.identity import CredentialUnavailableError

    if isinstance(error, CredentialUnavailableError):
        return AzureRefusedError(request, part=ENTRA, code=NOT_SIGNED_IN, text=str(error))
    if isinstance(error, exceptions.DecodeError):
        return AzureRefusedError(
            request, part=part, code=NOT_UNDERSTOOD, text="the answer has not the form of the protocol"
        )
    if isinstance(error, exceptions.ServiceRequestTimeoutError | exceptions.ServiceResponseTimeoutError):
        return AzureRefusedError(request, part=part, code=TIMED_OUT, text="no answer in time")
    if isinstance(error, exceptions.ServiceRequestError | exceptions.ServiceResponseError):
        return AzureRefusedError(request, part=part, code=UNREACHABLE, text=_without_addresses(str(error)))
    if isinstance(error, exceptions.HttpResponseError):
        return _refused_response(request, part, error)
    return AzureRefusedError(
        request, part=part, code=NOT_UNDERSTOOD, text="the answer has not the form of the protocol"
    )


def _refused_response(request: str, part: Part, error: Any) -> AzureRefusedError:
    if codes := _AADSTS.findall(str(error.message or "")):
        # azure-identity: "Authentication failed: AADSTS700211: …"
        text = str(error.message).partition(f"{codes[0]}:")[2].strip()
        return AzureRefusedError(request, part=ENTRA, status=error.status_code or 0, code=codes[0], text=text)
    details = error.error
    if details is None or not details.code:
        status = error.status_code or 0
        code = f"HTTP {status}" if status else NOT_SIGNED_IN
        return AzureRefusedError(request, part=part if status else ENTRA, status=status, code=code)
    inner = (details.innererror or {}).get("code") if isinstance(details.innererror, Mapping) else None
    return AzureRefusedError(
        request,
        part=part,
        status=error.status_code or 0,
        code=str(inner or details.code),
        text=str(details.message or ""),
    )


def _error_of(body: Any) -> tuple[str, str]:
    """Code and message of ARM's, Entra's and Key Vault's error bodies; empty for any other body.

    https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#handling-errors
    """
    error = body.get("error") if isinstance(body, Mapping) else None
    if isinstance(error, Mapping):
        inner = error.get("innererror")
        code = inner.get("code") if isinstance(inner, Mapping) else None
        return _text(code) or _text(error.get("code")), _text(error.get("message"))
    if isinstance(error, str) and isinstance(body, Mapping):
        text = _text(body.get("error_description"))
        codes = _AADSTS.findall(text)
        return (codes[0] if codes else error), text.removeprefix(f"{codes[0]}:" if codes else "").strip()
    return "", ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _one_line(text: str) -> str:
    line = " ".join(_TRACE.sub("", text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …"


def _without_addresses(text: str) -> str:
    """The reason at the end of `HTTPSConnectionPool(…): … (Caused by …: <urllib3.… object at 0x7f…>: …)`."""
    reason = re.split(r"object at 0x[0-9a-f]+>[:,]\s*", text)[-1]
    return reason.strip("()'\" ")
