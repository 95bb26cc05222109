"""Quantities of any size are read, and printed as the API server prints them."""

import pytest

from rehearsal.simulators.kubernetes.apiserver.validation.quantity import canonical, problem


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("9" * 20, "9" * 20),
        ("9" * 300, "9" * 300),
        ("0.1n", "1n"),
        ("1500m", "1500m"),
        ("9223372036854775807Ei", "9223372036854775807"),
    ],
)
def test_a_quantity_of_any_size_is_read(value: str, printed: str) -> None:
    """https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/"""
    assert problem(value) == ""
    assert canonical(value) == printed
