"""What a run's end prints and the page shows: a few small tables of a snapshot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from warehouse.connect import open_reader
from warehouse.rows import records

Table = list[dict[str, Any]]

TABLES: dict[str, str] = {
    # The days that have events, newest first.
    "events_by_day": """
        select day, type, direction, n_events, n_inferred, n_independent, articles_read, sources_ok, sources_failed
        from events_by_day where n_events > 0 order by day desc, type, direction""",
    # Alliances that articles mention, with the members that the knowledge file gives and those that events report.
    "alliances": """
        with met as (
            select m.entity_id, count(*) as n_mentions, count(distinct m.article_id) as n_articles
            from mentions m where m.label = 'ALLIANCE' group by 1
        ),
        seen as (
            select alliance, basis, list_sort(list(distinct member)) as members from alliance_memberships
            where basis = 'reported' and direction <> 'leave' and status in ('done', 'announced')
                or basis = 'knowledge' and to_date is null
            group by 1, 2
        )
        select n.name as alliance, n.known, met.n_articles, met.n_mentions, coalesce(k.members, []) as members,
            coalesce(r.members, []) as reported_members
        from met join entities n using (entity_id)
        left join seen k on k.alliance = n.name and k.basis = 'knowledge'
        left join seen r on r.alliance = n.name and r.basis = 'reported'
        order by met.n_articles desc, n.name, n.entity_id""",
    "policies": """
        select policy, known, issuer, family, sum(n_articles)::bigint as n_articles,
            sum(n_mentions)::bigint as n_mentions
        from policy_mentions group by policy_id, policy, known, issuer, family
        order by n_articles desc, n_mentions desc, policy, policy_id""",
    "organisations": """
        select organisation, known, kind, country, sum(n_articles)::bigint as n_articles,
            sum(n_mentions)::bigint as n_mentions
        from organisation_mentions group by organisation_id, organisation, known, kind, country
        order by n_articles desc, n_mentions desc, organisation, organisation_id""",
    "skipped": """
        select reason, meaning, count(*) as n_documents, bool_or(tried_again) as tried_again
        from skipped_documents group by reason, meaning order by n_documents desc, reason""",
}

TOTALS = """
    select (select count(*) from events) as events,
        (select count(*) from events where date_from = date_to) as events_on_a_day,
        (select count(*) from events where date is null) as events_undated, (select count(*) from articles) as articles,
        (select count(*) from articles where on_topic) as articles_on_topic,
        (select count(*) from entries e where outcome is null or exists (
            from outcome_reasons r where r.reason = e.outcome and not r.final)) as waiting,
        (select count(*) from sources) as sources,
        (select count(*) from sources where failing_since_utc is not null) as sources_failing
"""


def summary(snapshot: Path) -> dict[str, Any]:
    """The tables that the command line prints, from the whole of a snapshot.

    ``snapshot`` and ``totals`` are dictionaries; ``events_by_day``, ``alliances``, ``policies``, ``organisations`` and
    ``skipped`` lists of rows. Raises ``UserError`` where there is no snapshot.
    """
    with open_reader(snapshot) as con:
        return tables(con)


def tables(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """``summary`` of an open snapshot."""
    found: dict[str, Any] = {"snapshot": records(con, "from snapshot_info")[0], "totals": records(con, TOTALS)[0]}
    return found | {name: records(con, sql) for name, sql in TABLES.items()}
