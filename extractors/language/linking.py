"""From a mention to its canonical entity: alias, then context, then a new stable entity with what is known.

``rivalry_linker`` sets ``ent._.entity`` (canonical name), ``ent._.entity_id`` and the spaCy ``kb_id``. The steps, in order:

1. the surface stands in the knowledge files with the mention's label: of several candidates the one whose country the
   sentence or document names, and whose name the document gives in full, wins;
2. a generic body ("foreign ministry", "Commerce Department") belongs to the nationality named before it, or else to China for a
   ministry and to the United States for a department, which is how this coverage uses the words;
3. a short form (acronym in brackets, surname, head of a longer name) takes the entity of the long form in the same document;
4. otherwise the name itself, freed of its legal form, is a new entity.
"""

from __future__ import annotations

import re
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.language.knowledge import Guard, Known, load_knowledge, unknown_id
from extractors.language.spans import text_of
from extractors.language.surnames import surname

for _extension in ("entity", "entity_id"):
    if not Span.has_extension(_extension):
        Span.set_extension(_extension, default=None)

_LEGAL = re.compile(
    r",? (?:Inc|Incorporated|Corp|Corporation|Co|Company|Ltd|Limited|LLC|PLC|plc|AG|SE|NV|N\.V|B\.V|GmbH|S\.A|SA|Holdings?|Group Holdings?|Co Ltd|Co\., Ltd|Pte)\.?$"
)
_BODY = re.compile(
    r"^(?:(?:Ministry|Department) of (?:the )?(?P<of>[A-Z][\w ]+)|(?P<what>[A-Za-z]+(?: and [A-Za-z]+)?) (?P<form>[Mm]inistry|[Dd]epartment))$"
)
_DEPARTMENT_STATES = {
    "Department": "United States",
    "department": "United States",
    "Ministry": "China",
    "ministry": "China",
}
_FORMAL = {
    "foreign": "Foreign Affairs",
    "defense": "National Defense",
    "defence": "National Defense",
    "justice": "Justice",
}
_US_FORMAL = {"defense": "Defense", "defence": "Defense", "treasury": "the Treasury", "state": "State"}


class _Document:
    """What linking asks of a document again and again, computed once: a long text has thousands of names.

    ``text`` has plain apostrophes, one for one, so that offsets hold; ``order`` is its names, long forms first, so that short ones
    find them.
    """

    def __init__(self, doc: Doc) -> None:
        self.text = text_of(doc).replace("’", "'")
        self.order = [(e, e.text) for e in sorted(doc.ents, key=lambda e: (-len(e.text), e.start))]
        self._wanted: dict[Guard, bool] = {}
        self._states: dict[str, dict[str, int]] = {}

    def allows(self, guard: Guard | None, sentence: str) -> bool:
        """Whether a guarded alias counts in a sentence of the document."""
        if guard is None:
            return True
        if guard not in self._wanted:
            self._wanted[guard] = guard.wanted_in(self.text)
        return self._wanted[guard] and not guard.vetoed_in(sentence)

    def states_in(self, text: str) -> dict[str, int]:
        """How often the document, or a sentence of it, names each state."""
        if text not in self._states:
            self._states[text] = states_named(text)
        return self._states[text]


@Language.component("rivalry_linker", requires=["doc.ents"], assigns=["doc.ents"])
def rivalry_linker(doc: Doc) -> Doc:
    """See the module."""
    linked: dict[tuple[str, str], tuple[str, str]] = {}
    document = _Document(doc)
    for ent, text in document.order:
        key = (text, ent.label_)
        if ent.label_ in {"ORG", "GPE"} or key not in linked:
            linked[key] = _link(ent, document, linked)
        ent._.entity, ent._.entity_id = linked[key]
    return doc


def _link(ent: Span, document: _Document, linked: dict[tuple[str, str], tuple[str, str]]) -> tuple[str, str]:
    plain = ent.text.replace("’", "'")
    known = _candidate(plain, ent, document)
    if (
        not known and ent.start and ent.doc[ent.start - 1].lower_ == "the"
    ):  # "The Information": the article is part of the name
        known = _candidate(f"The {plain}", ent, document)
    if known:
        return _stated(known, ent)
    body = _generic_body(plain, ent)
    if body:
        return body
    long = _long_form(ent, document)
    if long is not None and (long.text, long.label_) in linked:
        return linked[long.text, long.label_]
    name = _LEGAL.sub("", plain).strip() or plain
    again = load_knowledge().surfaces.get(name)
    if again and again[0][0].label == ent.label_:
        return _stated(again[0][0], ent)
    return name, unknown_id(ent.label_, name)


def _stated(known: Known, ent: Span) -> tuple[str, str]:
    """The entity; a capital that acts as a government is its state, in a dateline or after a preposition it is the city."""
    if known.kind == "capital" and known.state and not _as_place(ent):
        state = load_knowledge().by_name[known.state]
        return state.name, state.id
    return known.name, known.id


