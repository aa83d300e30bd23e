"""Where a find of the network really begins and ends, and what it holds: small rules of spelling, each with its reason.

The network sees words; what can be read off the characters is mended here: articles, titles, possessives, brackets and quotes left
half open, two names taken as one. Spans in, spans out; nothing here decides between overlapping finds.
"""

from __future__ import annotations

import re

from spacy.tokens import Doc, Span

from extractors.language.knowledge import load_knowledge
from extractors.language.spans import text_of

_TITLES = re.compile(
    r"^(?:(?:the|The|THE|a|an|A|An|Mr|Mrs|Ms|Dr|Prof|Professor|President|Vice|Prime|Premier|Minister|Secretary|Senator|Sen|Rep|Representative|"
    r"Congressman|Congresswoman|Chairman|Chair|Chancellor|General|Gov|Governor|Chief|CEO|Executive|Commissioner|Ambassador|Director|Judge|Justice|"
    r"Commerce|Treasury|State|Defense|Defence|Foreign|Under|Deputy|Former|former|Spokesperson|Spokesman|Spokeswoman|Attorney|US|U|S|Chinese|American|Republican|Democratic|Democrat)\.? )+"
)
_ARTICLE = re.compile(r"^(?:the|a|an|its|their|his|her|our)\s+", re.I)
_ADJECTIVE = re.compile(
    r"^(?:Chinese|American|European|Japanese|Dutch|British|(?:South )?Korean|Taiwanese|Indian|German|French|Russian|Israeli|Canadian|Australian)\s+(?=[A-Z])"
)
_BODY = re.compile(r"(?i)\b(ministry|department|embassy|government|army|academy of sciences)\b")
_POSSESSIVE = re.compile(r"(?:['’‘]s?|[,;:.])+$")
_ABBREVIATED = re.compile(r"(?:\b(?:Inc|Corp|Co|Ltd|Bros|No|St|Jr|Sr)|[A-Z]\.[A-Z])\.$")
# An office after a body's name belongs to the person named next, not to the body.
_OFFICE_AFTER = re.compile(
    r"(?:\s+(?:[Ss]pecial|[Cc]hair(?:man|woman)?|[Ss]ecretary|[Dd]irector|[Pp]resident|[Cc]hief|[Ss]pokes(?:man|woman|person)|"
    r"[Ee]nvoy|[Aa]dvis[eo]r|[Cc]ommissioner|[Aa]nalyst|[Oo]fficials?|CEO|CFO))+$"
)
# What kind of thing a product is, said after its name.
_KIND_AFTER = re.compile(
    r"(?:\s+(?:AI|[GNTCX]PUs?|chips?|processors?|accelerators?|chipsets?|servers?|models?|apps?|chatbots?|series|software|smartphones?|phones?))+$"
)
_LOOSE_END = re.compile(r"(?:\s+(?:of|the|a|an|and|or|for|in|to|on|at|by|with|from|as|its|&|[-–—]))+$")
_SECTION = re.compile(r"^([Ss]ection \d+[A-Za-z]?(?:\([a-z0-9]+\))*) of (?:the )?(.+)$")
_YEAR_OF_ACT = re.compile(r"^(?: \([A-Z]{3,6}\))? for (?:Fiscal Year|FY) ?(?:20)?\d\d\b")
_STATE_STYLE = re.compile(r"\b(?:Commonwealth|Republic|Kingdom|Emirate) of $")
_OPEN_HEAD = re.compile(
    r"\b(?:Plan|Measures|Regulations?|Provisions|Opinions|Guidelines|Guidance|Notice|Framework|Principles|Order|Declaration)$"
)
_OPEN_END = re.compile(
    r" (?:for|on|to) (?:the )?[A-Z][\w’'-]+(?: (?:(?:and|of|for|in|the|from|to|with) )*[A-Z][\w’'-]+)+"
)
_WRITING = re.compile(
    r"\b(?:op-ed|article|report|essay|book|column|paper|piece|study|headlined|titled)\b,? (?:titled |called |headlined )?[“\"‘'][^”\"]*$",
    re.I,
)
_LOWER_POLICY = re.compile(
    r"\b(?:lists?|rules?|acts?|laws?|orders?|plans?|bills?|tariffs?|programmes?|programs?|initiative|strategy|framework|provisions?|policy|doctrine|"
    r"standards?|regulations?|directive|regime|treaty|guidelines|measures|scheme|ban|waiver|licen[cs]e|exemption)\b"
)
_BODY_WORD = re.compile(
    r"(?i)\b(?:department|ministry|bureau|office|commission|agency|council|committee|house|party|university)\b"
)
_OFFICE_OF_STATE = re.compile(r" (?:(?:Under|Deputy|Assistant) ?)?(?:Secretary|Undersecretary|Minister)\b")
_OFFICES = frozenset(
    "commerce treasury defense defence state energy labor interior crypto president justice foreign".split()
)
_GERUND_END = re.compile(r"(?:ing|\bfor|\bof|\bto|\bon|\band)$")
_ACT_END = re.compile(r"\b(?:Act|Law|Bill|Plan|Rule|Initiative)$")
# Words that are a name only as part of one.
_NEVER_ALONE = frozenset(
    "ministry department commission committee bureau agency office press international national congressional counter trust group company "
    "chinese american european japanese dutch korean president secretary minister energy crypto government".split()
) | {"national security", "national intelligence", "central processing", "artificial intelligence", "homeland security"}


