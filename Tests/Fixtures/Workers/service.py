"""What servers have in common that stand for services: they listen on a port of the system's choice unless one is named,
print it on their first line, and write every request to a log as one JSON object a line."""

import base64
import http.server
import json
import socket
import sys
import threading

USER = "user:secret"


class Dropped(Exception):
    """The connection is to be closed without an answer."""


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with what `answer` returns: status, body (bytes, or what becomes JSON) and headers."""

    protocol_version = "HTTP/1.1"
    mode = sys.argv[1] if len(sys.argv) > 1 else "good"
    log = open(sys.argv[2], "a") if len(sys.argv) > 2 else None
    lock = threading.Lock()

    def answer(self, method, path, query, body):
        raise NotImplementedError

    def do_GET(self):
        self.handle_request("GET")

    def do_POST(self):
        self.handle_request("POST")

    def handle_request(self, method):
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        try:
            body = json.loads(text) if text else None
        except ValueError:
            return self.send(400, {"detail": "no JSON"})
        self.note(path, body, method=method, query=query)
        asked = self.headers.get("Authorization")
        if self.mode == "auth" and asked != "Basic " + base64.b64encode(USER.encode()).decode():
            return self.send(401, {"detail": "Not authenticated"}, {"WWW-Authenticate": "Basic"})
        try:
            self.send(*self.answer(method, path, query, body))
        except Dropped:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        except BrokenPipeError:
            self.close_connection = True

    def note(self, path, body, **further):
        """Writes a line to the log, as of a request."""
        if self.log:
            with self.lock:
                self.log.write(json.dumps({"path": path, "body": body, **further}) + "\n")
                self.log.flush()

    def send(self, status, body, headers={}):
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *_):
        pass


def serve(handler):
    port = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    print(server.server_port, flush=True)
    server.serve_forever()
