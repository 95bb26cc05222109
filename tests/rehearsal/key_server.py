"""A key for the state folders of tests, of a secrets provider that Pulumi asks once per command.

From a passphrase the engine derives the key anew in each command, which takes a fifth of a small one
(sdk/go/common/resource/config/crypt.go, a million rounds). So it asks HashiCorp Vault's transit engine, as
`pulumi stack init --secrets-provider hashivault://KEY` makes it; here a server that opens every envelope.
"""

import base64
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

_VERSION = "vault:v1:"


def new_key() -> Mapping[str, str]:
    """The keys of a stack file whose secrets are encrypted by a new key, which only the server can open."""
    envelope = _VERSION + base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        "secretsprovider": "hashivault://rehearsal",
        "encryptedkey": base64.b64encode(envelope.encode()).decode(),
    }


@contextmanager
def key_server() -> Iterator[Mapping[str, str]]:
    """The environment in which the engine finds the server."""
    with HTTPServer(("127.0.0.1", 0), _Transit) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield {"VAULT_ADDR": f"http://127.0.0.1:{server.server_port}", "VAULT_TOKEN": "test"}
        finally:
            server.shutdown()


class _Transit(BaseHTTPRequestHandler):
    """`decrypt` of https://developer.hashicorp.com/vault/api-docs/secret/transit#decrypt-data."""

    def do_PUT(self) -> None:
        envelope = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["ciphertext"]
        answer = json.dumps({"data": {"plaintext": envelope.removeprefix(_VERSION)}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: standard error is the test's."""
