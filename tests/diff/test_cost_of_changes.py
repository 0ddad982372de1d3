"""How a review tells what definitions cost, and what it says of a server that does not."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from workbench import SHOP, Repository


def test_a_review_tells_the_cost_before_and_after(repository: Repository) -> None:
    repository.write("systems/shop.py", SHOP)
    before = repository.root / "before"
    (before / "systems").mkdir(parents=True)
    (before / "systems/shop.py").write_text(SHOP.replace('rate("5m")', 'rate("10m")'), "utf-8")
    (before / "pyproject.toml").write_text("[tool.watchwright]\n", "utf-8")

    said = repository.run("diff", str(before), "--cost").stdout

    assert (
        "Cost, as declared: 2 rules, 1 groups, 4 series exposed, 0 series recorded, 24 samples read a minute (-20).\n"
        "shop: 24 samples read a minute (-20).\n"
    ) in said


class Refusing(BaseHTTPRequestHandler):
    """A server that is no Prometheus."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"hello": "you"}).encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "ftp://x", "nonsense", "http://[bad", "http://x:port", "other"])
def test_a_server_that_does_not_tell_is_a_finding(repository: Repository, url: str) -> None:
    repository.write("systems/shop.py", SHOP)
    server = HTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}" if url == "other" else url
        result = repository.run("diff", str(repository.root), "--prometheus", url)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

    assert 1 == result.exit_code
    assert "[diff/prometheus]" in result.stderr
