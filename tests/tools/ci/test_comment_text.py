"""tools/ci/comment_text.py: the comment's sections, and its length."""

import pytest

from tools.ci.comment_text import LIMIT, MARKER, Section, comment


def test_stacks_that_do_not_change_are_one_line() -> None:
    text = comment(
        [Section("dev", "### dev: nobody", changes=0), Section("prod", "### prod: nobody", changes=0)]
    )
    assert (
        text
        == f"{MARKER}\n## What this change does to who reads what\n\nNo resource changes: `dev`, `prod`.\n\n"
    )


def test_a_failed_stack_comes_first_with_its_reason() -> None:
    text = comment(
        [Section("dev", "### dev: x", changes=2), Section("prod", "", problems=("boom\n~~~\nmore",))]
    )
    assert text.index("`prod`") < text.index("### dev: x")
    assert "~~~text\nboom\n~ ~ ~\nmore\n~~~" in text


def test_a_stack_without_a_base_says_so() -> None:
    text = comment([Section("dev", "### dev: 3 workloads read 5 objects", notes=("all of it is new",))])
    assert "_all of it is new_" in text


@pytest.mark.parametrize("count", [1, 2, 9, 40])
def test_a_long_comment_keeps_the_first_lines_of_every_stack_and_its_blocks_closed(count: int) -> None:
    block = (
        "<details><summary>all</summary>\n\n```mermaid\nflowchart LR\n"
        + "  a --> b\n" * 9_000
        + "```\n</details>\n"
    )
    sections = [
        Section(f"s{number}", f"### s{number}: head\n\n{block}", changes=1) for number in range(count)
    ]
    text = comment([*sections, Section("short", "### short: whole\n\nend of it", changes=1)])
    assert len(text) <= LIMIT - 1_000
    assert all(f"### s{number}: head" in text for number in range(count))
    assert "end of it" in text
    assert text.count("```") % 2 == 0
    assert text.count("<details") == text.count("</details>")
    assert text.count("The rest is left out") == count
