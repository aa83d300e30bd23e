"""Join what the model, the knowledge files and the shapes found into one set of mentions without overlaps.

``rivalry_mentions`` sets ``doc.ents``; each carries ``span._.method``. The rules, in order:

1. Edges are cleaned: no leading article, title or nationality adjective, no possessive, no party tag.
2. Where two finds overlap, the longer wins; of the same span, knowledge gives the label over the model. A shape only fills a gap,
   or widens names that lie wholly within it.
3. A firm's name that is also its product's is the product where the text calls it an app, a model or a chatbot.
4. A model's find that knowledge tiles with names of different labels ("Huawei Ascend 910C") becomes those names.
5. What was named once is named again: other bare occurrences in the document of a name, of its acronym in brackets, or of a
   person's surname are mentions too (method ``document``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span

from extractors.language.knowledge import load_knowledge
from extractors.language.reader import NAMES
from extractors.language.rulers import ALLIANCES, KNOWN, POLICIES
from extractors.language.surnames import surname

# Below these probabilities a find of the network is more often wrong than right (measured on annotated articles that it had not seen).
AT_LEAST = {"ORG": 0.5, "PERSON": 0.4, "GPE": 0.4, "POLICY": 0.65, "PRODUCT": 0.6, "ALLIANCE": 0.5}
# Abbreviations of the field that name kinds of thing and nobody: a list of firms and chips is full of them.
KINDS_OF_THING = frozenset(
    "AI ML LLM LLMs GPU GPUs CPU CPUs NPU NPUs TPU TPUs ASIC ASICs FPGA FPGAs SoC SoCs IC ICs DRAM NAND HBM HBM2 HBM3 HBM3E SRAM EUV DUV EDA "
    "R&D IT IP API APIs CEO CFO CTO IPO GDP 5G 6G ICT VC VCs PC PCs OS".split()
)
LABELS = frozenset({"ORG", "ALLIANCE", "POLICY", "PERSON", "GPE", "PRODUCT"})

_TITLES = re.compile(
    r"^(?:(?:the|The|THE|a|an|A|An|Mr|Mrs|Ms|Dr|Prof|Professor|President|Vice|Prime|Premier|Minister|Secretary|Senator|Sen|Rep|Representative|"
    r"Congressman|Congresswoman|Chairman|Chair|Chancellor|General|Gov|Governor|Chief|CEO|Executive|Commissioner|Ambassador|Director|Judge|Justice|"
    r"Commerce|Treasury|State|Defense|Defence|Foreign|Under|Deputy|Former|former|Spokesperson|Spokesman|Spokeswoman|Attorney|US|U|S|Chinese|American|Republican|Democratic|Democrat)\.? )+"
)
_ARTICLE = re.compile(r"^(?:the|a|an|its|their|his|her|our)\s+", re.I)
_ADJECTIVE = re.compile(
    r"^(?:Chinese|American|European|Japanese|Dutch|British|(?:South )?Korean|Taiwanese|Indian|German|French|Russian|Israeli|Canadian|Australian)\s+(?=[A-Z])"
)
_POSSESSIVE = re.compile(r"(?:['’]s?|[,;:.])+$")
_ABBREVIATED = re.compile(r"(?:\b(?:Inc|Corp|Co|Ltd|Bros|No|St|Jr|Sr)|[A-Z]\.[A-Z])\.$")
_PRODUCT_AFTER = re.compile(
    r"[’']?s? (?:AI )?(?:app|apps|chatbot|model|models|assistant|application)\b|-(?:app|style|like)\b"
)
_ACRONYM = re.compile(r"\((?:the )?[“\"‘']?([A-Z][A-Za-z0-9&.-]{1,11})[”\"’']?(?:,? or [^)]*)?\)")

if not Span.has_extension("method"):
    Span.set_extension("method", default=None)


@Language.component("rivalry_mentions", requires=["doc.spans"], assigns=["doc.ents"])
def rivalry_mentions(doc: Doc) -> Doc:
    """See the module."""
    known = [_with(span, "knowledge") for span in doc.spans.get(KNOWN, ())]
    proposed = doc.spans.get(NAMES, doc.ents)
    model = [m for span in proposed if _likely(span) and (m := _cleaned(span, "model"))]
    shapes = [_with(span, "shape") for key in (ALLIANCES, POLICIES) for span in doc.spans.get(key, ())]
    model = [tile for span in model for part in _owner_apart(span) for tile in _tiles(part, known)]
    chosen = _with_shapes(_without_overlaps([*known, *model]), shapes)
    chosen += _again(doc, chosen)
    chosen = [_as_product(span) for span in _without_overlaps(chosen)]
    doc.set_ents(chosen, default="outside")
    methods = {(s.start, s.end): s._.method for s in chosen}
    for ent in doc.ents:
        ent._.method = methods[ent.start, ent.end]
    return doc


def _likely(span: Span) -> bool:
    """A label of ours, and probable enough; another model's entities carry no probability and are all taken."""
    if span.text in KINDS_OF_THING:
        return False
    return span.label_ in LABELS and (span._.score is None or span._.score >= AT_LEAST[span.label_])


def _with(span: Span, method: str, label: str | None = None) -> Span:
    made = Span(span.doc, span.start, span.end, label=label or span.label_)
    made._.method, made._.score = method, span._.score
    return made


