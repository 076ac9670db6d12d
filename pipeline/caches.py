"""Where what was fetched or built once is kept."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """``NEWSWIRE_CACHE``, else ``newswire`` in the user's cache (XDG); it need not exist yet."""
    own = os.environ.get("NEWSWIRE_CACHE")
    if own:
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "newswire"
