"""The tables of docs/proofs.md, written by ``make docs`` from the proofs themselves.

Owns: the form of the tables. Deliberately not here: what a proof proves, the docstring of its function.
"""

import importlib
import re
from collections import defaultdict
from pathlib import Path

from trust.proofs import Proof, proofs

PAGE = Path(__file__).resolve().parents[1] / "docs" / "proofs.md"
_MARKED = re.compile(r"(<!-- proofs -->\n).*?(<!-- end -->)", re.DOTALL)
_HEADER = "| proof | what it proves | otherwise | source |\n|---|---|---|---|"


def rendered(page: str) -> str:
    """The page with its tables made anew: one for each file of proofs."""
    families: dict[str, list[Proof]] = defaultdict(list)
    for proof in proofs().values():
        families[proof.judge.__module__].append(proof)
    sections = "\n\n".join(_section(module, family) for module, family in families.items())
    return _MARKED.sub(lambda mark: f"{mark[1]}{sections}\n{mark[2]}", page)


def _section(module: str, family: list[Proof]) -> str:
    heading = module.rpartition(".")[2].replace("_", " ").capitalize()
    about = (importlib.import_module(module).__doc__ or "").partition("\n\n")[0]
    rows = "\n".join(_row(proof) for proof in family)
    return f"### {heading}\n\n{_markdown(about)}\n\n{_HEADER}\n{rows}"


def _row(proof: Proof) -> str:
    name = f"`{proof.name}`" + (" (warning)" if proof.severity == "warning" else "")
    # A page of this project is named from its root, and the table is in docs/.
    source = proof.source.removeprefix("docs/")
    cells = (name, _markdown(proof.statement), _markdown(proof.reason), f"[source]({source})")
    return f"| {' | '.join(cells)} |"


def _markdown(text: str) -> str:
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|")


def write() -> None:
    """Write the tables anew."""
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
