"""Rights that a change gives now, rights once another person or tool grants them, and their readers."""

from typing import Any

from operations.report.build import build_report
from operations.report.markdown import markdown
from operations.report.model import Report
from operations.report.page import page
from operations.report.wording import headline
from tests.trust.graphs import build_config
from tests.trust.stacks import existing, stack, workload
from trust import Graph
from trust.access import readings
from trust.chain import Chain
from trust.changes.access import access_changes
from trust.changes.rights import right_changes
from trust.rights.uses import uses

_KEY = existing("invoices", type="key", rights=["sign"])
_VAULTS: dict[str, Any] = {"grants": "external"}
_INGRESS = {"host": "shop.example.com", "certificate": "shop-tls", "grants": "managed"}
_ROUTED: dict[str, Any] = {
    "cluster": {"system_pool": {"vm_size": "Standard_D4s_v5", "count": 3}, "app_routing": {}},
}


def _graph(*workloads: dict[str, Any], **sections: Any) -> Graph:
    return build_config(stack(*workloads, **sections)).graph


def _api(*names: str, **keys: Any) -> dict[str, Any]:
    return workload("api", "sdk", *(existing(name) for name in names), **keys)


def _texts(before: Graph, after: Graph) -> list[str]:
    old, new = Chain.read(before), Chain.read(after)
    return [
        str(change) for change in access_changes(readings(old), readings(new)) if change.verdict != "same"
    ]


def _report(before: Graph, after: Graph) -> Report:
    return build_report("test", after, before)


def test_what_is_not_granted_yet_is_read_once_it_is() -> None:
    before, after = _graph(_api("db"), **_VAULTS), _graph(_api("db", "mail"), **_VAULTS)
    assert _texts(before, after) == ["api may read mail once granted"]
    report = _report(before, after)
    assert headline(report) == "api may read mail once granted"
    assert "- ⏳ `api` may read `mail` of `kv-test" in markdown(report)
    assert " once granted (sdk, " in markdown(report)
    assert "may now read" not in markdown(report) + page(report)
    assert '<li class="awaited"><b>api</b> may read <b>mail of kv-test' in page(report)


def test_what_is_granted_at_last_is_gained() -> None:
    before, after = _graph(_api("db"), **_VAULTS), _graph(_api("db"))
    assert _texts(before, after) == ["api may now read db"]
    assert headline(_report(before, after)) == "api may now read db"


def test_what_was_never_granted_is_not_lost() -> None:
    before, after = _graph(_api("db", "mail"), **_VAULTS), _graph(_api("db"), **_VAULTS)
    assert _texts(before, after) == ["api no longer waits for mail"]
    assert headline(_report(before, after)) == "api no longer waits for mail"


def test_many_objects_are_counted_by_what_is_granted() -> None:
    names = [f"s{index}" for index in range(5)]
    before, after = _graph(_api("db"), **_VAULTS), _graph(_api("db", *names), **_VAULTS)
    assert headline(_report(before, after)) == "api may read 5 objects once granted"


def test_rights_are_given_once_they_are_granted() -> None:
    before, after = _graph(_api("db"), **_VAULTS), _graph(_api("db") | {"secrets": [_KEY]}, **_VAULTS)
    old, new = Chain.read(before), Chain.read(after)
    changed = [change for change in right_changes(uses(old), uses(new)) if change.verdict != "same"]
    assert [change.short for change in changed] == ["api may sign with key invoices once granted"]
    granted = Chain.read(_graph(_api("db") | {"secrets": [_KEY]}))
    changed = [change for change in right_changes(uses(new), uses(granted)) if change.verdict != "same"]
    assert [change.short for change in changed] == ["api may now sign with key invoices"]
    report = _report(before, after)
    assert "api may sign with key invoices once granted" in headline(report)
    assert '<li class="awaited">api may sign with key invoices once granted' in page(report)


def test_the_add_on_reads_the_certificate_of_an_ingress() -> None:
    routed = _api("db", port=8080, service={"ingress": _INGRESS})
    before, after = _graph(_api("db"), **_ROUTED), _graph(routed, **_ROUTED)
    assert _texts(before, after) == ["the application routing add-on may now read shop-tls for api"]
    report = _report(before, after)
    assert headline(report) == "the application routing add-on may now read shop-tls for api"
    assert "- ➕ the application routing add-on may now read `shop-tls` of `kv-test" in markdown(report)
    assert " for `api` (app-routing, " in markdown(report)
    assert "<b>the application routing add-on</b> may now read <b>shop-tls of kv-test" in page(report)
    assert "<b>api</b> may now read" not in page(report)


def test_a_pod_that_reads_the_certificate_too_gains_it_by_itself() -> None:
    routed = _api("db", port=8080, service={"ingress": _INGRESS})
    both = routed | {"secrets": [existing("db"), existing("shop-tls", type="cert-key-pair")]}
    assert _texts(_graph(routed, **_ROUTED), _graph(both, **_ROUTED)) == ["api may now read shop-tls"]
