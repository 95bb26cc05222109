"""Tools in Go that the project pins beside the engine: one of the pinned version on PATH, else one built into
.tools/bin. The servers of a cluster are also looked for in KUBEBUILDER_ASSETS.

    python -m tools.go_tools actionlint           find it or build it, print its path
    python -m tools.go_tools actionlint kubelogin
    python -m tools.go_tools cluster              the servers of a cluster

Each has a folder in tools/ with a go.mod (the pin) and a go.sum (the checksums of all sources); daprd and
vault-reader have their main package there, too. Deliberately not here: the Pulumi engine (tools/engine.py),
which an installer can download, too. Needs the standard library only.
"""

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.engine_installer import GO_FOLDER, go_build_progress
from tools.processes import LongCommand, install_signal_handlers, raise_interrupt

REPOSITORY = Path(__file__).resolve().parent.parent


class GoToolError(Exception):
    """The tool is missing and cannot be built; the text names the remedy."""


@dataclass(frozen=True)
class GoTool:
    """A program that Go builds from one module."""

    name: str
    module: str
    package: str
    """Path of the main package in the module; empty: the module's own folder; `.`: the tool's folder here."""
    version_option: str
    install: str
    """The page that tells how to install it. Empty: it is only here, and is always built."""
    folder: str = ""
    """Folder in tools/ with the go.mod; empty: the tool's name."""
    version_parts: int = 3
    """Parts of the pinned version that an installed one has to share: 2 means any patch of its minor."""
    version_variable: str = ""
    """Variable of a package that holds the version, `v1.2.3`: go build sets it."""
    minutes: str = ""
    """Time that its build takes, if that is long."""
    other_modules: tuple[str, ...] = ()
    """Modules that the go.mod pins beside the tool's own."""

    @property
    def module_folder(self) -> str:
        return self.folder or self.name

    @property
    def target(self) -> str:
        return self.package if self.package == "." else f"{self.module}/{self.package}".rstrip("/")


TOOLS = {
    tool.name: tool
    for tool in (
        GoTool(
            "actionlint", "github.com/rhysd/actionlint", "cmd/actionlint", "-version",
            "https://github.com/rhysd/actionlint/blob/main/docs/install.md",
        ),
        GoTool(
            "kubelogin", "github.com/Azure/kubelogin", "", "--version",
            "https://azure.github.io/kubelogin/install.html",
        ),
        GoTool(
            "kustomize", "sigs.k8s.io/kustomize/kustomize/v5", "", "version",
            "https://kubectl.docs.kubernetes.io/installation/kustomize/",
        ),
        *(
            GoTool(
                name, "k8s.io/kubernetes", f"cmd/{name}", "--version",
                "https://book.kubebuilder.io/reference/envtest", folder="kubernetes", version_parts=2,
                version_variable="k8s.io/component-base/version.gitVersion", minutes="about 4 minutes",
            )
            for name in ("kube-apiserver", "kube-controller-manager")
        ),
        GoTool(
            "etcd", "go.etcd.io/etcd/server/v3", "", "--version", "https://etcd.io/docs/latest/install/",
            version_parts=1,
        ),
        GoTool(
            "external-secrets", "github.com/external-secrets/external-secrets", "", "--version",
            "https://external-secrets.io/latest/introduction/getting-started/", minutes="about 5 minutes",
        ),
        GoTool(
            "daprd", "github.com/dapr/dapr", ".", "--version",
            "https://docs.dapr.io/operations/hosting/self-hosted/",
            version_variable="github.com/dapr/dapr/pkg/buildinfo.version", minutes="about 4 minutes",
        ),
        GoTool(
            "vault-reader", "github.com/Azure/azure-sdk-for-go/sdk/azidentity", ".", "", "",
            other_modules=("github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets",),
        ),
    )
}  # fmt: skip
SERVERS = ("kube-apiserver", "kube-controller-manager", "etcd")
"""The servers of a cluster."""
GROUPS = {"cluster": (*SERVERS, "external-secrets", "daprd", "vault-reader")}
"""Tools that are used together."""


