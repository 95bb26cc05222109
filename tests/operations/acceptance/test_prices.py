"""The price is the list's plain one for Linux, and no price is better than a wrong one."""

from collections.abc import Mapping
from typing import Any
from unittest import mock

import pytest
import requests

from operations.acceptance.prices import price_of


def _item(product: str, sku: str, amount: float) -> Mapping[str, Any]:
    """https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices#api-response-example"""
    return {
        "productName": product,
        "skuName": sku,
        "retailPrice": amount,
        "currencyCode": "USD",
        "unitOfMeasure": "1 Hour",
        "effectiveStartDate": "2024-05-01T00:00:00Z",
    }


ITEMS = [
    _item("Virtual Machines Dsv5 Series Windows", "Standard_D2s_v5", 0.207),
    _item("Virtual Machines Dsv5 Series", "Standard_D2s_v5 Spot", 0.02),
    _item("Virtual Machines Dsv5 Series", "Standard_D2s_v5 Low Priority", 0.03),
    _item("Virtual Machines Dsv5 Series", "Standard_D2s_v5", 0.115),
]


class _Answer:
    def __init__(self, document: Any, status: int = 200) -> None:
        self.document, self.status_code = document, status

    def json(self) -> Any:
        if self.document is None:
            raise ValueError("no JSON")
        return self.document


def test_the_plain_linux_price_is_taken():
    with mock.patch.object(requests, "get", return_value=_Answer({"Items": ITEMS})):
        price = price_of("Standard_D2s_v5", "westeurope")
    assert price
    assert (price.amount, price.currency, price.since) == (0.115, "USD", "2024-05-01")


@pytest.mark.parametrize(
    "answer",
    [
        _Answer(None),
        _Answer({"Items": []}),
        _Answer({}, 500),
        _Answer([1]),
        _Answer({"Items": [{"retailPrice": "x"}]}),
    ],
)
def test_a_list_that_does_not_tell_is_no_price(answer: _Answer):
    with mock.patch.object(requests, "get", return_value=answer):
        assert price_of("Standard_D2s_v5", "westeurope") is None


def test_a_list_that_does_not_answer_is_no_price():
    with mock.patch.object(requests, "get", side_effect=requests.ConnectionError):
        assert price_of("Standard_D2s_v5", "westeurope") is None
