"""What is told of a run, and for how long it is told: a table, and what was violated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.chaos.accounts import Account, Letter, Version
from tests.chaos.invariants import Violation
from tests.chaos.run import Outcome

MOST_TOLD = 40
"""Of the violations; all are in the file."""


def report(outcome: Outcome) -> str:
    """The whole report, several lines."""
    return "\n".join(f"{name:<14}{text}" for name, text in _lines(outcome))


def verdict(outcome: Outcome) -> str:
    """What is missing or wrong, or that nothing is."""
    if not outcome.violations:
        return "Every article is accounted for."
    told = [str(each) for each in outcome.violations[:MOST_TOLD]]
    more = len(outcome.violations) - len(told)
    kinds = Counter(each.invariant for each in outcome.violations)
    return "\n".join(
        [
            *told,
            *([f"… and {more} more, all in violations.txt"] if more else []),
            "",
            "VIOLATED: " + ", ".join(f"{kind} ({count})" for kind, count in kinds.items()),
        ]
    )


def all_violations(violations: list[Violation]) -> str:
    """One a line."""
    return "".join(f"{each}\n" for each in violations)


def _lines(outcome: Outcome) -> Iterator[tuple[str, str]]:
    account, settings = outcome.account, outcome.settings
    yield "Runner", f"{settings.way.title}; seed {settings.seed}"
    yield "Survived", ", ".join(f"{name} {count}" for name, count in outcome.survived.items())
    if not settings.way.has_workers:
        yield "", "no worker was killed: on this runner there is none of its own"
    yield "Articles", _articles(outcome, account)
    yield "Topics", _copies(account.topics.copies, account.topics.duplicates)
    yield (
        "Files",
        f"{_copies(account.files.copies, account.files.duplicates)}; {outcome.files:,} files",
    )
    yield "Offsets", f"{outcome.samples} samples, each below what was written"
    if any("commit" in each.invariant for each in outcome.violations):
        yield "", "but for what is told below"
    yield "Longest stall", f"{outcome.longest_stall:.1f} s, in: {outcome.stalled_by}"
    yield "Pipeline", f"started {outcome.starts} times; ended by itself {len(outcome.ends)} times"
    for end in outcome.ends[:5]:
        yield "", end


def _articles(outcome: Outcome, account: Account) -> str:
    expected = account.wire.expected.values()
    letters = sum(1 for each in expected if isinstance(each, Letter))
    corrections = sum(1 for each in expected if isinstance(each, Version) and each.revision > 0)
    return (
        f"{outcome.acknowledged:,} acknowledged, {len(account.wire.expected):,} messages on the "
        f"wire ({outcome.in_doubt} sent again when in doubt); {letters:,} undecodable, "
        f"{corrections:,} corrections and withdrawals"
    )


def _copies(copies: Counter[str], duplicates: int) -> str:
    counts = ", ".join(f"{count:,} {kind}s" for kind, count in sorted(copies.items()))
    return f"{counts}; {duplicates:,} of them duplicates"
