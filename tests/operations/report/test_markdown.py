"""The comment of a pull request: what a reviewer sees first, and that names in it are no markup."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from operations.report.markdown import LIMIT, code, escaped, markdown
from operations.report.model import Link, Possibility, Proof, Reading, Report
from tests.operations.report.reports import Config, change_nothing, many, move_a_secret, report_of


def first_lines(text: str) -> list[str]:
    """The lines that a reader sees before anything is unfolded."""
    return text.split("**Resources**")[0].strip().splitlines()


def test_a_secret_that_moves_is_the_first_thing_that_a_reviewer_reads() -> None:
    lines = first_lines(markdown(report_of(move_a_secret)))
    vault = report_of().readings[0].vault
    assert lines[:4] == [
        "### `dev`: worker may now read payment-api-key; web may no longer read payment-api-key",
        "",
        f"- ➕ `worker` may now read `payment-api-key` of `{vault}` (sdk, identity"
        " id-aks-secrets-test-worker by Key Vault Secrets User, if pods of worker run as"
        " ServiceAccount worker/worker)",
        f"- ➖ `web` may no longer read `payment-api-key` of `{vault}` (csi, identity"
        " id-aks-secrets-test-web by Key Vault Secrets User)",
    ]


def widen(config: Config) -> None:
    config["workloads"][1]["find"] = [{"regexp": "^app-"}]
    config["workloads"][1] |= {"technique": "eso", "scope": "vault"}


def turn_a_lock_off(config: Config) -> None:
    config["vault"]["soft_delete_retention_days"] = 7


def replace_the_vault(config: Config) -> None:
    config["vault"]["name"] = "kv-another"


def test_what_a_reviewer_must_not_miss_stands_in_the_first_screen() -> None:
    text = markdown(report_of(turn_a_lock_off))
    assert first_lines(text)[0] == "### `dev`: each workload reads the same secrets as before"
    assert re.search(
        r"soft-delete retention of the vault kv-\S+ is lowered from 90 to 7 days", text.split("**Res")[0]
    )
    replaced = first_lines(markdown(report_of(replace_the_vault)))
    assert any("kv-another" in line for line in replaced[:12])
    widened = first_lines(markdown(report_of(widen)))
    assert widened[0].startswith("### `dev`: worker may now read every secret of kv-")


def read_by_an_operator(config: Config) -> None:
    """web gets its secrets, and a further one, from an operator that reads as itself."""
    config["operators"]["akv2k8s"] = {}
    web, _ = config["workloads"]
    listed = [*web["secrets"], {"name": "color", "from": "random"}]
    secrets = [{"name": s["name"], "from": "random", "env": s["name"].replace("-", "_")} for s in listed]
    web |= {"technique": "akv2k8s", "secrets": secrets}


def test_a_reviewer_reads_who_gains_by_an_operator_and_who_else_could() -> None:
    lines = first_lines(markdown(report_of(read_by_an_operator)))
    operator = r"identity id-aks-secrets-test-operator\_akv2k8s"
    vault = report_of().readings[0].vault
    assert (
        f"- ➕ `web` may now read `color` of `{vault}` (akv2k8s, {operator} by Key Vault Secrets User)"
        in lines
    )
    assert (
        "- ⚠️ principals that may create objects of technique akv2k8s in any namespace could read what the"
        f" workloads of technique akv2k8s read: the operator reads for every namespace as {operator}"
        " (ServiceAccount akv2k8s/akv2k8s-controller)"
    ) in lines


def test_a_change_of_nothing_says_so() -> None:
    text = markdown(report_of(change_nothing))
    assert text.startswith("### `dev`: each workload reads the same secrets as before\n")
    assert "**Resources**: nothing changes" in text
    assert "mermaid" not in text


def test_without_a_change_the_report_is_the_stack() -> None:
    assert markdown(report_of()).startswith("### `dev`: 2 workloads read 3 objects\n")


def test_the_comment_of_240_workloads_fits_and_says_what_it_leaves_out() -> None:
    text = markdown(many(240))
    assert len(text) <= LIMIT
    assert text.startswith(
        "### `many`: 240 workloads may now read 240 objects; 240 workloads may no longer read 240 objects\n"
    )
    assert "are left out here" in text
    assert text.count("<details>") == text.count("</details>")
    assert text.count("```") % 2 == 0


def test_a_marker_leads_the_comment() -> None:
    assert markdown(report_of(), marker="<!-- aks-secrets: dev -->").startswith(
        "<!-- aks-secrets: dev -->\n### "
    )


EVIL = [
    "<script>alert(1)</script>",
    "[a](javascript:alert(1))",
    "![x](https://example.com/x.png)",
    "@everyone #12",
    "a | b\n| c |",
    "`` ` ``",
    "</details>\n\n# head",
    '"]; click n0 "https://example.com"',
    "$x$ ~~no~~ **no** __no__",
]


@pytest.mark.parametrize("text", EVIL)
def test_text_of_resources_is_no_markup(text: str) -> None:
    reading = Reading(
        workload=text,
        namespace=text,
        service_account=text,
        vault=text,
        kind="secret",
        name=text,
        technique="csi",
        text=text,
        links=[
            Link(what=text, source=text, target=f"{text} one"),
            Link(what=text, source=f"{text} one", target=text),
        ],
        change="gained",
    )
    report = Report(
        stack="dev",
        source="rehearsal",
        compared=True,
        readings=[reading],
        possible=[Possibility(text=text, change="gained")],
        loosened=[text],
        resources=[],
        proofs=[],
        waivers=[],
    )
    written = markdown(report)
    diagram = written.split("```mermaid")[1].split("```")[0]
    assert all(line.startswith(("flowchart", "  n", "  linkStyle")) for line in diagram.strip().splitlines())
    assert written.count("```") == 2
    html = MarkdownIt("gfm-like", {"linkify": False}).render(written.replace(diagram, ""))
    tags = set(re.findall(r"</?(\w+)", html))
    assert tags <= {
        "h3",
        "ul",
        "li",
        "p",
        "code",
        "strong",
        "details",
        "summary",
        "pre",
        "table",
        "thead",
        "tbody",
    } | {"tr", "th", "td", "br"}
    assert html.count("<h3>") == 1
    outside_of_code = re.sub(r"`[^`\n]*`", "", written.replace(diagram, ""))
    assert "@everyone" not in outside_of_code.replace("<summary>Chain of @everyone", "")
    assert not re.search(r"(?<!\\)#12", outside_of_code.replace("<summary>Chain of @everyone #12", ""))


def test_names_and_sentences_stay_on_one_line() -> None:
    assert code("a\nb`c|d") == "`a b'c¦d`"
    assert code(" ") == "–"
    assert escaped("a\nb <i> @you") == "a b &lt;i\\> @\u200byou"


def test_what_fails_stands_in_the_first_screen_and_what_warns_below_it() -> None:
    rows = [
        Proof(
            proof="subject",
            severity="error",
            status="broken",
            workload="web",
            text="web has none",
            fix="a: b",
        ),
        Proof(proof="label", severity="error", status="broken", text="no label", cause="subject"),
        Proof(proof="image", severity="warning", status="broken", text="a tag"),
        Proof(proof="image", severity="warning", status="broken", text="another tag"),
        Proof(proof="issuer", severity="error", status="unknown", text="not known yet", fix="c: d"),
    ]
    written = markdown(report_of().model_copy(update={"proofs": rows}))
    first, below = written.split("**Proofs**: ")
    assert "- ❌ **subject**: web has none. Mend `a: b`.\n" in first
    assert first.count("❌") == 1
    assert below.splitlines()[0] == "2 broken, 1 unknown, 1 broken as a warning"
    assert "- ❔ **issuer**: not known yet.\n" in below, "nothing is to be mended"
    assert "- ❌ **label**: no label. (follows from subject)\n- ⚠️ **image**: a tag.\n" in below