def mended(span: Span) -> list[Span]:
    """The names that a find of the network holds, with their edges where the spelling puts them; none where nothing is left."""
    pieces = [
        piece for closed in _closed(span) for section in sections_apart(closed) for piece in _owner_apart(section)
    ]
    parts = [clean for part in pieces for one in _maker_apart(part) if (clean := cleaned(widened(one))) is not None]
    return [part for part in parts if _can_stand(part)]


def _can_stand(span: Span) -> bool:
    """Whether the words can be a name of their label by themselves."""
    words = span.text.lower()
    if span.label_ == "PERSON" and words in _OFFICES:
        return False
    if span.label_ == "POLICY" and span.text.islower() and not _known(span.text):
        return bool(_LOWER_POLICY.search(words))
    if (
        span.label_ == "ORG"
        and not _BODY_WORD.search(span.text)
        and _OFFICE_OF_STATE.match(text_of(span.doc), span.end_char)
    ):
        return False
    return words not in _NEVER_ALONE or _known(span.text)


def in_title(span: Span) -> bool:
    """Whether a shape lies in a headline's capitals and holds a verb, or in the title of a writing: then its capitals mean nothing."""
    text = text_of(span.doc)
    line_start = text.rfind("\n", 0, span.start_char) + 1
    line_end = text.find("\n", span.end_char)
    words = [w for w in text[line_start : line_end if line_end >= 0 else len(text)].split() if w[0].isalpha()]
    capitals = sum(w[0].isupper() for w in words) > 0.7 * len(words)
    if capitals and len(words) > 4 and any(t.pos_ in {"VERB", "AUX"} for t in span):
        return True
    return bool(_WRITING.search(text[max(line_start, span.start_char - 60) : span.start_char]))


def cleaned(span: Span) -> Span | None:
    """The span without article, title, nationality, possessive and office at its edges, or nothing where nothing is left."""
    text = span.text
    lead = _TITLES.match(text) if span.label_ == "PERSON" else _ARTICLE.match(text)
    start = span.start_char + (lead.end() if lead else 0)
    if span.label_ in {"ORG", "POLICY"} and not _known(text):
        adjective = _ADJECTIVE.match(text_of(span.doc)[start : span.end_char])
        if adjective and _BODY.search(text):
            start += adjective.end()
    tail = None if _ABBREVIATED.search(text) else _POSSESSIVE.search(text)
    end = span.end_char - (len(tail[0]) if tail else 0)
    after = {"ORG": _OFFICE_AFTER, "PRODUCT": _KIND_AFTER}.get(span.label_)
    for pattern in (after, _LOOSE_END):
        surplus = pattern.search(text_of(span.doc)[start:end]) if pattern and not _known(text) else None
        if surplus and surplus.start():
            end = start + surplus.start()
    return _made(span, start, end)


def _known(text: str) -> bool:
    return _known_label(text) is not None


def _known_label(text: str) -> str | None:
    """The label that the knowledge files give a surface first; nothing where they don't list it."""
    rows = load_knowledge().surfaces.get(text.replace("’", "'"))
    return rows[0][0].label if rows else None


def _made(span: Span, start: int, end: int) -> Span | None:
    """The words between two characters, as sure as the span; nothing where there are none."""
    if start >= end:
        return None
    made = span.doc.char_span(start, end, alignment_mode="contract")
    if made is None or not made.text.strip():
        return None
    return _cut(span, made, span.label_)


def _cut(span: Span, words: Span, label: str) -> Span:
    """The words under a label, as sure as the span that they were found with."""
    made = Span(span.doc, words.start, words.end, label=label)
    made._.score = span._.score
    return made


def _closed(span: Span) -> list[Span]:
    """The parts of a find on the two sides of a bracket or closing quote that it does not open: ``"AI Plus" initiative``."""
    text = span.text
    for opening, closing in (("(", ")"), ("“", "”"), ('"', '"')):
        at = text.find(closing)
        if at > 0 and (text.count(closing) == 1 if opening == closing else opening not in text[:at]):
            parts = [_made(span, span.start_char, span.start_char + at)]
            if closing == ")":
                parts.append(_made(span, span.start_char + at + 1, span.end_char))
            return [p for p in parts if p is not None]
    at = text.find("(")
    if at > 0 and ")" not in text[at:]:
        return [p for p in [_made(span, span.start_char, span.start_char + at)] if p is not None]
    return [span]


