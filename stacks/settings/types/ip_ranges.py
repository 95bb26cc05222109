"""IPv4 ranges as Azure services accept them."""

import re
from ipaddress import IPv4Network


def ipv4_range(text: str) -> IPv4Network | None:
    """``20.50.2.0/24`` or ``20.50.2.7``, without netmask or host bits. None: the text is no such range."""
    if not re.fullmatch(r"[0-9.]+(/[0-9]{1,2})?", text):
        return None
    try:
        return IPv4Network(text)
    except ValueError:
        return None


def without_host_bits(text: str) -> IPv4Network | None:
    """The range in which the address of ``10.10.0.1/22`` is. None: the text is no address with a length."""
    if "/" not in text or ipv4_range(text):
        return None
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        return None


_PRIVATE = [
    IPv4Network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
    )
]


def is_public(network: IPv4Network) -> bool:
    """Whether every address of the range can be that of a caller from the internet."""
    return (
        network.prefixlen > 0
        and network.is_global
        and not any(network.overlaps(private) for private in _PRIVATE)
    )
