"""Money as news text states it: currency and magnitude, never guessed.

A range ("$1.2tn-$1.5tn") or a bound without a number gives no amount: a single figure that the text does not state would be
an invention.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SYMBOLS = {
    "US$": "USD", "HK$": "HKD", "NT$": "TWD", "A$": "AUD", "C$": "CAD", "S$": "SGD", "$": "USD", "€": "EUR", "£": "GBP",
    "₩": "KRW", "¥": None, "CN¥": "CNY", "RMB": "CNY", "CNY": "CNY", "USD": "USD", "EUR": "EUR",
}  # fmt: skip
_WORDS = {
    "dollar": "USD", "yuan": "CNY", "renminbi": "CNY", "euro": "EUR", "yen": "JPY", "won": "KRW", "pound": "GBP", "rupee": "INR", "dirham": "AED", "riyal": "SAR",
}  # fmt: skip
_QUALIFIED = {
    "hong kong": "HKD",
    "taiwan": "TWD",
    "new taiwan": "TWD",
    "singapore": "SGD",
    "australian": "AUD",
    "canadian": "CAD",
    "us": "USD",
    "u.s.": "USD",
    "american": "USD",
}
_SCALE = {
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "m": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "b": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
    "t": 1e12,
}

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = r"thousand|million|billion|trillion|bn|mn|tn|k|m|b|t"
_BEFORE = re.compile(
    rf"(?P<symbol>US\$|HK\$|NT\$|A\$|C\$|S\$|CN¥|RMB|CNY|USD|EUR|[$€£₩¥]) ?(?P<number>{_NUMBER})(?:[ -]?(?P<unit>{_UNIT})\b)?",
    re.I,
)
_AFTER = re.compile(
    rf"\b(?P<number>{_NUMBER})(?: (?P<unit>thousand|million|billion|trillion))? (?:(?P<of>Hong Kong|New Taiwan|Taiwan|Singapore|Australian|Canadian|U\.S\.|US|American) )?"
    r"(?P<word>dollar|yuan|renminbi|euro|yen|won|pound|rupee|dirham|riyal)s?\b",
    re.I,
)
_RANGE = re.compile(r"\s?(?:-|–|—|to)\s?(?:US\$|[$€£¥])?\s?\d", re.I)
_BETWEEN = re.compile(r"\bbetween [^.;]{0,40}$", re.I)


@dataclass(frozen=True, slots=True)
class Amount:
    """One stated sum: code points into the text given, in units of ``currency`` (ISO 4217)."""

    start: int
    end: int
    value: float
    currency: str


def find_amounts(text: str) -> list[Amount]:
    """Every single sum with a known currency. A bare ``¥`` (yen or yuan) counts only where the text names one of them."""
    found, taken = [], set()
    for match in (*_BEFORE.finditer(text), *_AFTER.finditer(text)):
        if not taken.isdisjoint(range(match.start(), match.end())):
            continue
        taken.update(range(match.start(), match.end()))
        currency = _currency(match, text)
        if (
            currency is None
            or _RANGE.match(text[match.end() :])
            or _BETWEEN.search(text[: match.start()])
            or re.search(r"\d\s?[-–]\s?$", text[: match.start()])
        ):
            continue
        value = float(match["number"].replace(",", "")) * _SCALE.get((match["unit"] or "").lower(), 1.0)
        found.append(Amount(match.start(), match.end(), value, currency))
    return _without_ranges(sorted(found, key=lambda a: a.start), text)


def _currency(match: re.Match[str], text: str) -> str | None:
    groups = match.groupdict()
    if groups.get("word"):
        return _QUALIFIED.get((groups.get("of") or "").lower()) or _WORDS[groups["word"].lower()]
    symbol = match["symbol"].upper()
    if symbol == "¥":
        yuan, yen = (
            bool(re.search(r"\b(?:yuan|China|Chinese)\b", text)),
            bool(re.search(r"\b(?:yen|Japan|Japanese)\b", text)),
        )
        return "CNY" if yuan and not yen else "JPY" if yen and not yuan else None
    return _SYMBOLS[symbol]


def _without_ranges(rows: list[Amount], text: str) -> list[Amount]:
    """Drop the second end of a range whose first end was dropped or stands before it."""
    return [
        a
        for a in rows
        if not re.search(
            r"\d\s?(?:k|m|bn|tn|mn|b|t|million|billion|trillion)?\s?(?:-|–|—|to)\s?$", text[: a.start], re.I
        )
    ]