def sections_apart(span: Span) -> list[Span]:
    """The section and its act, which are two names: "Section 301 of the Trade Act of 1974"."""
    section = _SECTION.match(span.text) if span.label_ == "POLICY" else None
    if not section:
        return [span]
    rows = [_made(span, span.start_char + section.start(g), span.start_char + section.end(g)) for g in (1, 2)]
    return [row for row in rows if row is not None]


def _maker_apart(span: Span) -> list[Span]:
    """Maker and product of "Huawei Ascend 910C", which are two names."""
    if span.label_ != "PRODUCT":
        return [span]
    for i in range(len(span) - 1, 0, -1):
        maker, rest = span[:i], span[i:]
        begins_a_name = rest.text[0].isupper() or rest.text[0].isdigit()
        if maker[-1].whitespace_ and begins_a_name and _known_label(maker.text) == "ORG":
            return [_cut(span, maker, "ORG"), _cut(span, rest, "PRODUCT")]
    return [span]


def _owner_apart(span: Span) -> list[Span]:
    """Owner and owned of a find such as "Commerce Department's Bureau of Industry and Security", where the owner is a known name."""
    if _known(span.text):
        return [span]
    for token in span[1:-1]:
        left, right = span.doc[span.start : token.i], span.doc[token.i + 1 : span.end]
        owner, other = _known_label(left.text), _known_label(right.text)
        if owner is None:
            continue
        if token.lower_ in {"'s", "’s", "‘s"}:
            return [_cut(span, left, owner), _cut(span, right, span.label_)]
        in_state = token.lower_ == "of" and (owner, other) == ("ORG", "GPE")
        if in_state or (token.lower_ == "and" and other is not None):
            return [_cut(span, left, owner), _cut(span, right, other)]
    return [span]


def widened(span: Span) -> Span:
    """A policy's title as far as its capitals go, or its quotation marks: the words that were cut off at either end.

    A state's style before its name ("Commonwealth of Virginia") goes in.
    """
    if span.label_ == "GPE":
        style = _STATE_STYLE.search(text_of(span.doc)[max(0, span.start_char - 16) : span.start_char])
        return (style and _made(span, span.start_char - len(style[0]), span.end_char)) or span
    if span.label_ != "POLICY":
        return span
    quoted = _quoted_title(span)
    if quoted is not None:
        return quoted
    doc, start, end = span.doc, span.start, span.end
    if _GERUND_END.search(span.text):
        while end < len(doc) and doc[end].text[:1].isupper() and doc[end].is_alpha:
            end += 1
    open_end = (
        _OPEN_END.match(text_of(doc)[span.end_char : span.end_char + 160]) if _OPEN_HEAD.search(span.text) else None
    )
    if open_end:
        wider = doc.char_span(span.start_char, span.end_char + open_end.end(), alignment_mode="contract")
        end = wider.end if wider is not None else end
    if _ACT_END.search(span.text):
        while start > doc[start].sent.start + 1 and _title_word(doc, start - 1):
            start -= 1
    last = doc[end - 1].idx + len(doc[end - 1])
    year = _YEAR_OF_ACT.match(text_of(doc)[last : last + 60])
    if year and _ACT_END.search(doc[start:end].text):
        wider = doc.char_span(doc[start].idx, last + year.end(), alignment_mode="contract")
        end = wider.end if wider is not None else end
    if (start, end) == (span.start, span.end):
        return span
    return _cut(span, doc[start:end], "POLICY")


def _quoted_title(span: Span) -> Span | None:
    """The whole title in quotation marks that a find is the beginning or an end of, where all its long words have capitals."""
    text = text_of(span.doc)
    start = max(text.rfind("“", 0, span.start_char + 1), text.rfind('"', 0, span.start_char + 1)) + 1
    ends = [i for i in (text.find("”", span.end_char), text.find('"', span.end_char)) if i >= 0]
    if not start or not ends or span.start_char - start > 120:
        return None
    title = text[start : min(ends)]
    words = [w for w in re.findall(r"[A-Za-z][\w’'-]*", title) if len(w) > 3]
    if not 4 <= len(words) <= 30 or "\n" in title or not all(w[0].isupper() for w in words):
        return None
    return _made(span, start, min(ends))


def _title_word(doc: Doc, i: int) -> bool:
    """A capitalised gerund in mid-sentence ("for Creating Helpful …") opens a title; a name or an adjective may not belong to it."""
    return doc[i].text[:1].isupper() and doc[i].text.endswith("ing") and len(doc[i].text) > 5
