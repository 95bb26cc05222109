"""The price of the nodes of an acceptance, by Azure's own price list on the day of the run.

https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from operations.azure.documents import at, objects_at, text_at

LIST: Final = "https://prices.azure.com/api/retail/prices"
_SECONDS: Final = 15


@dataclass(frozen=True)
class Price:
    """The price of one hour of a VM."""

    amount: float
    currency: str
    since: str
    """Day from which the list has the price."""
    read: str
    """Day on which the list was read."""


def price_of(vm_size: str, location: str) -> Price | None:
    """The pay-as-you-go price of a Linux VM. None: the price list does not answer, or has none."""
    import requests

    criteria = (
        f"armRegionName eq '{location}' and armSkuName eq '{vm_size}' and priceType eq 'Consumption'"
        " and serviceName eq 'Virtual Machines'"
    )
    try:
        answer = requests.get(LIST, params={"$filter": criteria}, timeout=_SECONDS)
        document = answer.json() if answer.status_code < 400 else None
    except (requests.RequestException, ValueError):
        return None
    for item in objects_at(document, "Items"):
        names = f"{text_at(item, 'productName')} {text_at(item, 'skuName')}"
        is_plain = not any(word in names for word in ("Windows", "Spot", "Low Priority"))
        amount = at(item, "retailPrice")
        if is_plain and isinstance(amount, int | float) and text_at(item, "unitOfMeasure") == "1 Hour":
            today = datetime.now(UTC).date().isoformat()
            since = text_at(item, "effectiveStartDate")[:10]
            return Price(float(amount), text_at(item, "currencyCode"), since, today)
    return None
