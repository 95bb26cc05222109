"""Amounts of CPU and memory in Kubernetes' notation."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

from stacks.settings.types import nearly
from stacks.settings.validation.constraints import Pattern

_SOURCE = "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-units-in-kubernetes"
_UNITS = {
    "m": Decimal("0.001"),
    "": Decimal(1),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", 1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)},
}


def _text(value: object) -> object:
    """Text of a number: YAML reads `1` and `0.5` as numbers."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return format(Decimal(str(value)), "f")
    return value


Cores = Annotated[
    str,
    Pattern(
        "cpu-quantity",
        r"\+?(?:[0-9]+[mk]?|(?:[0-9]+\.[0-9]{0,3}|\.[0-9]{1,3})0*)",
        is_a="quantity of cores",
        remedy="use cores, or thousandths of a core: 2, 0.5, 250m",
        example="250m",
        mended=nearly.cores,
        source=f"{_SOURCE} (nothing finer than 1m)",
    ),
    BeforeValidator(_text, json_schema_input_type=float | str),
]
Memory = Annotated[
    str,
    Pattern(
        "memory-quantity",
        r"\+?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[kMGTPE]|[KMGTPE]i)|[0-9]+000m|[0-9]+(?:[eE]\+?[0-9]{1,2})?)",
        is_a="quantity of memory",
        remedy="use bytes with a unit: 128Mi, 1Gi; 400m would be 0.4 bytes",
        example="128Mi",
        mended=nearly.memory,
        source=_SOURCE,
    ),
    BeforeValidator(_text, json_schema_input_type=float | str),
]


def at_most(amount: str, limit: str) -> bool:
    """Whether a quantity is at most another."""
    return _value(amount) <= _value(limit)


def share(amount: str, whole: str) -> int | None:
    """A quantity in per cent of another, rounded down. None: the other is zero."""
    return int(_value(amount) * 100 / _value(whole)) if _value(whole) else None


def _value(quantity: str) -> Decimal:
    quantity = quantity.removeprefix("+")
    if re.fullmatch(r"[0-9]+[eE]\+?[0-9]+", quantity):  # 1E and 1Ei are units
        return Decimal(quantity)
    number, unit = re.fullmatch(r"([0-9.]+)(.*)", quantity).groups()  # pyright: ignore[reportOptionalMemberAccess] the patterns above held
    return Decimal(number) * _UNITS[unit]
