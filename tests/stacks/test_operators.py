"""The registry of operators: each has a maker, and what a platform publishes comes back in a stack on it."""

import pytest

from components.operators import Operator
from stacks.builders.operators import registry
from stacks.outputs.platform import PlatformOperator, published_operator


def test_every_operator_has_a_maker() -> None:
    assert set(registry.makers()) == set(Operator)


def test_an_operator_has_one_maker() -> None:
    with pytest.raises(ValueError, match="two makers are registered for dapr"):
        registry.maker(Operator.DAPR)(lambda _: None)


@pytest.mark.parametrize(
    "published",
    [
        {},
        {"namespace": "dapr-system"},
        {
            "accountNamespace": "external-secrets",
            "accountName": "external-secrets",
            "scopedNamespace": "shop",
        },
    ],
)
def test_what_a_platform_publishes_of_an_operator_comes_back(published: dict[str, str]) -> None:
    installed = PlatformOperator.model_validate(published).installed
    assert published_operator(installed) == published
