"""The state of the stack: its backend answers, the stack is there, and its passphrase fits.

Backends: https://www.pulumi.com/docs/iac/concepts/state-and-backends/. Nothing of the state is kept or shown.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from operations.azure.documents import objects_at, text_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.errors import OperationError
from operations.failures import Symptom, explain
from operations.state_passphrase import opens
from operations.workspace import Cli

_SUBJECT: Final = "state"
_VARIABLE, _FILE_VARIABLE = "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"
_SECONDS: Final = 60


@family(asks_azure=False)
def state_is_there(examination: Examination) -> Iterator[Check]:
    """The backend answers, and has the stack."""
    if examination.has_network and shutil.which("pulumi"):
        yield Check(_SUBJECT, "backend", lambda: _backend(examination))


@family(asks_azure=False)
def passphrase_is_there(examination: Examination) -> Iterator[Check]:
    """The passphrase, where one encrypts the stack's secrets."""
    if not text_at(examination.stack_file, "secretsprovider") or _salt(examination):
        yield Check(_SUBJECT, "passphrase", lambda: [_passphrase(examination)])


def _salt(examination: Examination) -> str:
    return text_at(examination.stack_file, "encryptionsalt")


def _backend(examination: Examination) -> Iterator[Finding]:
    cli = Cli(examination.folder, examination.stack)
    try:
        document = json.loads(cli.run_without_stack("whoami", "--json", timeout=_SECONDS))
    except (OperationError, ValueError) as error:
        text = f"pulumi is not logged in to a backend: {error}"
        step = "pulumi login file://~, pulumi login azblob://<container>, or pulumi login"
        yield Finding(_SUBJECT, "backend", "wrong", text, step)
        return
    url = _without_query(text_at(document, "url"))
    try:
        state = json.loads(cli.run("stack", "export", timeout=_SECONDS))
    except (OperationError, ValueError) as error:
        yield _unreadable(examination, url, error)
        return
    if operations := objects_at(state, "deployment", "pending_operations"):
        text = f"{url}: an `up` was cut off, {len(operations)} operations are pending"
        step = f"python -m operations resume --stack {examination.stack}"
        yield Finding(_SUBJECT, "backend", "wrong", text, step)
        return
    number = len(objects_at(state, "deployment", "resources"))
    yield Finding(_SUBJECT, "backend", "fine", f"{url}, {number} resources in the state")


def _unreadable(examination: Examination, url: str, error: Exception) -> Finding:
    message = str(error)
    if "no stack named" in message:
        text = f"{url} has no stack {examination.stack}"
        return Finding(_SUBJECT, "backend", "wrong", text, f"pulumi stack init {examination.stack}")
    if explanation := explain(Symptom(text=message, part="pulumi"), {"stack": examination.stack}):
        return Finding(_SUBJECT, "backend", "wrong", explanation.cause, explanation.next_step)
    text = f"{url} does not return the state: {message}" if isinstance(error, OperationError) else url
    return Finding(_SUBJECT, "backend", "wrong", text, "pulumi login, and the rights on the backend")


def _without_query(url: str) -> str:
    """A bucket's URL without its query, which may hold the name of a storage account only, or a token."""
    return urlsplit(url)._replace(query="", fragment="").geturl() if "://" in url else url


def _passphrase(examination: Examination) -> Finding:
    salt = _salt(examination)
    environment = examination.environment
    file = environment.get(_FILE_VARIABLE, "")
    phrase = environment.get(_VARIABLE)
    if phrase is None and file:
        try:
            phrase = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            text = f"{_FILE_VARIABLE} names {file}, which cannot be read: {reason}"
            return Finding(_SUBJECT, "passphrase", "wrong", text, f"export {_FILE_VARIABLE}=<file>")
    if not salt:
        text = "`pulumi stack init` chooses how secrets are encrypted; a backend of your own asks for one"
        return Finding(_SUBJECT, "passphrase", "fine", text)
    if phrase is None:
        text = f"neither {_VARIABLE} nor {_FILE_VARIABLE} is set, and the stack's secrets need the passphrase"
        return Finding(_SUBJECT, "passphrase", "wrong", text, f"export {_FILE_VARIABLE}=<file>")
    matches = opens(phrase, salt)
    if matches is None:
        text = "the stack file's encryptionsalt has a form that this check does not know"
        return Finding(_SUBJECT, "passphrase", "unknown", text, "pulumi config, which decrypts")
    if not matches:
        text = "the passphrase is another one than the stack was initialised with"
        return Finding(
            _SUBJECT, "passphrase", "wrong", text, f"export {_FILE_VARIABLE}=<file with the right one>"
        )
    return Finding(_SUBJECT, "passphrase", "fine", "decrypts the stack's secrets")
