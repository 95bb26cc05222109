"""Pulumi with the pipeline's identity: the preview, the update, the search for drift.

    python -m tools.ci.pulumi preview --stack prod --out build/preview
    python -m tools.ci.pulumi up --stack prod
    python -m tools.ci.pulumi drift --stack prod --out build/drift

`preview` and `up` are two jobs of one run: a person approves between them. With `--plan FILE` the first
writes an update plan and the second is held to it (docs/ci.md tells what voids one). PULUMI_BACKEND_URL names
the backend. No job stops an update midway: a signal goes to pulumi, which ends its operations and releases
its lock.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from tools.bootstrap import REPOSITORY
from tools.ci.access_report import ReportError, access_report
from tools.ci.drift_text import drift_text
from tools.ci.pull_request import write_summary
from tools.ci.sign_in import SignInError, signed_in
from tools.engine_finder import EngineError, EngineFinder
from tools.processes import deferred_interrupts

STOPS = (signal.SIGINT, signal.SIGTERM)


class PulumiError(Exception):
    """Pulumi cannot run, or failed; the text names the reason."""


def command_line(root: Path = REPOSITORY) -> Path:
    """The Pulumi CLI, which has to be whole: an engine alone runs no Python program.

    Raises:
        PulumiError: there is none.
    """
    try:
        engine = EngineFinder(root).find()
    except EngineError as error:
        raise PulumiError(str(error)) from error
    if engine is None:
        raise PulumiError("there is no Pulumi CLI; type make setup")
    if not engine.path.resolve().with_name("pulumi-language-python").exists():
        raise PulumiError(
            f"{engine.path} has no pulumi-language-python beside it; "
            "install the whole Pulumi CLI (https://www.pulumi.com/docs/install)"
        )
    return engine.path


def run(command: list[str], root: Path, environment: Mapping[str, str], out: Path | None = None) -> int:
    """Runs pulumi and passes on the first SIGINT or SIGTERM; its output goes to a file or is shown."""
    with contextlib.ExitStack() as stack:
        stdout = stack.enter_context(out.open("w", encoding="utf-8")) if out else None
        process: subprocess.Popen[bytes] | None = None

        def interrupt() -> None:
            assert process is not None
            process.send_signal(signal.SIGINT)

        # a session of its own: the terminal's or runner's signal then reaches it once, from here
        with _passed_on(interrupt):
            with deferred_interrupts():  # a signal may come before the process is known
                process = subprocess.Popen(
                    command, cwd=root, env=dict(environment), stdout=stdout, start_new_session=True
                )
            return process.wait()


@contextlib.contextmanager
def _passed_on(interrupt: Callable[[], None]) -> Iterator[None]:
    def pass_on(_number: int, _frame: FrameType | None) -> None:
        print("pulumi: told to stop, it ends its running operations first", file=sys.stderr, flush=True)
        interrupt()
        # a runner sends SIGINT, then SIGTERM; a second SIGINT would make pulumi leave its lock behind
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)

    handlers = {number: signal.signal(number, pass_on) for number in STOPS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def read_digest(path: Path) -> dict[str, Any]:
    """The digest of `pulumi preview --json`; log lines may stand before it.

    Raises:
        PulumiError: there is none.
    """
    text = path.read_text(encoding="utf-8")
    start = text.find("{")
    with contextlib.suppress(json.JSONDecodeError):
        document = json.loads(text[start:]) if start >= 0 else None
        if isinstance(document, dict):
            return document
    lines = text.strip().splitlines()
    raise PulumiError(f"pulumi printed no digest: {lines[-1] if lines else 'nothing at all'}")


def errors_of(digest: Mapping[str, Any]) -> list[str]:
    return [
        str(entry.get("message", "")).strip()
        for entry in digest.get("diagnostics") or ()
        if entry.get("severity") == "error"
    ]


def preview(pulumi: Path, options: argparse.Namespace, root: Path, environment: Mapping[str, str]) -> int:
    """Previews, and writes the access report into the summary of the job: what the approver reads."""
    options.out.mkdir(parents=True, exist_ok=True)
    digest_file = options.out / "preview.json"
    command = [str(pulumi), "preview", "--stack", options.stack, "--non-interactive", "--json"]
    command += ["--show-sames", "--show-reads"]
    command += ["--save-plan", str(options.plan.absolute())] if options.plan else []
    status = run(command, root, environment, digest_file)
    digest = read_digest(digest_file)
    for error in errors_of(digest):
        print(f"error: {error}", file=sys.stderr)
    summary = digest.get("changeSummary") or {}
    print(", ".join(f"{count} {op}" for op, count in sorted(summary.items())) or "no resources")
    if status == 0:
        report = access_report(root, options.stack, digest_file, None, options.out / "preview")
        write_summary(report.markdown)
        for proof in report.broken:
            print(f"error: the proof {proof} is broken", file=sys.stderr)
        status = 1 if report.broken else 0
        print(f"report: {options.out / 'preview.md'}")
    return status


def up(pulumi: Path, options: argparse.Namespace, root: Path, environment: Mapping[str, str]) -> int:
    """Updates. The preview is that of the job before, which a person has read."""
    command = [str(pulumi), "up", "--stack", options.stack, "--non-interactive", "--yes", "--skip-preview"]
    command += ["--plan", str(options.plan.absolute())] if options.plan else []
    return run(command, root, environment)


def drift(pulumi: Path, options: argparse.Namespace, root: Path, environment: Mapping[str, str]) -> int:
    """Refreshes in a preview, which keeps no state; writes what differs, an empty file if nothing does."""
    options.out.mkdir(parents=True, exist_ok=True)
    digest_file = options.out / "drift.json"
    command = [str(pulumi), "preview", "--stack", options.stack, "--non-interactive", "--json", "--refresh"]
    status = run(command, root, environment, digest_file)
    digest = read_digest(digest_file)
    digest_file.unlink()  # it has inputs, the issue needs names only
    for error in errors_of(digest):
        print(f"error: {error}", file=sys.stderr)
    if status != 0:
        return status
    text = drift_text(options.stack, digest)
    (options.out / "drift.md").write_text(text, encoding="utf-8")
    print(text or "no drift")
    return 0


VERBS = {"preview": preview, "up": up, "drift": drift}


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tools.ci.pulumi", description="Pulumi in a pipeline.")
    made.add_argument("verb", choices=sorted(VERBS))
    made.add_argument("--stack", metavar="NAME", required=True)
    made.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("build/pulumi"), help="folder of the texts"
    )
    made.add_argument("--plan", metavar="FILE", type=Path, help="update plan (experimental)")
    return made


def main(arguments: list[str] | None = None, root: Path = REPOSITORY) -> int:
    """The exit status."""
    options = parser().parse_args(arguments)
    if not os.environ.get("PULUMI_BACKEND_URL"):
        # without it pulumi asks for a token of Pulumi Cloud
        print(
            "pulumi: PULUMI_BACKEND_URL is not set; the environment's variables have it (docs/ci.md)",
            file=sys.stderr,
        )
        return 1
    try:
        pulumi = command_line(root)
        with signed_in() as environment:
            tools = (
                f"{root / '.tools' / 'bin'}{os.pathsep}{environment.get('PATH', '')}"  # kubelogin is there
            )
            quiet = {"PULUMI_SKIP_UPDATE_CHECK": "true", "PATH": tools}
            return VERBS[options.verb](pulumi, options, root, {**environment, **quiet})
    except (PulumiError, SignInError, ReportError) as error:
        print(f"pulumi: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
