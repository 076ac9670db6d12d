"""The commands of ``newswire``, one module each: ``extract.py`` holds the command ``extract``."""
