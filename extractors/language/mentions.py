"""Join what the model, the knowledge files and the shapes found into one set of mentions without overlaps.

``rivalry_mentions`` sets ``doc.ents``; each carries ``span._.method``. The rules, in order:

1. The edges of the network's finds are mended (``edges``): no leading article, title or nationality adjective, no possessive.
2. Where two finds overlap, the longer wins; of the same span, knowledge gives the label over the model. A shape only fills a gap,
   or widens names that lie wholly within it.
3. A firm's name that is also its product's is the product where the text calls it an app, a model or a chatbot.
4. A model's find that knowledge tiles with names of different labels ("Huawei Ascend 910C") becomes those names.
5. What was named once is named again (``agreement``): other bare occurrences in the document of a name, of its acronym in brackets, or
   of a person's surname are mentions too (method ``document``), under the same label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.language.agreement import agreed
from extractors.language.edges import in_title, mended, sections_apart, widened
from extractors.language.knowledge import load_knowledge
from extractors.language.reader import NAMES
from extractors.language.rulers import ALLIANCES, KNOWN, POLICIES
from extractors.language.spans import remade, text_of, without_overlaps

# Below these probabilities a find of the network is more often wrong than right (measured on annotated articles that it had not seen).
AT_LEAST = {"ORG": 0.5, "PERSON": 0.4, "GPE": 0.4, "POLICY": 0.65, "PRODUCT": 0.6, "ALLIANCE": 0.5}
# Abbreviations of the field that name kinds of thing and nobody: a list of firms and chips is full of them.
KINDS_OF_THING = frozenset(
    "AI ML LLM LLMs GPU GPUs CPU CPUs NPU NPUs TPU TPUs ASIC ASICs FPGA FPGAs SoC SoCs IC ICs DRAM NAND HBM HBM2 HBM3 HBM3E SRAM EUV DUV EDA "
    "R&D IT IP COVID-19 FP4 FP8 FP16 FP32 BF16 INT8 API APIs CEO CFO CTO IPO GDP 5G 6G ICT VC VCs PC PCs OS".split()
)
LABELS = frozenset({"ORG", "ALLIANCE", "POLICY", "PERSON", "GPE", "PRODUCT"})

_PRODUCT_AFTER = re.compile(
    r"[’']?s? (?:AI )?(?:app|apps|chatbot|model|models|assistant|application)\b|-(?:app|style|like)\b"
)


@Language.component("rivalry_mentions", requires=["doc.spans"], assigns=["doc.ents"])
def rivalry_mentions(doc: Doc) -> Doc:
    """See the module."""
    proposed = doc.spans.get(NAMES, doc.ents)
    model = [remade(part, "model") for span in proposed if _likely(span) for part in mended(span)]
    # Knowledge comes after the network: of the same words, its method is the one that stands.
    known = [remade(part, "knowledge") for span in doc.spans.get(KNOWN, ()) for part in sections_apart(span)]
    listed = {(span.start, span.end) for span in known}
    shapes = [
        widened(part)
        for key in (ALLIANCES, POLICIES)
        for span in doc.spans.get(key, ())
        if not in_title(span) and (span.start, span.end) not in listed
        for part in sections_apart(span)
    ]
    model = [tile for span in model for tile in _tiles(span, known)]
    chosen = _with_shapes(without_overlaps([*known, *model]), shapes)
    chosen = agreed(doc, chosen)
    chosen = [_as_product(span) for span in without_overlaps(chosen)]
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
            kept.append(remade(shape, "shape"))
    return kept


def _as_product(span: Span) -> Span:
    """The span as PRODUCT where the words around it say that the firm's name stands for its app or model."""
    if span.label_ != "ORG" or not _PRODUCT_AFTER.match(text_of(span.doc)[span.end_char : span.end_char + 24]):
        return span
    rows = load_knowledge().surfaces.get(span.text, ())
    if not any(known.row.get("sector") in {"model", "internet"} for known, _ in rows):
        return span
    return remade(span, span._.method, "PRODUCT")
