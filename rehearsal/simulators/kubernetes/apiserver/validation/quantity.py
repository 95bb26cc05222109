"""Amounts of resources: `100m`, `64Mi`, `1.5`.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
k8s.io/apimachinery v0.36.3, pkg/api/resource/quantity.go: ParseQuantity, UnmarshalJSON (which drops blanks
around the text), CanonicalizeBytes. A suffix without a number, such as `m`, is 0 there.
"""

from __future__ import annotations

import re
from decimal import ROUND_UP, Context, Decimal
from typing import Any, Final

FORMAT: Final = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_SUFFIX: Final = "unable to parse quantity's suffix"
_FORM: Final = re.compile(
    r"([+-]?)([0-9]*)(?:\.([0-9]*))?((?:[eEinumkKMGTP]+[+-]?[0-9]*|[+-][0-9]*)?)", re.ASCII
)
_DECIMAL: Final = {suffix: power * 3 for power, suffix in enumerate(("n", "u", "m", "", "k", *"MGTPE"), -3)}
_BINARY: Final = {f"{suffix}i": power * 10 for power, suffix in enumerate("KMGTPE", 1)}
_NANO: Final = Decimal("1e-9")
_EXACT: Final = Context(prec=400)
_LARGEST: Final = Decimal(2**63 - 1)


def parse(value: Any) -> Decimal | None:
    """The amount; None if the value is no quantity."""
    parsed = _parsed(value)
    return parsed if isinstance(parsed, Decimal) else None


def problem(value: Any) -> str:
    """The reason that the value is no quantity, in the words of the decoder; empty if it is one."""
    parsed = _parsed(value)
    return parsed if isinstance(parsed, str) else ""


def canonical(value: Any) -> str:
    """The amount as the API server prints it."""
    number = parse(value)
    if not number:
        return "0"
    if (
        str(value).strip().endswith("i")
        and not -1024 < number < 1024
        and number == number.to_integral_value()
    ):
        power = 0
        while power < 6 and number % 1024 == 0:
            number, power = number / 1024, power + 1
        return f"{number:f}".split(".")[0] + ("" if not power else f"{'KMGTPE'[power - 1]}i")
    sign, digits, exponent = number.normalize(_EXACT).as_tuple()
    assert isinstance(exponent, int), "a quantity is finite"
    padding = exponent % 3
    whole = "-" * sign + "".join(map(str, digits)) + "0" * padding
    power = exponent - padding
    suffixes = {item: suffix for suffix, item in _DECIMAL.items()}
    exponential = re.search(r"[eE][+-]?[0-9]+$", str(value).strip()) is not None
    return f"{whole}e{power}" if exponential and power else whole + suffixes.get(power, f"e{power}")


def _parsed(value: Any) -> Decimal | str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return FORMAT
    text = str(value).strip()
    match = _FORM.fullmatch(text)
    if match is None or not text:
        return FORMAT
    sign, whole, fraction, suffix = match.groups()
    number = Decimal(f"{sign}{whole or '0'}.{fraction or '0'}")
    if suffix in _DECIMAL:
        number = number.scaleb(_DECIMAL[suffix], _EXACT)
    elif suffix in _BINARY:
        number = min(_EXACT.multiply(number, Decimal(2) ** _BINARY[suffix]), _LARGEST)
    elif re.fullmatch("[eE][+-]?[0-9]+", suffix) and abs(int(suffix[1:])) < 300:
        number = number.scaleb(int(suffix[1:]), _EXACT)
    else:
        return _SUFFIX
    return number.quantize(_NANO, ROUND_UP, _EXACT) if _EXACT.remainder(number, _NANO) else number
