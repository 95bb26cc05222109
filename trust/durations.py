"""Durations as Go writes them: ``1h``, ``2m30s``."""

from __future__ import annotations

import re
from typing import Final

_PART: Final = re.compile(r"(\d{1,18}(?:\.\d{0,9})?|\.\d{1,9})(ns|us|µs|ms|s|m|h)")
_SECONDS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(written: str) -> float | None:
    """The seconds of a duration. None: it is none. https://pkg.go.dev/time#ParseDuration"""
    position, total = 0, 0.0
    while match := _PART.match(written, position):
        total += float(match[1]) * _SECONDS[match[2]]
        position = match.end()
    return total if written and position == len(written) else 0.0 if written == "0" else None
