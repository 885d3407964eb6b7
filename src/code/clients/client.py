"""Receives events over a WebSocket: subscribes, answers pings, and comes back after an end.

Needs Python 3.11 and the package websockets. VERIOPS_API_KEY in the environment is the API key.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

# Settings: what to connect to, and what the API asks of its clients.
ENDPOINT = "wss://api.veriops.example/realtime"
SUBSCRIPTIONS = [
    ("project.updated", {"project_id": "prj_abc123"}),
]
KEY_PARAMETER = "token"  # "" where the API takes no key
ACK_SECONDS = 10
SILENCE_SECONDS = 75
STABLE_SECONDS = 10
BACKOFF_SECONDS = [1, 2, 4, 8, 16, 30]
RETRY_CODES = [1001, 1004, 1005, 1006, 1011, 1012, 1013, 1014, 1015]
WAIT_SECONDS = {4008: 60}
ADVICE = {
    1000: "Normal closure. No action required.",
    1001: "Server going away. Reconnect with exponential backoff.",
    1006: "Abnormal close (no close frame). Reconnect with exponential backoff.",
    1008: "Policy violation. Check message format and size.",
    4001: "Authentication failed. Verify your API key is valid and not expired.",
    4002: "Subscription limit reached. Unsubscribe from unused channels (max 50).",
    4008: "Rate limited. Wait 60 seconds before reconnecting.",
    4009: "Message too large. Reduce message size to under 64 KB.",
}
# End of settings.


def on_event(channel: str, data: Any) -> None:
    """Handles an event. Put your own code here."""
    print("event", channel, json.dumps(data, separators=(",", ":")), flush=True)


def on_state(text: str) -> None:
    """Handles news about the connection and its subscriptions."""
    print(text, file=sys.stderr, flush=True)


def on_unknown(text: str) -> None:
    """Handles a message that is none of the API's."""
    print("not understood:", text[:200], file=sys.stderr, flush=True)


class Connection:
    """An open connection: what was asked over it, and what came."""

    request_ids = count(1)  # shared, so that an id is never used twice

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.opened = time.monotonic()
        self.heard = False
        self.pending: dict[str, str] = {}

    async def receive(self) -> tuple[int, str]:
        """Handles messages until the connection ends, and returns the close code and the reason."""
        try:
            for channel, filters in SUBSCRIPTIONS:
                await self.subscribe(channel, filters)
            while True:
                try:
                    message = await asyncio.wait_for(self.socket.recv(), SILENCE_SECONDS)
                except TimeoutError:
                    on_state(f"silent for {SILENCE_SECONDS} s")
                    self.socket.transport.abort()  # nobody would answer a close
                    return 1006, ""
                self.heard = True
                await self.handle(message)
        except ConnectionClosed:
            return self.socket.close_code or 1006, self.socket.close_reason or ""
        finally:
            self.pending.clear()

    async def subscribe(self, channel: str, filters: Any) -> None:
        request_id = f"req_{next(self.request_ids)}"
        self.pending[request_id] = channel
        asyncio.get_running_loop().call_later(ACK_SECONDS, self.report_missing_ack, request_id)
        payload = {"channel": channel, "filters": filters} if filters else {"channel": channel}
        await self.send("subscribe", request_id, payload=payload)

    def report_missing_ack(self, request_id: str) -> None:
        if channel := self.pending.get(request_id):
            on_state(f"no answer within {ACK_SECONDS} s to subscribe {channel} ({request_id})")

    async def send(self, kind: str, request_id: Any, **more: Any) -> None:
        sent_at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        message = {"type": kind, "request_id": request_id, "sent_at": sent_at, **more}
        await self.socket.send(json.dumps(message))

    async def handle(self, text: str | bytes) -> None:
        if isinstance(text, bytes):
            on_unknown(f"{len(text)} bytes of binary")
            return
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        match message:
            case {"type": "event", "payload": {"event_type": str(channel), "data": data}}:
                on_event(channel, data)
            case {"type": "ping", "request_id": request_id}:
                await self.send("pong", request_id)
            case {"type": "ack", "request_id": str(request_id)} if request_id in self.pending:
                on_state(f"subscribed to {self.pending.pop(request_id)}")
            case {"type": "ack" | "pong"}:
                pass
            case _:
                on_unknown(text)

    def is_stable(self) -> bool:
        """Tells whether it went well for long enough that the delays may start over."""
        return self.heard and time.monotonic() - self.opened >= STABLE_SECONDS


def delays() -> Iterator[float]:
    """Yields the delays before the next attempts, in seconds; the last one repeats."""
    yield from BACKOFF_SECONDS
    while True:
        yield BACKOFF_SECONDS[-1]


async def run(query: str) -> int:
    """Connects again and again until an end that is final, and returns the exit code."""
    backoff = delays()
    while True:
        on_state(f"connecting to {ENDPOINT}")
        try:
            socket = await connect(ENDPOINT + query, ping_interval=None, close_timeout=3)
        except (OSError, WebSocketException) as error:
            if isinstance(error, InvalidStatus) and 400 <= error.response.status_code < 500:
                on_state(f"refused: HTTP {error.response.status_code}")
                return 1
            ended, delay = f"no connection ({str(error).replace(query, '')})", next(backoff)
        else:
            on_state("open")
            connection = Connection(socket)
            try:
                code, reason = await connection.receive()
                if connection.is_stable():
                    backoff = delays()
            finally:
                await socket.close()
            ended = f"closed {code} ({reason})" if reason else f"closed {code}"
            if code in WAIT_SECONDS:
                delay = WAIT_SECONDS[code]
            elif code in RETRY_CODES:
                delay = next(backoff)
            else:
                on_state(f"{ended}: {ADVICE[code]}" if code in ADVICE else ended)
                return 0 if code == 1000 else 1
        on_state(f"{ended}: next attempt in {delay} s")
        await asyncio.sleep(delay)


def main() -> int:
    query = ""
    if KEY_PARAMETER:
        key = os.environ.get("VERIOPS_API_KEY")
        if not key:
            on_state("set VERIOPS_API_KEY to your API key")
            return 1
        mark = "&" if "?" in ENDPOINT else "?"
        query = f"{mark}{quote(KEY_PARAMETER, safe='')}={quote(key, safe='')}"
    # Both signals cancel what runs, and that closes the connection with 1000.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        return asyncio.run(run(query))
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
