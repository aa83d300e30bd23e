"""Whom a pronoun or a bare noun phrase means: "the company", "the ministry", "it" as the subject of a trigger.

The nearest fitting name before it in the document is taken, in the manner of Hobbs (1978) reduced to what news prose needs: names of
the same sentence first, then those of the sentences before, subjects before the rest. What nothing fits stays unresolved.
"""

from __future__ import annotations

from spacy.tokens import Doc, Span, Token

from extractors.language.knowledge import load_knowledge

REACH = 3
"""Sentences back in which a name may stand."""
# What a noun can stand for: words that the name of a body of that sort has, or the sort itself.
_BODIES = {
    "ministry": ("ministry",),
    "department": ("department",),
    "commission": ("commission",),
    "committee": ("committee",),
    "agency": ("agency", "administration", "bureau", "office", "service"),
    "bureau": ("bureau",),
    "regulator": ("administration", "commission", "authority", "agency", "bureau", "office"),
    "watchdog": ("administration", "commission", "authority", "agency", "bureau", "office"),
    "administration": ("administration",),
    "university": ("university", "institute"),
    "court": ("court",),
    "embassy": ("embassy",),
}
_FIRMS = frozenset(
    "company firm chipmaker maker chip-maker startup start-up developer group manufacturer foundry giant supplier carmaker conglomerate designer".split()
)
_PERSONS = frozenset({"he", "she"})
_PRONOUNS = _PERSONS | {"it"}
_NOUNS = _FIRMS | set(_BODIES)
_BE = frozenset("be been being is are was were".split())
_PUBLIC = ("ministry", "department", "commission", "bureau", "administration", "office", "committee", "court", "senate", "house", "congress", "agency", "council", "parliament")  # fmt: skip


def antecedent(trigger: Span, names: list[Span]) -> Span | None:
    """The name that the pronoun or bare noun before an active trigger stands for, where no name stands between; else nothing.

    ``names`` are the document's mentions in their order. Words rather than the parse decide, since it is weakest in short sentences.
    """
    if _passive(trigger):
        return None
    subject = _subject(trigger, names)
    if subject is None:
        return None
    before = [name for name in names if name.end <= subject.i and _within_reach(subject.doc, name, subject)]
    fitting = [name for name in before if _fits(subject.lower_, name)]
    if not fitting:
        return None
    return max(fitting, key=lambda name: (name.sent.start, name.root.dep_.startswith("nsubj"), name.start))


def _subject(trigger: Span, names: list[Span]) -> Token | None:
    doc, start = trigger.doc, trigger.sent.start
    for i in range(trigger.start - 1, start - 1, -1):
        if any(name.start <= i < name.end for name in names):
            return None
        word = doc[i].lower_
        if word in _PRONOUNS or (word in _NOUNS and i > start and doc[i - 1].lower_ in {"the", "this", "that"}):
            return doc[i]
    return None


def _passive(trigger: Span) -> bool:
    before = {t.lower_ for t in trigger.doc[max(trigger.sent.start, trigger.start - 2) : trigger.end]}
    return bool(before & _BE) and any(t.tag_ == "VBN" for t in trigger)


def _within_reach(doc: Doc, name: Span, subject: Token) -> bool:
    start, back = subject.sent.start, 0
    while back < REACH and start > 0:
        start = doc[start - 1].sent.start
        back += 1
    return name.start >= start


def _fits(word: str, name: Span) -> bool:
    full = f"{name.text} {name._.entity or ''}".lower()
    if word in _PERSONS:
        return name.label_ == "PERSON"
    if word == "it":
        return name.label_ == "ORG"
    if name.label_ != "ORG":
        return False
    if word in _BODIES:
        return any(part in full for part in _BODIES[word])
    return word in _FIRMS and not _public(name, full)


def _public(name: Span, full: str) -> bool:
    known = load_knowledge().by_name.get(name._.entity or "")
    return bool(known and known.row.get("acts_for")) or any(part in full for part in _PUBLIC)
