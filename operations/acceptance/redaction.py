"""Redaction of a report: it shows no id, address or name of the subscription it ran in.

A report is made to be attached to an issue that everyone reads. The same thing has the same stand-in
everywhere, so that a report stays readable, and two reports can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ADDRESS: Final = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_VAULT: Final = re.compile(r"(?<![0-9A-Za-z-])kv-acceptance[0-9a-z-]*")
_HOST: Final = re.compile(r"(?<![0-9A-Za-z-])aks-acceptance[0-9a-z-]*\.(?:hcp|privatelink)\.[\w.]+")
_TOKEN: Final = re.compile(r"(?<![\w-])eyJ[\w-]{10,}(?:\.[\w-]+){1,2}")


class Redaction:
    """The stand-ins of one report."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {name: stand_in for name, stand_in in names.items() if name}
        self._ids: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        text = _TOKEN.sub("<token>", text)
        for name, stand_in in self._names.items():
            text = re.sub(re.escape(name), stand_in, text, flags=re.IGNORECASE)
        text = _HOST.sub("<api-server>", _VAULT.sub("<vault>", text))
        text = _GUID.sub(self._stand_in, text)
        return _ADDRESS.sub("<address>", _MAIL.sub("<mail>", text))

    def _stand_in(self, match: re.Match[str]) -> str:
        return self._ids.setdefault(match[0].lower(), f"<id-{len(self._ids) + 1}>")
