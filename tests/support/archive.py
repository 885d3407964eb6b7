"""Reads an HTTP archive with the PyPI package `haralyzer`, which shares no code with the project, and
prints a line for each of its connections: status, time, messages sent and received, address.

    archive.py FILE
"""

import sys

from haralyzer import HarParser


def count(messages, kind):
    return sum(message["type"] == kind for message in messages)


archive = HarParser.from_file(sys.argv[1])
assert archive.version == "1.2" and archive.creator["name"], "says who wrote it"
for page in archive.pages:
    for entry in page.entries:
        assert entry.startTime and entry.startTime.tzinfo, "says when it started"
        spans = entry.timings
        assert entry.time == spans["send"] + spans["wait"] + spans["receive"]
        assert entry["_resourceType"] == "websocket"
        messages = entry["_webSocketMessages"]
        assert all(isinstance(message["time"], float) for message in messages)
        sent, received = count(messages, "send"), count(messages, "receive")
        assert sent + received == len(messages)
        print(entry.status, entry.time, sent, received, entry.request.url)
