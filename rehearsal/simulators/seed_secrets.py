"""Messages about a --cloud document without the parts of it that may be secrets.

Secrets stand below `value` of a vault's secret, `outputs` of a stack and `data`, `stringData` and `env` of an
object. A value also gets into a key if the space behind the colon is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

_HIDDEN: Final = "…"
_CONFIDENTIAL: Final = frozenset(
    ("value", "data", "stringData", "env", "args", "command", "outputs", "secretOutputs")
)
_PLAIN_KEY: Final = re.compile(r"\$?[A-Za-z](?:[A-Za-z0-9._/-]*[A-Za-z])?")
"""A key of Azure or Kubernetes: it begins and ends with a letter and has no colon."""


def without_secrets(message: str, document: Any) -> str:
    """The message, with each text that may be a secret shortened."""
    texts = {text for text in _texts(document, False, ()) if text}
    for text in sorted(texts, key=len, reverse=True):
        message = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", _HIDDEN, message)
    return message


def _texts(value: Any, confidential: bool, above: tuple[int, ...]) -> Iterator[str]:
    if isinstance(value, dict | list):
        if id(value) in above:
            return
        above = (*above, id(value))
    if isinstance(value, dict):
        for key, item in value.items():
            if confidential or (isinstance(key, str) and not _PLAIN_KEY.fullmatch(key)):
                yield str(key)
            yield from _texts(item, confidential or key in _CONFIDENTIAL, above)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, confidential, above)
    elif confidential and isinstance(value, str | int | float):
        yield str(value)
