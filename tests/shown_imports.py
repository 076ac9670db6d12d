"""What the server of `tests.shown_process` has before it forks: all imports, and the model."""

from __future__ import annotations

import pipeline.commands.dashboard
import pipeline.commands.evaluate
import pipeline.commands.run
import pipeline.graph
import pipeline.running  # noqa: F401  in each fork it is there at once, as the others
from pipeline.extraction import default_extractor

default_extractor()
