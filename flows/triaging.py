"""Headlines first: what need not be fetched ends here, before anything heavy runs."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.language.topic import triage as judge_headline
from extractors.records import FeedEntry, Outcome
from flows.night import Night
from warehouse import connect, ledger


def triage(night: Night, entries: Sequence[FeedEntry]) -> list[FeedEntry]:
    """The documents that go on, in order; the others end with their reason, all in one transaction."""
    going_on, ended = [], []
    for entry in entries:
        end = _end(entry, night)
        if end is None:
            going_on.append(entry)
        else:
            reason, detail = end
            ended.append(
                Outcome(key=entry.key, source_id=entry.source_id, stage="triage", reason=reason, detail=detail)
            )
    with connect.writing(night.paths.db) as con, connect.transaction(con):
        ledger.record_outcomes(con, night.run_id, ended, night.now)
    return going_on


def _end(entry: FeedEntry, night: Night) -> tuple[str, str] | None:
    """The reason and detail with which a document ends by its entry alone, or nothing where it goes on."""
    source = night.sources.get(entry.source_id)
    if source is None:
        return "source_off", "its source is no longer in the sources file"
    if night.since and entry.published and entry.published < night.since:
        return "before_since", f"published {entry.published:%Y-%m-%d}"
    if not entry.url and not entry.title:
        return "no_link", ""
    if entry.language not in {None, "en"} and (entry.text or source.depth == "headline"):
        return "language", f"its list says that it is in {entry.language!r}"
    # Where the text is at hand, it is judged itself.
    if (source.triage or source.depth == "headline") and not entry.text:
        verdict = judge_headline(entry.title, entry.summary)
        if not verdict.on_topic:
            return "off_topic_headline", verdict.reason
    return None
