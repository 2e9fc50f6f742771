"""What `make check` says of packages with known weaknesses."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

AUDIT = Path(__file__).parents[1] / ".ci" / "audit.py"


class Weaknesses(BaseHTTPRequestHandler):
    """Answers as OSV does: https://google.github.io/osv.dev/post-v1-query/."""

    weak: str
    fixed: bool

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        events = [{"introduced": "0"}, *([{"fixed": "9999"}] if self.fixed else [])]
        package = asked["package"]
        flaw = {
            "id": "OSV-2000-1",
            "summary": "",
            "details": "",
            "affected": [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}],
        }
        body = json.dumps({"vulns": [flaw]} if package["name"] == self.weak else {}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def audited(weak: str, *, fixed: bool) -> subprocess.CompletedProcess:
    handler = type("Told", (Weaknesses,), {"weak": weak, "fixed": fixed})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        where = {
            "PIP_AUDIT_VULNERABILITY_SERVICE": "osv",
            "PIP_AUDIT_OSV_URL": f"http://127.0.0.1:{server.server_port}/v1/query",
        }
        return subprocess.run(
            [sys.executable, AUDIT], env=os.environ | where, capture_output=True, text=True, check=False
        )
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("weak", "fixed", "code", "said"),
    [
        ("jinja2", True, 1, "OSV-2000-1, mended in 9999"),
        ("jinja2", False, 0, "OSV-2000-1, nothing mends it yet"),
        ("nothing-we-use", True, 0, "0 weaknesses known"),
    ],
)
def test_a_package_with_a_weakness_that_a_newer_one_mends_fails_the_check(weak, fixed, code, said):
    done = audited(weak, fixed=fixed)
    assert (done.returncode, said in done.stdout) == (code, True), done.stdout + done.stderr
    assert "audit: 0 of" not in done.stdout, "it asked nobody"
