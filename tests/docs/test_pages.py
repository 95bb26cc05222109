"""The pages name only what exists: links, anchors, paths of the repository and targets of the Makefile."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from stacks.settings import Settings
from stacks.settings.validation.registry import RULES
from tests.each import each
from tools.conventions.prose import person_in

REPOSITORY = Path(__file__).parents[2]
TOP = frozenset(
    (
        ".ci",
        "aks_secrets_testing",
        ".github",
        "benchmarks",
        "components",
        "docs",
        "examples",
        "rehearsal",
        "stacks",
        "tests",
        "tools",
    )
)
"""Folders at the top: a path in code font that begins with one of them is a path of the repository."""
PAGES = sorted(
    [*REPOSITORY.glob("*.md"), *(page for top in TOP for page in (REPOSITORY / top).rglob("*.md"))]
)
SOURCES = sorted(
    path
    for pattern in (
        "*.yaml",
        "*.py",
        *(f"{top}/**/*.{kind}" for top in TOP - {"docs"} for kind in ("py", "yaml")),
    )
    for path in REPOSITORY.glob(pattern)
)
"""Code and stack files that point readers to a page."""
FOREIGN = frozenset(
    (
        "docs/guides/security-best-practices.md",  # External Secrets
        "docs/guides/ownership-deletion-policy.md",
        "docs/release_notes/v1.18.0.md",  # Dapr
    )
)
"""Pages of other projects that code cites as its source."""
FENCE = re.compile(r"^[ ]*```.*?^[ ]*```", re.DOTALL | re.MULTILINE)


def _name(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def _prose(page: Path) -> str:
    """The page without its code blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def _code(page: Path) -> Iterator[str]:
    """Blocks of code and commands, and what stands in code font."""
    blocks = FENCE.findall(page.read_text(encoding="utf-8"))
    yield from (block for block in blocks if "```mermaid" not in block)
    yield from re.findall(r"`([^`\n]+)`", _prose(page))


def _slug(heading: str) -> str:
    """The anchor that GitHub makes of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    kept = (char for char in text if char in " -_" or unicodedata.category(char)[0] in "LN")
    return "".join(kept).replace(" ", "-")


def _anchors(page: Path) -> set[str]:
    anchors: dict[str, int] = {}
    for heading in re.findall(r"^#{1,6} (.*)$", _prose(page), re.MULTILINE):
        slug = _slug(heading)
        count = anchors.get(slug, 0)
        anchors[slug] = count + 1
        if count:
            anchors[f"{slug}-{count}"] = 1
    return set(anchors)


def _broken(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return not target.exists() or bool(anchor and target.suffix == ".md" and anchor not in _anchors(target))


def _links(page: Path) -> Iterator[str]:
    prose = re.sub(r"`[^`\n]+`", "``", _prose(page))
    for link in re.findall(r"\]\(([^()\s]+)\)", prose) + re.findall(
        r"^\[[^\]]+\]: (\S+)", prose, re.MULTILINE
    ):
        if not re.match(r"[a-z]+:", link):
            yield link


@each("page", PAGES, ids=_name)
def test_every_relative_link_and_anchor_leads_somewhere(page: Path) -> None:
    assert [link for link in _links(page) if _broken(page, link)] == []


@each("page", PAGES, ids=_name)
def test_a_page_names_the_thing_that_acts(page: Path) -> None:
    """Also in the texts of failures and proofs, from which pages are generated."""
    assert [line for line in _prose(page).splitlines() if person_in(line)] == []


def test_every_page_that_code_points_to_has_the_anchor() -> None:
    pointer = re.compile(
        r"(?<![\w./-])(?:README\.md|CONTRIBUTING\.md|docs/[\w./-]+\.(?:md|json))(?:#[\w-]+)?"
    )
    pointers = {
        (_name(source), link)
        for source in SOURCES
        if source != Path(__file__)
        for link in pointer.findall(source.read_text(encoding="utf-8"))
        if link not in FOREIGN
    }
    assert len(pointers) > 50
    assert sorted(where for where in pointers if _broken(REPOSITORY / "README.md", where[1])) == []


def _missing(code: str) -> Iterator[str]:
    """Paths of the repository in a line of code that lead nowhere. ``*``, ``<name>``, ``NAME``: anything."""
    for path in re.findall(r"(?<![\w./:<{$-])((?:\.ci|\.github|[a-z]+)/[\w./*<>{},-]+)", code):
        if path.split("/")[0] in TOP:
            pattern = re.sub(r"<[^>]*>|\b[A-Z]{3,}\b|\{[^}]*\}", "*", path.rstrip("/.,"))
            if not any(REPOSITORY.glob(pattern)):
                yield path


@each("page", PAGES, ids=_name)
def test_every_path_of_the_repository_exists(page: Path) -> None:
    """Except the files that a reader of a guide makes: their row of the guide's table has ``new:``."""
    new = set(re.findall(r"^\|.* `([^`]+)` \| new: ", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert [path for code in _code(page) for path in _missing(code) if path not in new] == []


def test_every_test_that_a_page_names_exists() -> None:
    tests = {
        name
        for source in (REPOSITORY / "tests").rglob("test_*.py")
        for name in (
            source.stem,
            *re.findall(r"^def (test_\w+)", source.read_text(encoding="utf-8"), re.MULTILINE),
        )
    }
    named = {
        (_name(page), name)
        for page in PAGES
        if "guides" not in page.parts
        for name in re.findall(r"`(test_\w+)(?:\.py)?`", _prose(page))
    }
    assert len(named) > 50
    assert sorted(where for where in named if where[1] not in tests) == []


def test_every_rule_that_a_page_names_exists() -> None:
    assert Settings  # importing it registers the rules
    ids = re.compile(r"\brules? ((?:`[a-z0-9-]+`(?:, | and )?)+)")
    named = {
        (_name(page), rule)
        for page in PAGES
        for listed in ids.findall(_prose(page))
        for rule in re.findall(r"`([a-z0-9-]+)`", listed)
    }
    assert len(named) > 30
    assert sorted(where for where in named if where[1] not in RULES) == []


def test_every_target_of_make_exists() -> None:
    targets = set(
        re.findall(r"^([a-z-]+):(?!=)", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = {
        (_name(page), target)
        for page in PAGES
        for code in _code(page)
        for target in re.findall(r"(?:^|[^\w-])make ([a-z][a-z-]*)", code)
    }
    assert len(named) > 20
    assert sorted(where for where in named if where[1] not in targets) == []


def test_the_readme_is_a_page_that_shows_the_two_commands() -> None:
    lines = (REPOSITORY / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 160
    assert {"make preview", "make test"} <= set(lines)
