"""A receiver in a few lines: checks who sent it, takes each event once, answers at once.

Needs the package `standardwebhooks`, and the secret that the manager's page showed:

    WEBHOOK_SECRET=whsec_… python example_webhook.py 9000
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

taken: set[str] = set()  # in your database, with what came of it


class Hooks(BaseHTTPRequestHandler):
    """Takes what the hub posts, whatever the path."""

    def do_POST(self) -> None:
        """Answer 204 to what the hub signed, also the second time; 400 to anything else."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            told = Webhook(os.environ["WEBHOOK_SECRET"]).verify(body, dict(self.headers))
        except WebhookVerificationError:
            self.send_response(400)
        else:
            if self.headers["webhook-id"] not in taken:
                taken.add(self.headers["webhook-id"])
                print(told["type"], told["data"], flush=True)
            self.send_response(204)
        self.end_headers()


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Hooks).serve_forever()
