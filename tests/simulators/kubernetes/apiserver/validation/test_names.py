"""Syntax of names and labels."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.kubernetes.apiserver.validation.names import name_failures
from rehearsal.simulators.wire import UNKNOWN


@pytest.mark.parametrize(
    ("kind", "metadata", "problem"),
    [
        ("Namespace", {"name": "Team"}, 'metadata.name: Invalid value: "Team": a lowercase RFC 1123 label'),
        ("Namespace", {"name": "a.b"}, "must not contain dots"),
        ("Namespace", {"name": "n" * 64}, "must be no more than 63 characters"),
        ("ServiceAccount", {"name": "a_b"}, "a lowercase RFC 1123 subdomain"),
        ("ServiceAccount", {"name": "a..b"}, "a lowercase RFC 1123 subdomain"),
        ("ServiceAccount", {"name": "a" * 254}, "must be no more than 253 characters"),
        ("CronJob", {"name": "a" * 53}, "must be no more than 52 characters"),
        ("Role", {"name": "a/b"}, "may not contain '/'"),
        ("ServiceAccount", {"name": "a", "namespace": "A"}, 'metadata.namespace: Invalid value: "A"'),
        ("ServiceAccount", {"name": "a", "labels": {"a": "v" * 64}}, "must be no more than 63 bytes"),
        ("ServiceAccount", {"name": "a", "labels": {"a": "no spaces"}}, "a valid label must be"),
        ("ServiceAccount", {"name": "a", "labels": {"-a": "b"}}, "name part must consist of"),
        ("ServiceAccount", {"name": "a", "labels": {"k" * 64: "b"}}, "name part must be no more than 63"),
        ("ServiceAccount", {"name": "a", "labels": {"/a": "b"}}, "prefix part must be non-empty"),
        ("ServiceAccount", {"name": "a", "labels": {"A.io/a": "b"}}, "prefix part a lowercase"),
        ("ServiceAccount", {"name": "a", "annotations": {"x/y/z": "b"}}, "a valid label key must consist of"),
        (
            "ServiceAccount",
            {"name": "a", "annotations": {"a": "b" * 262_144}},
            "may not be more than 262144 bytes",
        ),
    ],
)
def test_names_and_labels_have_their_syntax(kind: str, metadata: dict[str, Any], problem: str) -> None:
    reasons = [failure.reason for failure in name_failures({"kind": kind, "metadata": metadata})]
    assert any(problem in reason for reason in reasons), reasons


def test_names_and_labels_that_are_fine() -> None:
    marks = {
        "labels": {"app.kubernetes.io/name": "A_b.c-1", "empty": ""},
        "annotations": {"Example.com/Any": "thing at all"},
    }
    for kind, name in (
        ("Namespace", "1a"),
        ("ServiceAccount", "a.b-c"),
        ("ClusterRole", "system:Some_thing"),
        ("Job", "a" * 253),
    ):
        assert not list(name_failures({"kind": kind, "metadata": {"name": name, **marks}}))
    assert not list(
        name_failures({"kind": "Secret", "metadata": {"name": UNKNOWN, "labels": {"a": UNKNOWN}}})
    )
    assert not list(name_failures({"kind": "Secret", "metadata": UNKNOWN}))
