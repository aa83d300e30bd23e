"""Names found by rule: what the knowledge files list, and alliances and policies found by their shape.

Three spaCy factories that only need tokens, so that they can be added to any pipeline. Each leaves its finds in
``doc.spans`` under its own key; ``rivalry_mentions`` joins them with the model's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from extractors.language.knowledge import load_knowledge
from extractors.language.spans import text_of

KNOWN, ALLIANCES, POLICIES = "knowledge", "alliance_shapes", "policy_shapes"

_WORD = r"(?:[A-Z][\w’'&.-]*|[A-Z0-9][\w-]*)"
_LINK = r"(?:of|for|and|on|in|to|the|&|against|with|from)"
_NAME = rf"(?:{_WORD} )(?:(?:{_WORD}|{_LINK}) ){{0,9}}?"

ALLIANCE_HEADS = r"(?:Alliance|Coalition|Consortium|Partnership|Pact|Entente|League|Compact)"
POLICY_HEADS = (
    r"(?:Act|Law|Bill|Rule|Rules|Order|Regulation|Regulations|Directive|List|Plan|Strategy|Program|Programme|Framework|"
    r"Declaration|Principles|Guidelines|Measures|Provisions|Treaty|Proclamation|Memorandum|Doctrine|Ordinance|Blueprint|Roadmap)"
)
_ALLIANCE = re.compile(rf"\b{_NAME}{ALLIANCE_HEADS}\b(?: (?:of|for|on) (?:the )?{_WORD}(?: (?:and )?{_WORD}){{0,4}})?")
_POLICY = re.compile(rf"\b{_NAME}{POLICY_HEADS}\b(?: of (?:19|20)\d\d)?")
_NUMBERED = re.compile(
    r"\b(?:Executive Order|E\.?O\.?|Proclamation|Presidential Memorandum|Public Law|Decree|Order No\.|Announcement No\.) ?(?:No\. )?\d[\d-]*\b"
    r"|\bSection \d{3}\b(?: tariffs?)?(?: of the (?:[A-Z]\w+ )+Act(?: of \d{4})?)?"
    r"|\b(?:H\.R\.|S\.) ?\d{2,5}\b"
)
_CALLED = re.compile(
    r"\b(?P<head>alliance|coalition|consortium|partnership|pact|bloc|grouping|joint venture|bill|law|act|rule|plan|programme|program|strategy)"
    r",? (?:called|named|dubbed|known as|titled|entitled) (?:the )?[“\"‘']?(?P<name>[A-Z][\w&’'.-]*(?: (?:[A-Z0-9][\w&’'.-]*|of|for|and|on|in|to|the)){0,9}[\w])"
)
_ALLIANCE_WORDS = {"alliance", "coalition", "consortium", "partnership", "pact", "bloc", "grouping", "joint venture"}
# A capitalised first word of a sentence or a determiner is no part of a name; nor is a nationality adjective or a year.
_LEADING = re.compile(
    r"^(?:(?:The|A|An|This|That|These|Its|Their|Under|In|By|On|For|With|And|But|While|When|As|If|After|Before|Since|Both|Each|Any|Our|His|Her|"
    r"New|Proposed|Revised|Draft|(?:19|20)\d\d|FY ?\d{2,4}|fiscal \d{4}|American|Chinese|European|Japanese|Dutch|British|Korean|Taiwanese|Indian|German|French|"
    r"Senate|House|Congress|Beijing|Washington|President|Secretary|Mr\.?|Ms\.?)[’']?s? )+"
)
_OWNER = re.compile(r"[’']s? |\b(?:under|of|on|in|to|from|with|and|against) the (?=[A-Z])")


@Language.factory("knowledge_ruler", assigns=["doc.spans"])
def make_knowledge_ruler(nlp: Language, name: str) -> KnowledgeRuler:
    return KnowledgeRuler(nlp)


class KnowledgeRuler:
    """Every surface form that the knowledge files list, where its guard allows it.

    The label of a find is the first candidate's; ``rivalry_mentions`` looks the surface up again to link it. A text in capitals
    is matched against capitals.
    """

    def __init__(self, nlp: Language) -> None:
        self.knowledge = load_knowledge()
        self._exact, self._capitals = PhraseMatcher(nlp.vocab, attr="ORTH"), PhraseMatcher(nlp.vocab, attr="LOWER")
        surfaces = list(self.knowledge.surfaces)
        self._exact.add("exact", list(nlp.tokenizer.pipe(surfaces)))
        self._exact.add("plain", list(nlp.tokenizer.pipe(s.replace("'", "’") for s in surfaces if "'" in s)))
        self._lower = {s.lower(): s for s in surfaces if len(s) > 3}
        self._capitals.add("capitals", list(nlp.tokenizer.pipe(self._lower.values())))

    def __call__(self, doc: Doc) -> Doc:
        text, found = text_of(doc).replace("’", "'"), []
        for _, start, end in self._exact(doc):
            found += self._spans(doc, text, start, end, doc[start:end].text.replace("’", "'"))
        for start, end in _capital_lines(doc):
            for _, a, b in self._capitals(doc[start:end]):
                surface = self._lower.get(doc[start + a : start + b].text.lower())
                found += self._spans(doc, text, start + a, start + b, surface) if surface else []
        doc.spans[KNOWN] = filter_spans(found)
        return doc

    def _spans(self, doc: Doc, text: str, start: int, end: int, surface: str) -> list[Span]:
        candidates = self.knowledge.surfaces.get(surface) or self.knowledge.surfaces.get(doc[start:end].text)
        if not candidates:
            return []
        line = _line_around(text, doc[start].idx)
        if doc[start].lower_ == "the" and end - start > 1:  # a leading article is no part of a mention
            start += 1
        allowed = [known for known, guard in candidates if guard is None or guard.allows(text, line)]
        return [Span(doc, start, end, label=allowed[0].label)] if allowed else []

    def to_disk(self, path: object, *, exclude: Iterable[str] = ()) -> None:
        """Nothing: the files come with the package."""

    def from_disk(self, path: object, *, exclude: Iterable[str] = ()) -> KnowledgeRuler:
        return self


def _line_around(text: str, place: int) -> str:
    """The sentence-like stretch around a place: between full stops followed by space, or line ends."""
    start = max(text.rfind("\n", 0, place), text.rfind(". ", 0, place)) + 1
    ends = [e for e in (text.find("\n", place), text.find(". ", place)) if e >= 0]
    return text[start : min(ends, default=len(text))]


def _capital_lines(doc: Doc) -> list[tuple[int, int]]:
    """Lines written in capitals: more than three letters in four are upper case, over at least four words."""
    lines, start = [], 0
    for i, token in enumerate(doc):
        if "\n" in token.text or i + 1 == len(doc):
            words = [t.text for t in doc[start : i + 1] if t.is_alpha]
            letters = "".join(words)
            if len(words) >= 4 and sum(c.isupper() for c in letters) > 0.75 * len(letters):
                lines.append((start, i + 1))
            start = i + 1
    return lines


def _shape_spans(doc: Doc, finds: Iterable[tuple[int, int, str]]) -> list[Span]:
    spans = []
    for start, end, label in finds:
        surface = text_of(doc)[start:end]
        owner = max((m.end() for m in _OWNER.finditer(surface)), default=0)  # "Commerce Department's Entity List"
        lead = _LEADING.match(surface[owner:])
        start += owner + (lead.end() if lead else 0)
        if len(text_of(doc)[start:end].split()) < 2:
            continue
        span = doc.char_span(start, end, label=label)
        if span is not None:
            spans.append(span)
    return filter_spans(spans)


@Language.component("alliance_ruler", assigns=["doc.spans"])
def alliance_ruler(doc: Doc) -> Doc:
    """Alliances by shape: a capitalised name that ends in a head noun of grouping, or a grouping "called" so."""
    finds = [(m.start(), m.end(), "ALLIANCE") for m in _ALLIANCE.finditer(text_of(doc))]
    finds += [
        (m.start("name"), m.end("name"), "ALLIANCE")
        for m in _CALLED.finditer(text_of(doc))
        if m["head"] in _ALLIANCE_WORDS
    ]
    doc.spans[ALLIANCES] = _shape_spans(doc, finds)
    return doc


@Language.component("policy_ruler", assigns=["doc.spans"])
def policy_ruler(doc: Doc) -> Doc:
    """Policies by shape: a capitalised name with an instrument's head noun, a numbered order or section, or a bill "called" so."""
    finds = [(m.start(), m.end(), "POLICY") for p in (_POLICY, _NUMBERED) for m in p.finditer(text_of(doc))]
    finds += [
        (m.start("name"), m.end("name"), "POLICY")
        for m in _CALLED.finditer(text_of(doc))
        if m["head"] not in _ALLIANCE_WORDS
    ]
    doc.spans[POLICIES] = _shape_spans(doc, finds)
    return doc
