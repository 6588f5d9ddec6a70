"""A receiver of events: WAA_SECRET=... PORT=8080 python3 receiver.py"""
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen = set()  # in a real receiver: a unique key in a database


def verified(secret, headers, body):
    """Whether a request is from the plugin and not older than five minutes. While a secret is being changed there
    are two signatures: one of them has to be right."""
    timestamp = headers.get("X-Waa-Timestamp", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > 300:
        return False
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    want = "sha256=" + mac.hexdigest()
    return any(hmac.compare_digest(one, want) for one in headers.get("X-Waa-Signature", "").split(","))


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 1 << 20))
        if not verified(os.environ["WAA_SECRET"], self.headers, body):
            self.send_error(401, "not verified")
            return
        event = json.loads(body)
        if event["id"] not in seen:
            seen.add(event["id"])
            print(event["type"], event["id"], flush=True)  # put it into a queue here: answer first, work later
        self.send_response(204)
        self.end_headers()


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Receiver).serve_forever()
