"""The newest records in memory, for whoever reads along.

A reader says what it has by its positions: for each partition the offset that it reads next. They
are also the ids of the server-sent events, so a browser that connects again, be it to a server
that was started anew, gets each record once. Beyond ``keep`` the oldest record goes; whoever had
not read it by then is told so.
"""

from __future__ import annotations

import re
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.dashboard.entries import Entry, Place

Positions = dict[str, int]
"""By partition ("t0") the offset that is read next."""

MAX_NOTES = 1_000
MAX_ARTICLES = 100_000
"""For how many articles it is remembered where everything found in them stands."""

_POSITIONS = re.compile(r"(?:[a-z]\d{1,9}:\d{1,19}(?:\.(?!$)|$)){0,2000}")


def positions_text(positions: Mapping[str, int]) -> str:
    """The positions as the id of an event: "d0:17.t0:4711"."""
    return ".".join(f"{lane}:{offset}" for lane, offset in sorted(positions.items()))


def positions_from(text: str) -> Positions:
    """What `positions_text` gave; none where it is no such text."""
    if not text or not _POSITIONS.fullmatch(text):
        return {}
    parts = (part.split(":") for part in text.split("."))
    return {lane: int(offset) for lane, offset in parts}


@dataclass(frozen=True, slots=True)
class Note:
    """What the wire said of an article later: a correction, or that it takes it back."""

    article: str
    revision: int
    withdrawn: bool


@dataclass(slots=True)
class Batch:
    """What a reader gets at once."""

    entries: list[Entry] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    missed: bool = False
    """Whether records that it had not read are gone."""


@dataclass(slots=True)
class Cursor:
    """How far one reader is."""

    positions: Positions
    sequence: int = 0
    note: int = 0


class Feed:
    """The records; all methods may be called from any thread."""

    def __init__(self, keep: int) -> None:
        """``keep``: how many records to hold at most."""
        self.keep = keep
        self.ready = threading.Event()
        """Set once what was there at the start has been read."""
        self._lock = threading.Lock()
        self._entries: deque[tuple[int, Entry]] = deque()
        self._by_id: dict[str, Entry] = {}
        self._articles: Counter[str] = Counter()
        self._next: Positions = {}
        self._held_from: Positions = {}
        self._sequence = 0
        self._notes: deque[tuple[int, Note]] = deque(maxlen=MAX_NOTES)
        self._note_sequence = 0
        self._extractions: OrderedDict[tuple[str, int], Place] = OrderedDict()
        self._away: str | None = None
        self._listeners: set[Callable[[], object]] = set()

    def begin(self, lane: str, offset: int) -> None:
        """A partition is read from this offset."""
        with self._lock:
            self._next[lane] = self._held_from[lane] = offset

    def add(self, entries: Iterable[Entry]) -> None:
        """Takes records, each partition's in order; one that is there already is none."""
        with self._lock:
            for entry in entries:
                self._next[entry.lane] = entry.offset + 1
                # The pipeline writes at least once: a second time it has the same id.
                if entry.record_id in self._by_id:
                    continue
                self._sequence += 1
                self._entries.append((self._sequence, entry))
                self._by_id[entry.record_id] = entry
                self._articles[entry.record.provenance.article_id] += 1
            while len(self._entries) > self.keep:
                self._drop_oldest()
        self.wake()

    def note(self, note: Note, extraction: Place) -> None:
        """Takes what is written of a whole article: its state, and where all found in it stands."""
        with self._lock:
            if not note.withdrawn:
                self._extractions[note.article, note.revision] = extraction
                while len(self._extractions) > MAX_ARTICLES:
                    self._extractions.popitem(last=False)
            if not note.withdrawn and note.revision == 0:
                return
            if not self._articles[note.article]:
                del self._articles[note.article]
                return
            self._note_sequence += 1
            self._notes.append((self._note_sequence, note))
        self.wake()

    def get(self, record_id: str) -> Entry | None:
        """A record that is still held."""
        with self._lock:
            return self._by_id.get(record_id)

    def of_article(self, article_id: str, revision: int) -> list[Entry]:
        """The records held of one revision of an article."""
        with self._lock:
            held = [entry for _, entry in self._entries]
        wanted = (article_id, revision)
        return [
            entry
            for entry in held
            if (entry.record.provenance.article_id, entry.record.provenance.revision) == wanted
        ]

    def extraction(self, article_id: str, revision: int) -> Place | None:
        """Where everything found in the article stands."""
        with self._lock:
            return self._extractions.get((article_id, revision))

    def cursor(self, positions: Positions) -> Cursor:
        """For a reader that has read up to ``positions``, or nothing yet."""
        with self._lock:
            return Cursor(
                {
                    # Beyond its end it is of a topic that was made anew since.
                    lane: positions[lane] if positions.get(lane, end + 1) <= end else start
                    for lane, start in self._held_from.items()
                    for end in (self._next[lane],)
                }
            )

    def after(self, cursor: Cursor, most: int) -> Batch:
        """What comes next for a reader, whose cursor is moved past it."""
        batch = Batch()
        with self._lock:
            for lane, start in self._held_from.items():
                if cursor.positions.setdefault(lane, start) < start:
                    cursor.positions[lane] = start
                    batch.missed = True
            newer = []
            # From the new end: mostly a few are new.
            for sequence, entry in reversed(self._entries):
                if sequence <= cursor.sequence:
                    break
                newer.append((sequence, entry))
            for sequence, entry in reversed(newer):
                cursor.sequence = sequence
                if entry.offset >= cursor.positions[entry.lane]:
                    batch.entries.append(entry)
                    cursor.positions[entry.lane] = entry.offset + 1
                    if len(batch.entries) == most:
                        break
            batch.notes = [note for number, note in self._notes if number > cursor.note]
            cursor.note = self._note_sequence
        return batch

    @property
    def away(self) -> str | None:
        """Why nothing can be read from Kafka now; None where it can."""
        return self._away

    @away.setter
    def away(self, why: str | None) -> None:
        if why != self._away:
            self._away = why
            self.wake()

    def listen(self, listener: Callable[[], object]) -> None:
        """Has ``listener`` called, from any thread, whenever something is new."""
        with self._lock:
            self._listeners.add(listener)

    def unlisten(self, listener: Callable[[], object]) -> None:
        """Ends what `listen` began."""
        with self._lock:
            self._listeners.discard(listener)

    def wake(self) -> None:
        """Calls all listeners."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

    def _drop_oldest(self) -> None:
        _, oldest = self._entries.popleft()
        del self._by_id[oldest.record_id]
        self._held_from[oldest.lane] = oldest.offset + 1
        article = oldest.record.provenance.article_id
        self._articles[article] -= 1
        if not self._articles[article]:
            del self._articles[article]
