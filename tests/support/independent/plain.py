"""A WebSocket server of no particular API, which shares no code with the project: the PyPI package
`websockets`. It says where it was reached, then a text and some bytes, and sends back what comes.

Prints `listening on PORT` when it accepts connections.
"""

import json

from websockets.sync.server import serve


def converse(connection):
    connection.send(json.dumps({"event": "hello", "at": connection.request.path}))
    connection.send("no JSON at all")
    connection.send(b"\x00\x01")
    for message in connection:
        connection.send(message)


if __name__ == "__main__":
    with serve(converse, "127.0.0.1", 0) as server:
        print("listening on", server.socket.getsockname()[1], flush=True)
        server.serve_forever()
