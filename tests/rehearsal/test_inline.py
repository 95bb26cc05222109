"""The program inline: its modules are imported once, and again when one of its files has changed."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.engine import inline

HELPER = """
from pathlib import Path

with Path(__file__).with_name("imports.txt").open("a") as file:
    file.write("x")
"""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "__main__.py").write_text("import helper_of_the_program\n")
    (tmp_path / "helper_of_the_program.py").write_text(HELPER)
    yield tmp_path
    sys.modules.pop("helper_of_the_program", None)


def imports(program: Path) -> int:
    return len((program / "imports.txt").read_text())


def test_a_second_run_imports_nothing_again(program: Path) -> None:
    run = inline(program)
    run()
    run()
    assert imports(program) == 1


def test_a_changed_program_is_imported_again(program: Path) -> None:
    run = inline(program)
    run()
    helper = program / "helper_of_the_program.py"
    changed = helper.stat().st_mtime_ns + 10**12
    os.utime(helper, ns=(changed, changed))
    run()
    assert imports(program) == 2


def test_a_program_without_one_of_its_files_fails(program: Path) -> None:
    run = inline(program)
    run()
    (program / "helper_of_the_program.py").unlink()
    with pytest.raises(ModuleNotFoundError):
        run()
