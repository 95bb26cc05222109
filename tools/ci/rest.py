"""Calls of a host's REST API with the job's own token. Standard library only."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PAGE = 100
MOST_PAGES = 50
SECONDS = 30


class RestError(Exception):
    """A call failed; the text names it, never the token."""


@dataclass(frozen=True)
class Rest:
    """An API at a base address."""

    base: str
    headers: Mapping[str, str]

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer's JSON.

        Raises:
            RestError: the host refuses, or does not answer.
        """
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.base}{path}", data=data, method=method)
        for name, value in {**self.headers, "Content-Type": "application/json"}.items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:
                text = response.read()
            return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            error.close()
            raise RestError(f"{method} {path}: HTTP {error.code}") from None
        except (OSError, ValueError) as error:
            raise RestError(f"{method} {path}: {type(error).__name__}") from None

    def pages(self, path: str) -> Iterator[Any]:
        """The entries of all pages of a list (GitHub and GitLab page in the same way)."""
        for page in range(1, MOST_PAGES + 1):
            entries = self.call("GET", f"{path}{'&' if '?' in path else '?'}per_page={PAGE}&page={page}")
            yield from entries
            if len(entries) < PAGE:
                return

    def download(self, path: str, most: int) -> bytes:
        """A file that the API redirects to, without the token on the way there.

        Raises:
            RestError: it is longer than `most` bytes, or cannot be fetched.
        """
        request = urllib.request.Request(f"{self.base}{path}", headers=dict(self.headers))
        opener = urllib.request.OpenerDirector()  # one that follows no redirect: it leads to another host
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.HTTPDefaultErrorHandler(),
        ):
            opener.add_handler(handler)
        try:
            try:
                with opener.open(request, timeout=SECONDS) as response:
                    content = response.read(most + 1)
            except urllib.error.HTTPError as error:
                error.close()
                location = (
                    error.headers.get("Location", "") if error.code in (301, 302, 303, 307, 308) else ""
                )
                if not location:
                    raise RestError(f"GET {path}: HTTP {error.code}") from None
                with urllib.request.urlopen(location, timeout=SECONDS) as response:
                    content = response.read(most + 1)
        except OSError as error:
            raise RestError(f"GET {path}: {type(error).__name__}") from None
        if len(content) > most:
            raise RestError(f"GET {path}: longer than {most} bytes")
        return content


def github(environment: Mapping[str, str] = os.environ) -> Rest:
    """The API of the GitHub that runs this job."""
    token = environment.get("GITHUB_TOKEN", "")
    if not token:
        raise RestError("GITHUB_TOKEN is not set; the step has to map it")
    return Rest(
        environment.get("GITHUB_API_URL", "https://api.github.com"),
        {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
