"""The tables of docs/config/ are those of the models, and every section has one."""

from stacks.settings.descriptions import descriptions
from tools import config_docs


def test_the_tables_are_what_the_models_say() -> None:
    pages = config_docs.read_pages()
    assert config_docs.rendered(pages) == pages, "type: make docs"


def test_every_section_has_a_table() -> None:
    """Sections such as ``existing`` share one."""
    with_table = config_docs.links_to_sections(config_docs.read_pages())
    sections = config_docs.sections()
    assert [path for path, model in sections if config_docs.identity_of(model) not in with_table] == []


def test_every_key_says_what_it_does() -> None:
    silent = [
        f"{path}.{key}"
        for path, model in config_docs.sections()
        for key in model.model_fields
        if not descriptions(model).get(key)
    ]
    assert silent == []


def test_a_new_key_makes_a_page_stale() -> None:
    pages = config_docs.read_pages()
    text = pages["monitoring.md"]
    row = next(line for line in text.splitlines() if line.startswith("| `retention_days` |"))
    shortened = {**pages, "monitoring.md": text.replace(row + "\n", "")}
    assert config_docs.rendered(shortened) == pages
