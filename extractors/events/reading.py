"""Read texts: the verdict, the mentions and the event mentions of each, through one spaCy pipeline.

This is the whole of what is read out of a text, as typed records. On-topic texts alone go through the heavy components.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc

from extractors.events.coder import code
from extractors.language.pipeline import MAX_CHARACTERS
from extractors.language.topic import judge
from extractors.records import EventMention, Mention, Reading, Verdict

EXTRACTOR_VERSION = "2"
ONTOLOGY_VERSION = "1"
_HALF = re.compile("[\ud800-\udfff]")
"""Half a character, which JSON can bring and no tokenizer takes: read as the replacement character, so that all offsets stay."""
# What speaks for a policy family, beside the network's probability; chosen on the dev part, where words and events alone give F1 .69 and
# all three .74.
BY_WORDS, BY_EVENTS, FAMILY_FROM = 0.3, 0.4, 0.5
FAMILY_OF = {
    "EXPORT_CONTROL": "export_control",
    "SANCTION": "sanction_list",
    "TARIFF": "tariff",
    "INVESTMENT_SCREENING": "investment_screening",
    "IMPORT_OR_USE_BAN": "import_or_use_ban",
}


def read_texts(
    nlp: Language,
    items: Iterable[tuple[str, str, dt.date | None]],
    *,
    everything: bool = False,
    read_on: dt.date | None = None,
) -> Iterator[Reading]:
    """One reading for each (title, text, publication date), in order.

    The verdict is on title and text; names and events are read from the text, whose code points the offsets count. With
    ``everything``, a text off topic is read too; ``read_on`` is the day of reading, which bounds what is done in an undated text; otherwise it gets a verdict only. A text over a million characters is read
    up to there, which its verdict's reason says.
    """
    rows = [(title, _HALF.sub("\ufffd", text), day) for title, text, day in items]
    verdicts = [
        judge(f"{title}\n\n{text}" if title and not text.startswith(title) else text) for title, text, _ in rows
    ]
    wanted = [i for i, v in enumerate(verdicts) if v.on_topic or everything]
    docs = dict(zip(wanted, nlp.pipe((rows[i][1][:MAX_CHARACTERS] for i in wanted), batch_size=32), strict=True))
    for i, verdict in enumerate(verdicts):
        if i not in docs:
            yield Reading(verdict=verdict)
            continue
        if len(rows[i][1]) > MAX_CHARACTERS:
            verdict = replace(verdict, reason=f"{verdict.reason}; only the first {MAX_CHARACTERS} characters were read")
        yield _reading(docs.pop(i), verdict, rows[i][2], read_on)


def _reading(doc: Doc, verdict: Verdict, published: dt.date | None, read_on: dt.date | None) -> Reading:
    events = code(doc, published, read_on)
    return Reading(
        verdict=replace(verdict, families=_families(verdict, events, doc._.topic or {})),
        mentions=tuple(
            Mention(
                start=ent.start_char,
                end=ent.end_char,
                text=ent.text,
                label=ent.label_,
                entity=ent._.entity,
                entity_id=ent._.entity_id,
                method=ent._.method,
            )
            for ent in doc.ents
        ),
        events=events,
    )


def _families(verdict: Verdict, events: Iterable[EventMention], topic: Mapping[str, float]) -> tuple[str, ...]:
    """The policy families of a text on topic: by its words, its events and the network's own impression, no single one of which decides."""
    if not verdict.on_topic:
        return ()
    told = {FAMILY_OF[e.type] for e in events if e.type in FAMILY_OF}
    named = set(verdict.families)
    weight = {
        family: BY_WORDS * (family in named) + BY_EVENTS * (family in told) + topic.get(family, 0.5)
        for family in {*named, *told, *topic}
    }
    return tuple(sorted(f for f, total in weight.items() if f != "on_topic" and total >= FAMILY_FROM))
