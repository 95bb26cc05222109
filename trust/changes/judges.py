"""Judges of a lock: what became of one property, in words that follow the property's name."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Judge = Callable[[Any, Any], str]
"""(value before, value after) → what became of the lock, "" if nothing that loosens it."""


def turned_off(on: object) -> Judge:
    """The lock is on if the property has this value; a missing property is off."""
    return lambda before, after: "is turned off" if before == on and after != on else ""


def turned_on(closed: object) -> Judge:
    """For a property that opens something: only this value is closed. A missing property is open."""
    return lambda before, after: "is allowed now" if before == closed and after != closed else ""


def opened(*values: object) -> Judge:
    """For a property that opens something by one of these values, and is closed if it is missing."""
    return lambda before, after: "is turned on" if after in values and before not in values else ""


def weaker(*values: object) -> Judge:
    """For a property that protects by more or less: these values from the weakest on; others are weakest."""
    rank = {value: number for number, value in enumerate(values)}

    def judge(before: Any, after: Any) -> str:
        if rank.get(after, 0) < rank.get(before, 0):
            return f"is lowered from {before} to {after or 'none'}"
        return ""

    return judge


def lowered(before: Any, after: Any) -> str:
    """For a number of days."""
    if isinstance(before, int | float) and isinstance(after, int | float) and after < before:
        return f"is lowered from {before:g} to {after:g} days"
    return ""


def moved(before: Any, after: Any) -> str:
    """For a property of which no value is better than another, but any is better than none."""
    if before in (None, "", "none") or before == after:
        return ""
    return f"changes from {before} to {after or 'none'}"


def ended(*off: object) -> Judge:
    """For a property that is off by one of these values."""
    return lambda before, after: "end" if after in off and before not in off else ""


def added(verb: str) -> Judge:
    """For a list of which each entry opens something."""

    def judge(before: Any, after: Any) -> str:
        new = [str(entry) for entry in _listed(after) if entry not in _listed(before)]
        return f"{verb} {', '.join(new)} now" if new else ""

    return judge


def new_addresses(before: Any, after: Any) -> str:
    """For firewall rules that let addresses in."""
    known = networks(before)
    new = [network for network in networks(after) if not any(_within(network, other) for other in known)]
    return f"let in {', '.join(map(str, new))} now" if new else ""


def new_subnets(before: Any, after: Any) -> str:
    """For firewall rules that let subnets in."""
    known = {rule.get("id") for rule in _rules(before)}
    new = [str(rule.get("id")) for rule in _rules(after) if rule.get("id") not in known]
    return f"let in {', '.join(new)} now" if new else ""


def opened_ranges(before: Any, after: Any) -> str:
    """An API server without authorized ranges lets every address in."""
    if not networks(before):
        return ""
    return new_addresses(before, after) if networks(after) else "are gone: every address reaches it"


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(rules: Any) -> list[_Network]:
    """The address ranges of rules; what is unknown, or no range, is left out."""
    ranges: list[_Network] = []
    for rule in _listed(rules):
        try:
            text = rule.get("value") if isinstance(rule, Mapping) else rule
            ranges.append(ipaddress.ip_network(str(text), strict=False))
        except ValueError:
            continue  # unknown, or something that Azure refuses
    return ranges


def _within(network: _Network, other: _Network) -> bool:
    if isinstance(network, ipaddress.IPv4Network):
        return isinstance(other, ipaddress.IPv4Network) and network.subnet_of(other)
    return isinstance(other, ipaddress.IPv6Network) and network.subnet_of(other)


def _rules(value: Any) -> list[Mapping[str, Any]]:
    return [rule for rule in _listed(value) if isinstance(rule, Mapping)]


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
