"""Dates and sums in text: resolved, bounded, never invented."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.events.amounts import find_amounts
from extractors.events.dates import find_dates

MONDAY = dt.date(2025, 8, 11)


@pytest.mark.parametrize(
    ("text", "date", "precision", "basis"),
    [
        ("an official told reporters on Sunday", "2025-08-10", "day", "weekday"),
        ("licences were granted on Monday", "2025-08-11", "day", "weekday"),
        ("the talks resume next Tuesday", "2025-08-12", "day", "weekday"),
        ("sales were halted in April", "2025-04-01", "month", "stated"),
        ("the rule of October 7, 2022, was widened", "2022-10-07", "day", "stated"),
        ("on 7 October 2022 the bureau acted", "2022-10-07", "day", "stated"),
        ("announced on Dec. 29", "2024-12-29", "day", "stated"),
        ("takes part on Sept. 3", "2025-09-03", "day", "stated"),
        ("it has shipped none since mid-September 2020", "2020-09-01", "month", "stated"),
        ("in the third quarter of 2024", "2024-07-01", "quarter", "stated"),
        ("three weeks ago the ministry", "2025-07-21", "week", "relative"),
        ("last month the company said", "2025-07-01", "month", "relative"),
        ("last year Beijing barred", "2024-01-01", "year", "relative"),
        ("since 2022 Washington has", "2022-01-01", "year", "stated"),
        ("yesterday the court ruled", "2025-08-10", "day", "relative"),
    ],
)
def test_expressions_resolve_against_the_publication(text: str, date: str, precision: str, basis: str) -> None:
    (found,) = find_dates(text, MONDAY)
    assert (found.date, found.precision, found.basis) == (date, precision, basis)
    assert not found.limit


@pytest.mark.parametrize(
    "text", ["on 31 February 2025", "it may 5 percent of it", "a few years earlier", "the H20 and the A100"]
)
def test_what_is_no_date_gives_none(text: str) -> None:
    assert find_dates(text, MONDAY) == []


@pytest.mark.parametrize("text", ["effective 1 December", "must comply by October 2026", "until January 1, 2027"])
def test_a_limit_is_marked(text: str) -> None:
    assert [e.limit for e in find_dates(text, MONDAY)] == [True]


@given(st.text(max_size=300), st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2040, 1, 1)))
def test_wild_text_never_crashes_and_offsets_hold(text: str, published: dt.date) -> None:
    for found in find_dates(text, published):
        assert 0 <= found.start < found.end <= len(text)
        dt.date.fromisoformat(found.date)


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("a $52.7 billion law", 52.7e9, "USD"),
        ("344 billion yuan", 344e9, "CNY"),
        ("HK$3 bn and more", 3e9, "HKD"),
        ("fined US$300,000", 300_000, "USD"),
        ("€1.5bn in aid", 1.5e9, "EUR"),
        ("¥3bn from the Japanese ministry", 3e9, "JPY"),
    ],
)
def test_sums(text: str, value: float, currency: str) -> None:
    (found,) = find_amounts(text)
    assert (found.value, found.currency) == (pytest.approx(value), currency)


@pytest.mark.parametrize(
    "text", ["$1.2tn-$1.5tn", "between $3 and $5 billion", "about ¥3bn", "$", "billions of dollars"]
)
def test_ranges_and_unknown_currencies_give_no_sum(text: str) -> None:
    assert find_amounts(text) == []


def test_without_a_publication_date_only_full_dates_are_resolved() -> None:
    found = find_dates("on Oct. 7, in April, last week, on October 7, 2022, and in 2019", None)
    assert [e.date for e in found] == ["2022-10-07", "2019-01-01"]
