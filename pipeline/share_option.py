"""``--share``: which share of the partitions a process reads, as a value on the command line."""

from __future__ import annotations

import re
from typing import Any

import click

from pipeline.options import option
from pipeline.sources.shares import WHOLE, Share


class ShareType(click.ParamType[Share]):
    """``I/N`` with I from 0 to N-1; in place of I a name that ends in it, as a pod's does."""

    name = "i/n"
    _form = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9.-]*-)?(\d{1,6})/(\d{1,6})")

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Share:
        """Gives the share, or fails with a usage error."""
        if isinstance(value, Share):
            return value
        found = self._form.fullmatch(value.strip())
        if found is None:
            self.fail(
                f"{value!r} is not a share: expected I/N, as in 0/4, or a pod's name and N, as in "
                "newswire-0/4.",
                param,
                ctx,
            )
        share = Share(int(found[1]), int(found[2]))
        if share.index >= share.of:
            self.fail(
                f"{value!r}: shares are counted from 0, so the last of {share.of} is "
                f"{max(share.of - 1, 0)}/{share.of}."
                if share.of
                else f"{value!r}: there are no 0 shares.",
                param,
                ctx,
            )
        return share


share = option(
    "--share",
    type=ShareType(),
    metavar="I/N",
    default=str(WHOLE),
    help="Read only share I of N of the partitions, I from 0 to N-1: for N processes with one "
    "--group-id, on as many machines as you like. A StatefulSet's pod may give its own name in "
    "place of I: newswire-2/4 is 2/4.",
)
