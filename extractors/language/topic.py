"""What a text is about: the relevance verdict and the policy families, from its words alone.

Fast enough for every headline of every feed, before any heavy component runs. The word lists are data (``data/topic.toml``).
A text is on topic when both halves of the ontology's rule hold: the United States *and* China, *and* AI or what AI runs on.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from extractors.records import Verdict

DATA = Path(__file__).with_name("data") / "topic.toml"
LEAD = 1200  # characters: headline, deck and first paragraphs, where a story says what it is about
THRESHOLD = 0.5

_VERDICT = "rivalry_verdict"


def _verdict_of(doc: Doc) -> Verdict | None:
    said = doc.user_data.get(_VERDICT)
    return Verdict(**said | {"families": tuple(said["families"])}) if said else None


if not Doc.has_extension("verdict"):
    Doc.set_extension("verdict", getter=_verdict_of)


@dataclass(frozen=True, slots=True)
class Topic:
    """Compiled word lists."""

    us: re.Pattern[str]
    china: re.Pattern[str]
    ai: re.Pattern[str]
    weak: re.Pattern[str]
    measure: re.Pattern[str]
    families: dict[str, re.Pattern[str]]


def _pattern(table: dict[str, list[str]]) -> re.Pattern[str]:
    def alternatives(rows: list[str]) -> str:
        ordered = sorted(rows, key=len, reverse=True)
        return "|".join(re.escape(r).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for r in ordered)

    parts = []
    if table.get("exact"):
        parts.append(f"(?:{alternatives(table['exact'])})")
    if table.get("any"):
        parts.append(f"(?i:{alternatives(table['any'])})")
    return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?!\w)")


@cache
def load_topic() -> Topic:
    """The word lists of ``data/topic.toml``."""
    rows = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return Topic(
        us=_pattern(rows["side"]["us"]),
        china=_pattern(rows["side"]["china"]),
        ai=_pattern(rows["ai"]),
        weak=_pattern(rows["weak"]),
        measure=_pattern(rows["measure"]),
        families={name: _pattern(table) for name, table in rows["family"].items()},
    )


def _counts(text: str) -> tuple[int, int, int, int]:
    topic = load_topic()
    found = [m.group().lower() for m in topic.ai.finditer(text)]
    strong = [f for f in found if not topic.weak.fullmatch(f)]
    return len(topic.us.findall(text)), len(topic.china.findall(text)), len(found), len(strong)


def judge(text: str) -> Verdict:
    """The verdict on a whole text (headline first). The reason says which half is missing or how it was met."""
    us, china, ai, strong = _counts(text)
    lead_us, lead_china, lead_ai, lead_strong = _counts(text[:LEAD])
    missing = [
        name for name, n in (("United States", us), ("China", china), ("AI or what it runs on", strong)) if not n
    ]
    if missing:
        return Verdict(on_topic=False, relevance=0.0, reason=f"no sign of {' and of '.join(missing)}")
    words = max(len(text.split()), 80)
    halves = sum(map(bool, (lead_us, lead_china, lead_ai)))
    score = (
        1.1 * (halves - 2)
        + 0.9 * math.log1p(min(us, china))
        + 0.9 * math.log1p(strong)
        + 0.5 * math.log1p(lead_strong)
        + 0.3 * math.log(100 * min(us, china, ai) / words + 0.1)
        - 2.6
    )
    relevance = round(1 / (1 + math.exp(-score)), 3)
    said = f"United States {us}, China {china}, AI {ai} mentions"
    if relevance < THRESHOLD:
        return Verdict(on_topic=False, relevance=relevance, reason=f"only in passing: {said}")
    return Verdict(on_topic=True, relevance=relevance, reason=said, families=families(text))


def triage(title: str, summary: str = "") -> Verdict:
    """Whether a listed item deserves its page, from its headline and summary.

    Leans towards reading: a page fetched in vain costs a second, a page passed over is an event missed. It deserves its page where it
    names China with AI, with the United States or with a measure, or AI with a measure.
    """
    text = f"{title}\n{summary}"
    us, china, ai, strong = _counts(text)
    measure = bool(load_topic().measure.search(text))
    signs = [
        word
        for word, there in (
            ("the United States", us),
            ("China", china),
            ("AI or what it runs on", ai),
            ("a measure", measure),
        )
        if there
    ]
    reason = f"headline and summary name {', '.join(signs) or 'nothing of the subject'}"
    if us and china and strong:
        return Verdict(on_topic=True, relevance=0.9, reason=reason)
    wanted = (china and (ai or us or measure)) or (strong and measure)
    return Verdict(on_topic=bool(wanted), relevance=0.5 if wanted else 0.1 * len(signs), reason=reason)


def families(text: str) -> tuple[str, ...]:
    """The policy families that the text is about: named in its lead, or at least twice."""
    lead = text[:LEAD]
    return tuple(sorted(f for f, p in load_topic().families.items() if p.search(lead) or len(p.findall(text)) >= 2))


@Language.component("rivalry_topic", assigns=["doc._.verdict"])
def rivalry_topic(doc: Doc) -> Doc:
    """Set ``doc._.verdict`` to the verdict on the document's text."""
    doc.user_data[_VERDICT] = asdict(
        judge(doc.text)
    )  # as plain values, which spaCy can store and send between processes
    return doc
