"""The live page: threats and denials as they arrive, in a browser.

`reader.py` follows the output topics and fills the bounded `feed.py`; `server.py` hands out the
page, the feed as server-sent events (`streams.py`), and whole articles (`lookup.py`).
"""
