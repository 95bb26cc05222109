"""``python -m tools.config_docs`` writes the tables of docs/config/ from the models of ``stacks.settings``.

A page marks the place of a table with the config path of its section, and the prose around it stays as it is:

    <!-- keys: cluster.upgrades -->
    (the table)
    <!-- end -->

More forms of the mark:

    <!-- keys: cluster.user_pools[] without cluster.system_pool -->  leaves out the second section's keys
    <!-- keys: vaults[] only name resource_name -->                  lists these keys alone
    <!-- keys: operators.* -->       a heading and a table for each section below that has no mark of its own
    <!-- keys: (top level) -->       the keys of a stack file

Owns: the form of the tables. Deliberately not here: what a key does; that is the docstring of its field.
"""

import re
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from stacks.settings import Settings
from stacks.settings.descriptions import descriptions
from stacks.settings.loader import SCALARS, SECTIONS
from stacks.settings.validation.constraints import IntRange, Pattern
from tools import failure_docs, proof_docs

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "config"
HEADER = "| key | type, allowed | default | what it does |\n|---|---|---|---|"
TOP_LEVEL = "(top level)"
_MARKED = re.compile(r"(<!-- keys: (?P<paths>[^>]+?) -->\n).*?(<!-- end -->)", re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def section_at(path: str) -> type[BaseModel]:
    """The model at a config path such as ``workloads[].secrets[]``.

    Raises:
        KeyError: the settings have no such section.
    """
    model: type[BaseModel] = Settings
    for step in path.split("."):
        name = step.removesuffix("[]")
        fields = {field.alias or key: field for key, field in model.model_fields.items()}
        inner = _section_in(fields[name].annotation) if name in fields else None
        if inner is None:
            raise KeyError(path)
        model = inner
    return model


def sections() -> Iterator[tuple[str, type[BaseModel]]]:
    """Every section with its config path, outermost first."""

    def within(prefix: str, model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
        for key, field in model.model_fields.items():
            if inner := _section_in(field.annotation):
                path = f"{prefix}{field.alias or key}{'[]' if _is_list(field.annotation) else ''}"
                yield path, inner
                yield from within(f"{path}.", inner)

    return within("", Settings)


def rendered(pages: Mapping[str, str]) -> dict[str, str]:
    """The pages (file name → Markdown) with each marked table made anew."""
    own_places = _own_places(pages)
    links = links_to_sections(pages)

    def block(mark: re.Match[str], page: str) -> str:
        here = _from_page(links, page)
        if mark["paths"].endswith(".*"):
            text = "\n\n".join(
                f"## {path}\n\n{model.__doc__}\n\n{_table(path, here)}"
                for path, model in _below(mark["paths"])
                if identity_of(model) not in own_places
            )
        else:
            text = _table(mark["paths"], here)
        return f"{mark[1]}{text}\n{mark[3]}" if text else f"{mark[1]}{mark[3]}"

    return {
        name: _MARKED.sub(lambda mark, page=name: block(mark, page), text) for name, text in pages.items()
    }


def _from_page(links: Mapping[str, str], page: str) -> dict[str, str]:
    return {identity: link.removeprefix(page) for identity, link in links.items()}


def _below(paths: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """The sections directly below ``operators.*``, with their config paths."""
    prefix = paths.removesuffix(".*")
    for key, field in section_at(prefix).model_fields.items():
        if inner := _section_in(field.annotation):
            yield f"{prefix}.{field.alias or key}", inner


def _own_places(pages: Mapping[str, str]) -> dict[str, str]:
    """For each section that has a marked place of its own: its identity → ``page.md#heading``."""
    links: dict[str, str] = {}
    for name, text in pages.items():
        for mark in _MARKED.finditer(text):
            if mark["paths"] != TOP_LEVEL and not mark["paths"].endswith(".*"):
                heading = [match[1] for match in _HEADING.finditer(text, 0, mark.start())][-1]
                model = section_at(mark["paths"].split(" ")[0])
                links.setdefault(identity_of(model), f"{name}#{_anchor(heading)}")
    return links


def links_to_sections(pages: Mapping[str, str]) -> dict[str, str]:
    """The same, with the sections that ``operators.*`` collects."""
    links = _own_places(pages)
    for name, text in pages.items():
        for mark in _MARKED.finditer(text):
            if mark["paths"].endswith(".*"):
                for path, model in _below(mark["paths"]):
                    links.setdefault(identity_of(model), f"{name}#{_anchor(path)}")
    return links


def read_pages() -> dict[str, str]:
    """File name → text of the pages in docs/config/."""
    return {page.name: page.read_text(encoding="utf-8") for page in sorted(FOLDER.glob("*.md"))}


# ---------------------------------------------------------------------------------------------------- tables


def _table(paths: str, links: Mapping[str, str]) -> str:
    if paths == TOP_LEVEL:
        names = (*SCALARS, *SECTIONS)
        return _rows(Settings, {name: Settings.model_fields[name] for name in names}, links)
    path, *words = paths.split(" ")
    model = section_at(path)
    fields = dict(model.model_fields)
    match words:
        case ["without", other]:
            fields = {
                key: field for key, field in fields.items() if key not in section_at(other).model_fields
            }
        case ["only", *names]:
            fields = {name: fields[name] for name in names}
        case _:
            pass
    return _rows(model, fields, links)


def _rows(model: type[BaseModel], fields: Mapping[str, FieldInfo], links: Mapping[str, str]) -> str:
    texts = descriptions(model)
    return "\n".join([HEADER, *(_row(key, field, texts[key], links) for key, field in fields.items())])


def _row(key: str, field: FieldInfo, text: str, links: Mapping[str, str]) -> str:
    description = " ".join(text.split("\n\n")[0].split())
    cells = [f"`{field.alias or key}`", _type(field, links), _default(field), description]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value: object = field.get_default(call_default_factory=True)
    if value is None or value is PydanticUndefined:
        return "–"
    if isinstance(value, BaseModel):
        return "its defaults"
    if isinstance(value, Enum):
        return f"`{value.value}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, (tuple, Mapping)) and not value:
        return "empty"
    if isinstance(value, tuple):
        items = typing.cast("tuple[object, ...]", value)
        return f"`[{', '.join(str(item.value if isinstance(item, Enum) else item) for item in items)}]`"
    return f"`{value}`"


def _type(field: FieldInfo, links: Mapping[str, str]) -> str:
    return _words(field.annotation, field.metadata, links)


def _words(annotation: object, metadata: typing.Sequence[object], links: Mapping[str, str]) -> str:
    for constraint in metadata:
        if isinstance(constraint, Pattern):
            return constraint.is_a
        if isinstance(constraint, IntRange):
            return f"{constraint.low} to {constraint.high}"
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _words(arguments[0], arguments[1:], links)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(_words(kind, (), links) for kind in arguments if kind is not types.NoneType)
    if origin is tuple:
        return f"list of {_plural(_words(arguments[0], (), links))}"
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return "text → text" if arguments[1] is str else "keys and values"
    if origin is typing.Literal:
        return " | ".join(f"`{value}`" for value in arguments)
    if isinstance(annotation, type):
        return _named(annotation, links)
    return "text"


def _named(kind: type, links: Mapping[str, str]) -> str:
    if issubclass(kind, BaseModel):
        link = links.get(identity_of(kind))
        return f"[section]({link})" if link else "section"
    if issubclass(kind, Enum):
        return " | ".join(f"`{member.value}`" for member in kind)
    return {bool: "true | false", int: "number", float: "number"}.get(kind, "text")


def _plural(words: str) -> str:
    if words.startswith("[section]"):
        return words.replace("[section]", "[sections]", 1)
    if " of " in words or " for " in words or words.startswith("`"):
        return f"entries: {words}"
    return f"{words}es" if words.endswith("s") else words if words == "text" else f"{words}s"


# -------------------------------------------------------------------------------------------------- structure


def _section_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_section_in, typing.get_args(annotation))), None)


def _is_list(annotation: object) -> bool:
    return typing.get_origin(annotation) is tuple or any(map(_is_list, typing.get_args(annotation)))


def identity_of(model: type[BaseModel]) -> str:
    """The same for sections with the same keys and words, such as ``cluster.existing`` and
    ``vault.existing``.
    """
    texts = descriptions(model)
    return "\n".join(f"{field.alias or key}: {texts.get(key)}" for key, field in model.model_fields.items())


def _anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def main() -> None:
    """Write the tables of every page anew, and those of the proofs and the failures."""
    pages = rendered(read_pages())
    for name, text in pages.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    proof_docs.write()
    failure_docs.write()
    others = "docs/proofs.md and docs/troubleshooting.md"
    sys.stdout.write(f"wrote the tables of {len(pages)} pages in docs/config/, and of {others}\n")


if __name__ == "__main__":
    main()
