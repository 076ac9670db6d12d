"""Foreign text where people read it line by line: on a terminal, in a log."""

from __future__ import annotations


def escaped(text: str | bytes) -> str:
    """The text with everything that can't be seen written out, as in ``\\x1b`` and ``\\n``.

    That is what steers a terminal, reorders a line, or ends it, and bytes that are not UTF-8.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "backslashreplace")
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def escaped_lines(text: str, indent: str = "") -> str:
    """The text with its line breaks, and everything else as `escaped` has it.

    Lines after the first begin with ``indent``.
    """
    return f"\n{indent}".join(escaped(line) for line in text.split("\n"))
