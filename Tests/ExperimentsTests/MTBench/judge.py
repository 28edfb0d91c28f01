"""A judge for tests: an endpoint of OpenAI's form. It prints its port and notes each request in the file that it is given.

Answers depend on the number of the request: every fifth is refused with 503, every seventh has no grade, the first is no JSON.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

lock = threading.Lock()
count = 0


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        global count
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with lock:
            count += 1
            number = count
            with open(sys.argv[1], "a") as notes:
                notes.write(json.dumps({"path": self.path, "key": self.headers["Authorization"], "body": body}) + "\n")
        if body["model"] == "refused":
            return self.reply(401, '{"error": "no access"}')
        if number % 5 == 0:
            return self.reply(503, "busy")
        if number == 1:
            return self.reply(200, "nonsense")
        grade = 1 + len(body["messages"][-1]["content"]) % 10
        text = "no grade" if number % 7 == 0 else f"Good. Rating: [[{grade}]]"
        self.reply(200, json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}))

    def reply(self, status: int, text: str):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
