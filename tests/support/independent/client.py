"""A VeriOps client that shares no code with the project: the PyPI package `websockets` and the
reference page. It subscribes with a filter, waits for the ack and an event, has a ping answered and
sends until the server closes with 4008.

    client.py ws://127.0.0.1:PORT/realtime?token=KEY

Exits with a reason if the server does anything else.
"""

import json
import sys

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

PATIENCE_SECONDS = 20
FLOOD = 10_000
CHANNEL, PROJECT = "project.updated", "prj_abc123"


def expect(condition, what):
    if not condition:
        sys.exit(f"expected {what}")


def receive(connection, kind, request_id=None):
    """Returns the next message of this type, and answers pings on the way."""
    while True:
        message = json.loads(connection.recv(timeout=PATIENCE_SECONDS))
        if message["type"] == "ping":
            send(connection, "pong", message["request_id"])
        if message["type"] == kind and request_id in (None, message["request_id"]):
            return message


def send(connection, kind, request_id, **payload):
    message = {"type": kind, "request_id": request_id}
    if payload:
        message["payload"] = payload
    connection.send(json.dumps(message))


def main():
    # No proxy: the server is on this machine.
    with connect(sys.argv[1], proxy=None) as connection:
        extensions = connection.response.headers.get("Sec-WebSocket-Extensions", "")
        expect("permessage-deflate" in extensions, "permessage-deflate to be negotiated")

        send(connection, "subscribe", "req_1", channel=CHANNEL, filters={"project_id": PROJECT})
        ack = receive(connection, "ack", "req_1")
        expect(ack["payload"]["channel"] == CHANNEL, f"an ack of {CHANNEL}, not {ack}")

        event = receive(connection, "event")["payload"]
        expect(event["event_type"] == CHANNEL, f"an event of {CHANNEL}, not {event}")
        expect(event["data"]["project_id"] == PROJECT, f"the filter honoured in {event}")

        send(connection, "ping", "req_2")
        receive(connection, "pong", "req_2")

        try:
            for number in range(FLOOD):
                send(connection, "ping", f"req_flood_{number}")
            receive(connection, "close")
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
            expect(code == 4008, f"close 4008 after a flood, not {code}")
        else:
            sys.exit("expected close 4008 after a flood")


if __name__ == "__main__":
    main()