def _cleaned(span: Span, method: str) -> Span | None:
    """The span with its edges cleaned, or nothing where nothing is left."""
    text = span.text
    lead = _TITLES.match(text) if span.label_ == "PERSON" else _ARTICLE.match(text)
    start = span.start_char + (lead.end() if lead else 0)
    if span.label_ in {"ORG", "POLICY"} and text not in load_knowledge().surfaces:
        adjective = _ADJECTIVE.match(span.doc.text[start : span.end_char])
        if adjective and re.search(r"(?i)\b(ministry|department|embassy|government|army|academy of sciences)\b", text):
            start += adjective.end()
    tail = None if _ABBREVIATED.search(text) else _POSSESSIVE.search(text)
    end = span.end_char - (len(tail[0]) if tail else 0)
    if start >= end:
        return None
    made = span.doc.char_span(start, end, label=span.label_, alignment_mode="contract")
    if made is None or not made.text.strip():
        return None
    made._.method, made._.score = method, span._.score
    return made


def _owner_apart(span: Span) -> list[Span]:
    """Owner and owned of a find such as "Commerce Department's Bureau of Industry and Security", where the owner is a known name."""
    surfaces = load_knowledge().surfaces
    for token in span[1:-1]:
        if token.lower_ in {"'s", "’s"} and span.text.replace("’", "'") not in surfaces:
            owner = span.doc[span.start : token.i]
            rows = surfaces.get(owner.text)
            if rows:
                owned = Span(span.doc, token.i + 1, span.end, label=span.label_)
                return [_with(owner, "knowledge", rows[0][0].label), _with(owned, span._.method)]
    return [span]


def _tiles(span: Span, known: Iterable[Span]) -> list[Span]:
    """Names of different labels that together fill a model's find; otherwise the find itself."""
    inside = [k for k in known if k.start >= span.start and k.end <= span.end]
    if len({k.label_ for k in inside}) > 1 and sum(len(k) for k in inside) == len(span):
        return inside
    return [span]


def _with_shapes(chosen: list[Span], shapes: Iterable[Span]) -> list[Span]:
    """The chosen spans and the shapes that cross none of them; a name of an instrument or grouping within a shape keeps it out."""
    kept = list(chosen)
    for shape in shapes:
        met = [s for s in kept if s.start < shape.end and shape.start < s.end]
        inside = all(shape.start <= s.start and s.end <= shape.end for s in met)
        if inside and not any(s.label_ in {"POLICY", "ALLIANCE"} for s in met):
            kept = [s for s in kept if s not in met]
            kept.append(shape)
    return kept


def _as_product(span: Span) -> Span:
    """The span as PRODUCT where the words around it say that the firm's name stands for its app or model."""
    if span.label_ != "ORG" or not _PRODUCT_AFTER.match(span.doc.text[span.end_char : span.end_char + 24]):
        return span
    rows = load_knowledge().surfaces.get(span.text, ())
    if not any(known.row.get("sector") in {"model", "internet"} for known, _ in rows):
        return span
    return _with(span, span._.method, "PRODUCT")


def _without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Longest first; of one span, knowledge before the model before a shape before repetition."""
    order = {"knowledge": 0, "model": 1, "shape": 2, "document": 3}
    taken: set[int] = set()
    chosen = []
    for span in sorted(spans, key=lambda s: (-len(s), order[s._.method], s.start)):
        if taken.isdisjoint(range(span.start, span.end)):
            taken.update(range(span.start, span.end))
            chosen.append(span)
    return sorted(chosen, key=lambda s: s.start)


def _again(doc: Doc, chosen: list[Span]) -> list[Span]:
    """Bare occurrences of names that the document has already given."""
    labels: dict[str, str] = {}
    surfaces = load_knowledge().surfaces
    for span in chosen:
        if span.label_ == "PERSON":
            alone = surname(span.text)
            if alone != span.text and len(alone) > 2:  # "He" and "Xi" are left to the network
                labels.setdefault(alone, "PERSON")
        elif span._.method == "knowledge" and span.text.replace("’", "'") not in surfaces:
            continue  # "The Information": without its article the name is a word like any other
        elif span.label_ in {"ORG", "ALLIANCE", "POLICY", "PRODUCT"}:
            labels.setdefault(span.text, span.label_)
            short = _ACRONYM.match(doc.text[span.end_char :].lstrip()[:24])
            if short:
                labels.setdefault(short[1], span.label_)
        else:
            labels.setdefault(span.text, span.label_)
    labels = {s: label for s, label in labels.items() if len(s) > 1 and not s.islower()}
    matcher = PhraseMatcher(doc.vocab, attr="ORTH")
    for surface in labels:
        matcher.add(surface, [Doc(doc.vocab, words=_words(doc, surface))])
    taken = {i for span in chosen for i in range(span.start, span.end)}
    found = []
    for key, start, end in matcher(doc):
        if taken.isdisjoint(range(start, end)):
            span = Span(doc, start, end, label=labels[doc.vocab.strings[key]])
            span._.method = "document"
            found.append(span)
    return found


def _words(doc: Doc, surface: str) -> list[str]:
    """The words of a surface as this document splits them (it was found there)."""
    start = doc.text.find(surface)
    span = doc.char_span(start, start + len(surface)) if start >= 0 else None
    return [t.text for t in span] if span is not None else surface.split()
