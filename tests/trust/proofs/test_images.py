"""The proofs of images and charts break when the program or the stack file does."""

from typing import Any

import pytest

from tests.trust.graphs import STACK_FILES, build_config, shipped_build
from tests.trust.proofs.broken import Broken, check, config, ids, not_proved
from trust.chain import Chain
from trust.proofs import run


def _app(**keys: Any) -> dict[str, Any]:
    base = config("app")
    return {**base, "workloads": [{**base["workloads"][0], **keys}]}


_CHARTS = "components.operators.helm_chart"
_EXTENSION = {**config("cart"), "operators": {"dapr": {"install": "extension", "version": "1.14.4-msft.10"}}}

BROKEN = [
    Broken(
        "image-pinned",
        "",
        "",
        "latest",
        _app(image="registry.example/shop:latest"),
        "app",
        says="shop:latest",
    ),
    Broken(
        "image-pinned",
        "components.workloads.pod_template",
        '"image": pod.image,',
        '"image": pod.image.rpartition(":")[0],',
        config("app"),
        "app",
        says="registry.example/shop'",
    ),
    Broken(
        "chart-is-pinned",
        _CHARTS,
        "        version=chart.version,\n",
        "\n",
        config("copied"),
        says="no version",
    ),
    Broken(
        "chart-is-pinned",
        _CHARTS,
        "        version=chart.version,\n",
        '        version="~2.9",\n',
        config("cart"),
        says="'~2.9'",
    ),
    Broken(
        "chart-is-pinned",
        "components.operators.dapr",
        "auto_upgrade_minor_version=False",
        "auto_upgrade_minor_version=True",
        _EXTENSION,
        says="upgraded by Azure",
    ),
    Broken(
        "chart-comes-from-https",
        _CHARTS,
        "repo=chart.repository",
        'repo=chart.repository.replace("https", "http")',
        config("copied"),
        says="http://",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_it_comes_first(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)


@pytest.mark.parametrize(
    "image",
    [
        "registry.example/shop:1.4.2",
        "registry.example:5000/shop:v1",
        "registry.example/shop@sha256:" + "0a" * 32,
        "registry.example/shop:latest@sha256:" + "0a" * 32,
    ],
)
def test_a_version_or_a_digest_pins_an_image(image: str) -> None:
    chain = Chain.read(build_config(_app(image=image)).graph)
    assert not not_proved(run(chain, only=["image-pinned"]))


@pytest.mark.parametrize("stack_file", STACK_FILES, ids=lambda path: path.stem)
def test_the_proof_agrees_with_the_programs_own_warning(stack_file: Any) -> None:
    built = shipped_build(stack_file)
    warned = "".join(built.warnings).count("tag latest")
    verdicts = run(Chain.read(built.graph), only=["image-pinned"])
    assert sum(len(verdict.findings) for verdict in verdicts) == warned
