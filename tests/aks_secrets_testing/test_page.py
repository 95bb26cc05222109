"""docs/testing.md, followed by copy and paste."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.servers

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "testing.md"


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_the_tests_on_the_page_pass(tmp_path: Path) -> None:
    (stack_file, cloud), tests, commands = _blocks("yaml"), _blocks("python"), _blocks("sh")
    (tmp_path / "Pulumi.shop.yaml").write_text(stack_file, encoding="utf-8")
    (tmp_path / "cloud.yaml").write_text(cloud, encoding="utf-8")
    for number, test in enumerate(tests):
        (tmp_path / f"test_{number}.py").write_text(test, encoding="utf-8")

    # The second command writes the plan; the first runs pytest, which ends the test here.
    run_pytest = ".venv/bin/python -m pytest -q -p no:cacheprovider test_0.py test_1.py"
    modules = [command.split()[2:] for command in (*commands[1:], run_pytest)]
    done = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_THE_OTHER, json.dumps(modules)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


ONE_AFTER_THE_OTHER = """
import json, runpy, sys

for module, *arguments in json.loads(sys.argv[1]):  # `python -m`, in one process: the SDK's imports take long
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code:
            sys.exit(f"{module}: {end.code}")
"""
