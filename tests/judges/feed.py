"""Reads a feed with feedparser and prints what it found, as JSON."""

import json
import sys

import feedparser

with open(sys.argv[1], "rb") as file:
    parsed = feedparser.parse(file.read())
keys = ("id", "title", "updated", "link", "summary")
entries = [{key: entry.get(key) for key in keys} for entry in parsed.entries]
feed = {key: parsed.feed.get(key) for key in ("id", "title", "updated", "author")}
print(json.dumps({"bozo": bool(parsed.bozo), "version": parsed.version, **feed, "entries": entries}))
