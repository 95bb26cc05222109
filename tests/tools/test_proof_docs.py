"""The tables of docs/proofs.md are those of the proofs, and its example runs."""

import re
from pathlib import Path
from typing import Any

from tests.stack_files import shipped
from tools import proof_docs


def test_the_tables_are_what_the_proofs_say() -> None:
    page = proof_docs.PAGE.read_text(encoding="utf-8")
    assert proof_docs.rendered(page) == page, "type: make docs"


def test_the_example_of_a_unit_test_runs() -> None:
    page = proof_docs.PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    stack_file = Path(shipped("Pulumi.dev.yaml"))
    names: dict[str, Any] = {}
    exec(
        compile(example.replace('"Pulumi.dev.yaml"', repr(str(stack_file))), "docs/proofs.md", "exec"), names
    )
    names["test_the_trust_chain_holds"]()
