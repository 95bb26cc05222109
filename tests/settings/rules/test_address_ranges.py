"""Every pair of ranges that the settings choose, and every reserved range: those that meet are refused."""

from itertools import combinations
from typing import Any

import pytest

from stacks.settings.loader import read
from tests.each import each
from tests.settings.cases import as_config, document

_APART = {
    "network.address_space": "10.10.0.0/16",
    "cluster.network.pod_cidr": "10.244.0.0/16",
    "cluster.network.service_cidr": "10.0.0.0/16",
}
_RESERVED = [
    *("172.30.0.0/16", "172.31.0.0/16", "169.254.0.0/16", "192.0.2.0/24"),
    *("127.0.0.0/8", "224.0.0.0/8", "240.0.0.0/8", "168.63.129.0/24", "0.0.0.0/8"),
]


def _refused(ranges: dict[str, str]) -> set[str]:
    first = {key: text.split("/")[0].rsplit(".", 1)[0] for key, text in ranges.items()}
    changes: dict[str, Any] = {
        "cluster.network.pod_cidr": ranges["cluster.network.pod_cidr"],
        "cluster.network.service_cidr": ranges["cluster.network.service_cidr"],
        "cluster.network.dns_service_ip": f"{first['cluster.network.service_cidr']}.10",
    }
    if space := ranges.get("network.address_space"):
        changes["network"] = {"address_space": space, "nodes": f"{first['network.address_space']}.0/25"}
    problems = read("aks-secrets", "dev", as_config(document(changes)), lambda _: False)[1]
    return {".".join(map(str, problem.path)) for problem in problems}


def test_ranges_apart_are_accepted() -> None:
    assert _refused(_APART) == set()


@pytest.mark.parametrize(("span", "other"), list(combinations(_APART, 2)))
@pytest.mark.parametrize("wider", [False, True])
def test_two_ranges_that_meet_are_refused(span: str, other: str, wider: bool) -> None:
    ranges = {**_APART, span: "10.96.0.0/14", other: "10.96.0.0/16"}
    if wider:
        ranges = {**_APART, span: "10.96.0.0/16", other: "10.96.0.0/14"}
    assert _refused(ranges) & {span, other}


@each("key", list(_APART))
@each("reserved", _RESERVED)
def test_a_reserved_range_is_refused(key: str, reserved: str) -> None:
    assert key in _refused({**_APART, key: reserved})


@pytest.mark.parametrize("key", ["cluster.network.pod_cidr", "cluster.network.service_cidr"])
def test_a_range_of_the_network_that_aks_makes_is_refused(key: str) -> None:
    ranges = {**_APART, key: "10.232.0.0/16"}
    assert _refused(ranges) == set()
    del ranges["network.address_space"]
    assert _refused(ranges) == {key}