@dataclass
class GoToolFinder:
    """Looks for a tool on PATH and in .tools/bin, and builds it."""

    tool: GoTool
    root: Path = REPOSITORY
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @property
    def go_module(self) -> Path:
        return self.root / "tools" / self.tool.module_folder

    @property
    def own_binary(self) -> Path:
        return self.root / ".tools" / "bin" / self.tool.name

    @property
    def _stamp(self) -> Path:
        """Names the sources that the own binary was built from."""
        return self.root / ".tools" / f"{self.tool.name}.sum"

    def pinned_version(self, module: str = "") -> str:
        """The release that go.mod names, such as ``1.7.12``: of the tool's module, or of another."""
        module = module or self.tool.module
        text = (self.go_module / "go.mod").read_text(encoding="utf-8")
        match = re.search(rf"^\s*(?:require )?{re.escape(module)} v(\S+)", text, re.MULTILINE)
        if match is None:
            raise GoToolError(f"{self.go_module / 'go.mod'} names no release of {module}")
        return match[1]

    def path(self) -> Path:
        """The tool, built if it is missing. An installed one counts if it is of the pinned version."""
        if existing := self._installed() or self._own():
            return existing
        with self._exclusive_lock():
            return self._own() or self._build()

    def _installed(self) -> Path | None:
        if not self.tool.install:
            return None
        places = [self.environment.get("KUBEBUILDER_ASSETS", ""), self.environment.get("PATH", "")]
        binary = shutil.which(self.tool.name, path=os.pathsep.join(filter(None, places)))
        if binary is None:
            return None
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            run = subprocess.run(
                [binary, self.tool.version_option],
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )
            if any(map(self._counts, re.findall(r"\d+\.\d+\.\d+", run.stdout + run.stderr))):
                return Path(binary)
        return None

    def _counts(self, version: str) -> bool:
        parts = self.tool.version_parts
        return version.split(".")[:parts] == self.pinned_version().split(".")[:parts]

    def _own(self) -> Path | None:
        with contextlib.suppress(OSError):
            if self.own_binary.exists() and self._stamp.read_text(encoding="utf-8") == self._checksum():
                return self.own_binary
        return None

    def _checksum(self) -> str:
        files = (self.go_module / "go.mod", self.go_module / "go.sum", *sorted(self.go_module.glob("*.go")))
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    def _build(self) -> Path:
        name, version = self.tool.name, self.pinned_version()
        go = shutil.which("go", path=os.pathsep.join([self.environment.get("PATH", ""), GO_FOLDER]))
        if go is None:
            page = self.tool.install
            choice = f"{name} {version} ({page}) or Go" if page else "Go"
            raise GoToolError(
                f"there is no {name} {version}, and no Go to build it with; install {choice} "
                "(https://go.dev/dl)"
            )
        how_long = f", {self.tool.minutes}" if self.tool.minutes else ""
        print(
            f"{name}: building {version} from its pinned Go modules, once{how_long}",
            file=sys.stderr,
            flush=True,
        )
        with tempfile.TemporaryDirectory(prefix="making-", dir=self.own_binary.parent.parent) as folder:
            draft = Path(folder, name)
            flags = [
                "-s -w",
                *([f"-X {variable}=v{version}"] if (variable := self.tool.version_variable) else []),
            ]
            command = [go, "build", "-v", "-mod=readonly", "-trimpath", "-ldflags", " ".join(flags)]
            run = LongCommand(
                f"building {name}",
                [*command, "-o", str(draft), self.tool.target],
                self.go_module,
                self.environment,
                progress=go_build_progress,
            )
            if run.wait() != 0:
                raise GoToolError(
                    f"go build of {name} failed (network? disk space? Go as new as tools/"
                    f"{self.tool.module_folder}/go.mod requires?), its last lines:\n{run.last_lines(12)}"
                )
            self.own_binary.parent.mkdir(exist_ok=True)
            draft.replace(self.own_binary)
        self._stamp.write_text(self._checksum(), encoding="utf-8")
        return self.own_binary

    @contextlib.contextmanager
    def _exclusive_lock(self) -> Iterator[None]:
        import fcntl  # Windows has none

        (self.root / ".tools").mkdir(exist_ok=True)
        with (self.root / ".tools" / f"{self.tool.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def main(arguments: list[str] | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.go_tools", description="Finds or builds pinned tools in Go, prints their paths."
    )
    choices = sorted({*TOOLS, *GROUPS})
    parser.add_argument("tools", nargs="+", choices=choices, metavar="TOOL", help=", ".join(choices))
    install_signal_handlers(raise_interrupt)
    try:
        for choice in parser.parse_args(arguments).tools:
            for name in GROUPS.get(choice, (choice,)):
                print(GoToolFinder(TOOLS[name]).path())
    except (GoToolError, OSError) as error:
        print(f"go_tools: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