def _as_place(ent: Span) -> bool:
    before = ent.doc[ent.start - 1] if ent.start and ent.doc[ent.start - 1].sent == ent.sent else None
    after = ent.doc[ent.end].text if ent.end < len(ent.doc) else ""
    if ent.text.isupper() and len(ent.text) > 4:
        return True
    return (
        before is not None
        and before.lower_ in {"in", "at", "near", "from", "outside", "to"}
        and after not in {"'s", "’s"}
    )


def _candidate(surface: str, ent: Span, document: _Document) -> Known | None:
    surfaces = load_knowledge().surfaces
    rows = (
        surfaces.get(surface) or _capital_surfaces().get(surface, ())
        if not surface.islower()
        else surfaces.get(surface)
    )
    rows = [(k, g) for k, g in rows or () if k.label == ent.label_]
    if not rows:
        return None
    sentence = ent.sent.text.replace("’", "'")
    if len(rows) == 1:
        known, guard = rows[0]
        return known if document.allows(guard, sentence) else None
    allowed = [k for k, g in rows if document.allows(g, sentence)] or [k for k, _ in rows]
    near, whole = document.states_in(sentence), document.states_in(document.text)

    def fit(known: Known) -> tuple[int, int, int]:
        return (known.name in document.text, near.get(known.state or "", 0), whole.get(known.state or "", 0))

    return max(allowed, key=fit)


@cache
def _capital_surfaces() -> dict[str, tuple]:
    return {s.upper(): rows for s, rows in load_knowledge().surfaces.items() if len(s) > 3}


@cache
def _state_words() -> tuple[re.Pattern[str], dict[str, str]]:
    words: dict[str, str] = {}
    for known in load_knowledge().by_id.values():
        if known.kind == "state":
            for word in (known.name, *known.aliases, *known.row.get("demonyms", ())):
                words[word] = known.name
        elif known.kind == "capital" and known.state:
            words[known.name] = known.state
    ordered = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)"), words


def states_named(text: str) -> dict[str, int]:
    """How often a text names each state: by name, capital or nationality."""
    pattern, words = _state_words()
    counts: dict[str, int] = {}
    for match in pattern.finditer(text):
        state = words[match[0]]
        counts[state] = counts.get(state, 0) + 1
    return counts


def state_before(ent: Span, reach: int = 4) -> str | None:
    """The state named by a nationality or a possessive within ``reach`` words before a name ("China's commerce ministry")."""
    pattern, words = _state_words()
    start = max(ent.sent.start, ent.start - reach)
    matches = list(pattern.finditer(ent.doc[start : ent.start].text))
    return words[matches[-1][0]] if matches else None


def _generic_body(surface: str, ent: Span) -> tuple[str, str] | None:
    match = _BODY.match(surface)
    if not match or ent.label_ != "ORG":
        return None
    form = match["form"] or surface.split(" ", 1)[0]
    what = (match["of"] or match["what"]).strip()
    state = state_before(ent) or _DEPARTMENT_STATES[form]
    if form.lower() == "department" and state == "United States":
        subject = _US_FORMAL.get(what.lower(), what[0].upper() + what[1:])
        name = f"United States Department of {subject}"
    else:
        subject = _FORMAL.get(what.lower(), what[0].upper() + what[1:])
        name = f"Ministry of {subject} of {state}"
    rows = load_knowledge().by_name.get(name)
    return (name, rows.id) if rows else (name, unknown_id("ORG", name))


def _long_form(ent: Span, document: _Document) -> Span | None:
    """The long form of the same label that this is short for: "Long Name (LN)", a surname, or the head of a longer name."""
    short, plain = ent.text, ent.text.replace("’", "'")
    for other, text in document.order:
        if len(text) <= len(short):
            return None
        if other.label_ != ent.label_:
            continue
        words = text.split()
        if ent.label_ == "PERSON" and len(words) > 1 and surname(text) == short:
            return other
        if ent.label_ in {"ORG", "PRODUCT", "ALLIANCE", "POLICY"}:
            tail = document.text[other.end_char : other.end_char + len(short) + 8]
            if re.match(rf"\s*\((?:the )?[“\"‘']?{re.escape(plain)}\b", tail):
                return other
            if ent.label_ == "ORG" and text.startswith(short + " ") and len(words) <= 5 and short not in _COMMON_HEADS:
                return other
            if short.isupper() and 2 < len(short) < 7 and _initials(words) == short:
                return other
    return None


_COMMON_HEADS = {
    "Chinese",
    "American",
    "National",
    "United",
    "China",
    "US",
    "U.S.",
    "House",
    "Senate",
    "Bank",
    "University",
    "Ministry",
    "Department",
    "Bureau",
    "Office",
}


def _initials(words: list[str]) -> str:
    return "".join(w[0] for w in words if w[0].isupper())
