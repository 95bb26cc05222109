"""The output ``waivers``: what may be broken, in every composition."""

from typing import Any

import pytest

from aks_secrets_testing.builds import build
from stacks import STACKS
from stacks.settings import load
from tests.settings.cases import as_config, document
from tests.settings.samples import waiver
from tests.stacks.preflight.cases import OLD, ON_EXISTING, Case, run

_COMPOSITIONS: dict[str, dict[str, Any]] = {
    "all-in-one": {},
    "platform": {"composition": "platform", "workloads": None},
    "workloads": ON_EXISTING,
}


def _outputs(composition: str, waivers: list[dict[str, Any]]) -> Any:
    async def program() -> Any:
        settings = load()
        return await STACKS[settings.composition](settings)

    changes = {**_COMPOSITIONS[composition], **({"waivers": waivers} if waivers else {})}
    if composition == "workloads":
        return run(Case("waivers", changes, (), OLD), program).outputs
    return build(program, config=as_config(document(changes))).outputs


@pytest.mark.parametrize("composition", _COMPOSITIONS)
def test_waivers_are_an_output_of_every_composition(composition: str) -> None:
    waivers = [waiver(reason="the vendor\n  ships tags only\n"), waiver(proof="credential-issuer")]
    assert _outputs(composition, waivers)["waivers"] == [
        {"proof": "image-pinned", "reason": "the vendor ships tags only", "expires": "2027-01-31"},
        {"proof": "credential-issuer", "reason": "the vendor ships tags only", "expires": "2027-01-31"},
    ]


def test_a_waiver_for_one_workload_names_it() -> None:
    assert [row["workload"] for row in _outputs("all-in-one", [waiver(workload="shop")])["waivers"]] == [
        "shop"
    ]


@pytest.mark.parametrize("composition", _COMPOSITIONS)
def test_a_stack_without_waivers_has_no_such_output(composition: str) -> None:
    assert "waivers" not in _outputs(composition, [])
