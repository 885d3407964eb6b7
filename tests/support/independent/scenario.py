"""A VeriOps server that shares no code with the project, the PyPI package `websockets` and the reference
page, and that misbehaves by script.

    scenario.py FOLDER

It writes the certificate of its own authority to FOLDER/authority.pem, prints `listening on PORT TLS_PORT`,
and ends with its standard input. Every line of that is a script, for the connections with one key:

    {"key": "…", "connections": [{…}, …]}

The nth connection follows the nth of `connections`, each later one the last of them:

    refuse    HTTP status instead of a handshake
    acks      how many subscriptions of this connection are acked (all)
    ping_ms   milliseconds between two pings; with the fifth that nobody answered it drops the connection
    events    {channel: [data, …]}: sent once for each subscription of the channel whose filters they match
    after     messages of the client that it waits for before what follows (0)
    say       what it sends then: texts, or numbers of bytes of a binary message
    wait_ms   milliseconds it waits then
    end       {"code": …, "reason": …}, "drop" or "silence": reads nothing and answers nothing any more

Everything that happens is a line on its standard output: `key`, `connection` (its number), `at` (milliseconds of a
monotonic clock), and one of `opened` (the path), `text`, `bytes`, `ping` (its id), `ending` (what the
script says), `closed` (the client's code).
A key without a script is refused with HTTP 401.
"""

import asyncio
import json
import os
import ssl
import sys
import time
from collections import defaultdict
from datetime import datetime, timezone
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs

import trustme
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

scripts = {}
connections = defaultdict(int)


def record(key, connection, **what):
    at = round(time.monotonic() * 1000)
    try:
        print(json.dumps({"key": key, "connection": connection, "at": at, **what}), flush=True)
    except BrokenPipeError:
        os._exit(0)  # the tests are over


def envelope(kind, request_id, **payload):
    sent_at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    message = {"type": kind, "request_id": request_id, "sent_at": sent_at.replace("+00:00", "Z")}
    if payload:
        message["payload"] = payload
    return json.dumps(message, separators=(",", ":"))


def key_of(path):
    return parse_qs(path.partition("?")[2]).get("token", [""])[0]


def admit(connection, request):
    """Refuses the handshake, if it is to be refused."""
    key = key_of(request.path)
    if key not in scripts:
        record(key, -1, opened=request.path)
        return connection.respond(HTTPStatus.UNAUTHORIZED, "no such key\n")
    number = connections[key]
    connections[key] += 1
    script = scripts[key][min(number, len(scripts[key]) - 1)]
    connection.veriops = (key, number, script)
    record(key, number, opened=request.path)
    if "refuse" in script:
        return connection.respond(HTTPStatus(script["refuse"]), "refused\n")
    return None


class Conversation:
    def __init__(self, connection):
        self.connection = connection
        self.key, self.number, self.script = connection.veriops
        self.acks = self.script.get("acks", 1_000_000)
        self.received = asyncio.Semaphore(0)
        self.is_silent = False
        self.unanswered = set()

    async def run(self):
        async with asyncio.TaskGroup() as tasks:
            extra = [tasks.create_task(self.follow())]
            if "ping_ms" in self.script:
                extra.append(tasks.create_task(self.ping(self.script["ping_ms"] / 1000)))
            try:
                async for message in self.connection:
                    await self.receive(message)
            except ConnectionClosed:
                pass
            for task in extra:
                task.cancel()
        closed = self.connection.protocol.close_rcvd
        self.record(closed=closed.code if closed else 1006)

    def record(self, **what):
        record(self.key, self.number, **what)

    async def send(self, message):
        try:
            await self.connection.send(message)
        except ConnectionClosed:
            pass

    async def receive(self, message):
        if self.is_silent:
            return
        if isinstance(message, bytes):
            self.record(bytes=len(message))
            return
        self.record(text=message)
        self.received.release()
        request = json.loads(message)
        self.unanswered.discard(request["request_id"])
        if request["type"] == "subscribe" and self.acks > 0:
            self.acks -= 1
            await self.subscribe(request["request_id"], request["payload"])
        if request["type"] == "ping":
            await self.send(envelope("pong", request["request_id"]))

    async def subscribe(self, request_id, topic):
        channel, filters = topic["channel"], topic.get("filters", {})
        await self.send(envelope("ack", request_id, status="subscribed", channel=channel))
        for number, data in enumerate(self.script.get("events", {}).get(channel, [])):
            if filters.items() <= data.items():
                event = {"channel": channel, "event_type": channel, "data": data}
                await self.send(envelope("event", f"{request_id}_ev_{number}", **event))

    async def ping(self, seconds):
        number = 0
        while True:
            await asyncio.sleep(seconds)
            if len(self.unanswered) > 4:
                self.connection.transport.abort()
                return
            number += 1
            request_id = f"srv_{self.number}_{number}"
            self.unanswered.add(request_id)
            self.record(ping=request_id)
            await self.send(envelope("ping", request_id))

    async def follow(self):
        """Does what the script has beside answers and pings."""
        for _ in range(self.script.get("after", 0)):
            await self.received.acquire()
        for what in self.script.get("say", []):
            await self.send(bytes(what) if isinstance(what, int) else what)
        await asyncio.sleep(self.script.get("wait_ms", 0) / 1000)
        if "end" in self.script:
            self.record(ending=self.script["end"])
        match self.script.get("end"):
            case "drop":
                self.connection.transport.abort()
            case "silence":
                self.is_silent = True
                self.connection.transport.pause_reading()
            case {"code": code, "reason": reason}:
                await self.connection.close(code, reason)


async def converse(connection):
    await Conversation(connection).run()


def follow_orders(line):
    order = json.loads(line)
    scripts[order["key"]] = order["connections"]


async def main():
    folder = Path(sys.argv[1])
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    # A client that has gone silent itself is none of its business.
    options = {"process_request": admit, "ping_interval": None, "close_timeout": 2}
    async with (
        serve(converse, "127.0.0.1", 0, **options) as plain,
        serve(converse, "127.0.0.1", 0, ssl=context, **options) as secure,
    ):
        ports = [server.sockets[0].getsockname()[1] for server in (plain, secure)]
        print("listening on", *ports, flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            follow_orders(line)


if __name__ == "__main__":
    asyncio.run(main())
