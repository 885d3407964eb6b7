"""Serves a folder over https, with a certificate for 127.0.0.1 that nobody has signed.

Prints `listening on PORT` when it accepts connections.
"""

import ssl
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import trustme


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=sys.argv[1]))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("listening on", server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
