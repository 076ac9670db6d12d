"""Several worker processes under one parent: ``newswire run --workers``."""
