"""Amounts of cpu and memory, as Kubernetes spells them."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

from stacks.settings.rules import Matches

_UNITS = {
    "m": Decimal("0.001"),
    "": Decimal(1),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", 1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)},
}


def _text(value: object) -> object:
    """YAML makes a number of `1` and `0.5`."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Quantity = Annotated[
    str,
    Matches(
        "quantity",
        r"[0-9]+(?:\.[0-9]+)?(?:m|[kMGTPE]|[KMGTPE]i)?",
        is_a="Kubernetes quantity",
        allowed="use a number with a unit: 250m (of a core), 128Mi, 1Gi",
        example="128Mi",
        source="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/",
    ),
    BeforeValidator(_text, json_schema_input_type=float | str),
]


def at_most(amount: str, limit: str) -> bool:
    """Whether one quantity is no more than another."""
    return _value(amount) <= _value(limit)


def _value(quantity: str) -> Decimal:
    number, unit = re.fullmatch(r"([0-9.]+)(.*)", quantity).groups()  # pyright: ignore[reportOptionalMemberAccess] the pattern above held
    return Decimal(number) * _UNITS[unit]
