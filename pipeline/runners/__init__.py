"""The Beam runners that the pipeline is handed to: which one, how, and how its job is ended."""
