"""A VeriOps server that shares no code with the project: the PyPI package `websockets` and the
reference page. It acknowledges, sends an event for every subscription, answers pings and closes
with 4008 on the message after --limit.

Prints `listening on PORT` when it accepts connections.
"""

import argparse
import itertools
import json
from datetime import datetime, timezone

from websockets.sync.server import serve


def envelope(kind, request_id, **payload):
    sent_at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    message = {"type": kind, "request_id": request_id, "sent_at": sent_at.replace("+00:00", "Z")}
    if payload:
        message["payload"] = payload
    return json.dumps(message)


def converse(connection, limit):
    events = itertools.count(1)
    for received in itertools.count(1):
        message = json.loads(connection.recv())
        if received > limit:
            connection.close(4008, "rate limited")
            return
        request_id, payload = message["request_id"], message.get("payload", {})
        channel, filters = payload.get("channel"), payload.get("filters", {})
        match message["type"]:
            case "subscribe":
                connection.send(envelope("ping", f"srv_ping_{received}"))
                connection.send(
                    envelope("ack", request_id, status="subscribed", channel=channel)
                )
                data = {"project_id": "prj_independent", "status": "active", **filters}
                connection.send(
                    envelope("event", f"srv_ev_{next(events)}", event_type=channel, data=data)
                )
            case "unsubscribe":
                connection.send(
                    envelope("ack", request_id, status="unsubscribed", channel=channel)
                )
            case "publish":
                connection.send(envelope("ack", request_id, status="published", channel=channel))
            case "ping":
                connection.send(envelope("pong", request_id))
            case "pong":
                pass
            case unknown:
                connection.close(1008, f"unknown type {unknown}"[:100])
                return


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--limit", type=int, default=20, help="messages before close 4008")
    options = parser.parse_args()
    with serve(
        lambda connection: converse(connection, options.limit), "127.0.0.1", options.port
    ) as server:
        print("listening on", server.socket.getsockname()[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
