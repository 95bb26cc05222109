"""IP addresses and ranges of them: pure, in the API server's words.

k8s.io/apimachinery v0.36.3, pkg/util/validation/ip.go: IsValidIPForLegacyField, IsValidCIDRForLegacyField.
From 1.36 on, both are strict (StrictIPCIDRValidation in pkg/features/kube_features.go).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Final

STRICT: Final = 36
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Range = ipaddress.IPv4Network | ipaddress.IPv6Network

_WRONG_ADDRESS: Final = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
_WRONG_RANGE: Final = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"


def address(value: str, minor: int) -> Iterator[str]:
    parsed = parse_address(value)
    if parsed is None:
        yield _WRONG_ADDRESS
    elif minor >= STRICT and "." in value and value.rpartition(":")[2] != _without_zeros(value):
        yield "must not have leading 0s"
    elif minor >= STRICT and isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        yield "must not be an IPv4-mapped IPv6 address"


def range_(value: str, minor: int) -> Iterator[str]:
    if (parsed := parse_range(value)) is None:
        yield _WRONG_RANGE
        return
    if minor < STRICT:
        return
    start, _, length = value.partition("/")
    first = parse_address(start)
    padded = len(length) > 1 and length.startswith("0")
    if padded or ("." in start and start.rpartition(":")[2] != _without_zeros(start)):
        yield "must not have leading 0s in IP or prefix length"
    elif isinstance(first, ipaddress.IPv6Address) and first.ipv4_mapped:
        yield "must not have an IPv4-mapped IPv6 address"
    elif first != parsed.network_address:
        yield "must not have bits set beyond the prefix length"


def parse_address(value: str) -> Address | None:
    """The address; None if the text is none. Zeros in front of a number do not count (ParseIPSloppy)."""
    if "%" in value:
        return None
    try:
        before, colon, last = value.rpartition(":")
        return ipaddress.ip_address(f"{before}{colon}{_without_zeros(last)}" if "." in last else value)
    except ValueError:
        return None


def parse_range(value: str) -> Range | None:
    """The range; None if the text is none (ParseCIDRSloppy)."""
    start, slash, length = value.partition("/")
    first = parse_address(start)
    if first is None or not slash or not (length.isascii() and length.isdigit()):
        return None
    try:
        return ipaddress.ip_network((first, int(length)), strict=False)
    except ValueError:
        return None


def special(value: str) -> Iterator[str]:
    """ValidateEndpointIP in pkg/apis/core/validation/validation.go."""
    if (parsed := parse_address(value)) is None:
        yield _WRONG_ADDRESS
        return
    if parsed.is_unspecified:
        yield f"may not be unspecified ({value})"
    if parsed.is_loopback:
        yield "may not be in the loopback range (127.0.0.0/8, ::1/128)"
    if parsed.is_link_local:
        yield "may not be in the link-local range (169.254.0.0/16, fe80::/10)"
    if parsed.is_multicast and _is_link_local_multicast(parsed):
        yield "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"


def _is_link_local_multicast(parsed: Address) -> bool:
    if isinstance(parsed, ipaddress.IPv4Address):
        return parsed in ipaddress.ip_network("224.0.0.0/24")
    return parsed.packed[0] == 0xFF and parsed.packed[1] & 0x0F == 0x02


def _without_zeros(value: str) -> str:
    """The last part of an address, with its numbers as they are written without zeros in front."""
    last = value.rpartition(":")[2]
    return ".".join(part.lstrip("0") or "0" if part.isdigit() else part for part in last.split("."))
