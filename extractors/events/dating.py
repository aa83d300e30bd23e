"""Which of a sentence's dates is the date of its event."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from spacy.tokens import Doc, Span

from extractors.events.dates import DateExpression, datelines, find_dates
from extractors.language.spans import text_of


def event_date(
    doc: Doc, trigger: Span, sentence: Span, published: dt.date | None, read_on: dt.date | None, status: str
) -> tuple[str | None, str, str]:
    """Date, precision and basis of the event at a trigger: stated with it, or inferred for the article's own news."""
    stated = stated_date(doc, trigger, sentence, published, read_on, status)
    if stated:
        return stated
    if published and trigger._.event["undated"]["inferred"] >= 0.5:
        return published.isoformat(), "inferred", "publication"
    return None, "unknown", "undated background" if published else "no publication date"


def stated_date(
    doc: Doc, trigger: Span, sentence: Span, published: dt.date | None, read_on: dt.date | None, status: str
) -> tuple[str, str, str] | None:
    """The date that the sentence states for the event at a trigger, if it states one."""
    rows = [e for e in find_dates(sentence.text, published) if not e.limit]
    heads = [(m.start() - sentence.start_char, m.end() - sentence.start_char) for m in datelines(text_of(doc))]
    rows = [e for e in rows if not any(a <= e.start < b for a, b in heads)]
    latest = published or read_on
    if latest and status == "done":
        rows = [past for e in rows if (past := _past(e, sentence.text, latest))]
    if not rows:
        return None
    chosen = min(rows, key=lambda e: _reach(e, trigger, sentence))
    return chosen.date, chosen.precision, chosen.basis


def _past(e: DateExpression, text: str, latest: dt.date) -> DateExpression | None:
    """The day of what is done: without a year it is the last such day, and one ahead is when it takes effect."""
    if e.precision != "day" or dt.date.fromisoformat(e.date) <= latest + dt.timedelta(days=1):
        return e
    if e.basis != "stated" or re.search(r"\d{4}", text[e.start : e.end]):
        return None
    day = dt.date.fromisoformat(e.date)
    try:
        return replace(e, date=day.replace(year=day.year - 1).isoformat())
    except ValueError:  # 29 February
        return None


def _reach(expression: DateExpression, trigger: Span, sentence: Span) -> tuple[int, int]:
    """Nearer is better; a date that hangs on the trigger in the parse is nearest."""
    span = sentence.doc.char_span(
        sentence.start_char + expression.start, sentence.start_char + expression.end, alignment_mode="expand"
    )
    if span is None:
        return (1, abs(expression.start + sentence.start_char - trigger.start_char))
    hangs = any(t in trigger for t in span.root.ancestors) if span.root not in trigger else True
    between = sum(
        1
        for t in sentence.doc[min(span.end, trigger.end) : max(span.start, trigger.start)]
        if t.dep_ in {"cc", "ROOT"} or t.text in ";,"
    )
    return (0 if hangs else 1, abs(span.start - trigger.start) + 4 * between)
