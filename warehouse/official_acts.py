"""Official acts: stored as their government publishes them, and linked to named policies and to the events that report them.

An event is linked to an act only where all of this holds, and to none where more than one act fits; nothing is guessed.

- Body: an actor of the event is a body that issued the act. The state alone ("the United States") is not enough.
- Kind: the event is a measure (export control, sanction, investment screening, ban, tariff, law or plan). It is done or
  announced for a rule or notice, considered or announced for a proposed rule. An act whose title only adds, or only
  removes, is not linked to an event that eases, or tightens.
- Date: the event is of one day, from 10 days before the act's publication to 3 days after: rules are put on public
  inspection, and reported, before they are printed.
- Substance: a target of the event that is no country is named in the act's title or abstract; or its instrument is
  named in the title, or is a policy that the act is linked to, and the act names a country that the event is aimed at,
  where it is aimed at one. Where named targets agree with some acts, those with the instrument alone are left out.

An act is linked to a named policy of the knowledge file where the policy's official number is the act's citation, or
where the act's title holds the policy's name as a phrase and the policy's issuer is a body that issued the act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

import duckdb

from extractors.acts import OfficialAct
from extractors.records import Verdict
from warehouse.connect import transaction
from warehouse.rows import insert, naive_utc, one

DAYS_BEFORE = 10
DAYS_AFTER = 3
# The register's names of agencies, and the organisations of the knowledge files that they are.
BODIES = {
    "industry-and-security-bureau": ("Bureau of Industry and Security", "United States Department of Commerce"),
    "commerce-department": ("United States Department of Commerce",),
    "foreign-assets-control-office": ("Office of Foreign Assets Control", "United States Department of the Treasury"),
    "treasury-department": ("United States Department of the Treasury",),
}
# What a later listing of an act never changes.
KEPT = ("official_act_id", "first_seen_utc", "run_id")

# A text in lower case, each run of other signs a space, with one at either end: a phrase is found as a whole or not at all.
PHRASE = """
create or replace temp macro phrase(t) as ' ' || trim(regexp_replace(lower(t), '[^a-z0-9]+', ' ', 'g')) || ' '
"""

ACTS = """
create or replace temp table acts as
select a.*, list(distinct b.body) filter (where b.body is not null) as bodies,
    phrase(a.title) as title_words,
    phrase(concat_ws(' ', a.title, a.abstract)) as words
from official_acts a left join act_bodies b on list_contains(a.agency_slugs, b.slug)
group by all
"""

POLICIES = """
insert into official_act_policies
with numbered as (
    select p.policy_id, p.name, p.issuer, trim(unnest(string_split(p.official_number, ';'))) as number from policies p
    where p.official_number is not null
),
named as (
    select policy_id, issuer, phrase(name) as phrase
    from policies
)
select a.official_act_id, n.policy_id, 'citation' from acts a join numbered n on n.number = a.citation
union
select a.official_act_id, n.policy_id, 'title'
from acts a join named n on list_contains(a.bodies, n.issuer) and contains(a.title_words, n.phrase)
where not exists (from numbered m where m.policy_id = n.policy_id and m.number = a.citation)
"""

# One row for each event and act that agree in body, kind and date, with what of the substance does.
AGREEING = f"""
create or replace temp table agreeing as
with candidates as (
    select e.event_id, e.targets, e.target_countries, e.instrument, a.*
    from events e join acts a on e.date_from between a.publication_date - {DAYS_BEFORE}
        and a.publication_date + {DAYS_AFTER}
    where e.date_from = e.date_to and list_has_any(e.actors, a.bodies)
        and e.type in ('EXPORT_CONTROL', 'SANCTION', 'INVESTMENT_SCREENING', 'IMPORT_OR_USE_BAN', 'TARIFF',
            'LAW_OR_PLAN')
        and (e.status = 'announced' or e.status = case when a.type = 'Proposed Rule' then 'considered' else 'done' end)
        and not (e.direction = 'ease' and regexp_matches(a.title_words, ' addition') and a.title_words not like '% remov%')
        and not (e.direction = 'tighten' and regexp_matches(a.title_words, ' remov') and a.title_words not like '% addition%')
),
places as (
    select distinct name from entities where label = 'GPE'
),
judged as (
    select event_id, official_act_id,
        exists (
            select 1 from unnest(targets) as t(name) anti join places using (name)
            where contains(words, phrase(t.name))
                and length(phrase(t.name)) > 4
        ) as targets_agree,
        (
            contains(title_words, phrase(instrument))
            or exists (from official_act_policies p join policies k using (policy_id)
                where p.official_act_id = candidates.official_act_id and k.name = instrument)
        ) as instrument_agrees,
        len(target_countries) = 0 or exists (
            select 1 from unnest(target_countries) as c(name)
            where contains(words, phrase(c.name))
                or (c.name = 'China' and regexp_matches(words, ' (chinese|prc) '))
        ) as country_agrees
    from candidates
)
select event_id, official_act_id, targets_agree from judged
where targets_agree or (coalesce(instrument_agrees, false) and country_agrees)
"""

LINKS = """
create or replace temp table event_links as
with strongest as (
    select * from agreeing qualify targets_agree or not bool_or(targets_agree) over (partition by event_id)
)
select event_id, any_value(official_act_id) as official_act_id from strongest group by 1 having count(*) = 1
"""

CHANGED = """
create or replace temp table changed as
select e.event_id, l.official_act_id from events e left join event_links l using (event_id)
where e.official_act_id is distinct from l.official_act_id
"""


def save_acts(
    con: duckdb.DuckDBPyConnection, acts: Sequence[tuple[OfficialAct, Verdict]], run_id: str, now: datetime
) -> None:
    """Stores acts, each with whether it is on topic; one known already takes what its record says now.

    The caller holds the transaction.
    """
    names = [f.name for f in fields(OfficialAct)]
    rows = {}
    for act, verdict in acts:
        row = {name: getattr(act, name) for name in names}
        row |= {"on_topic": verdict.on_topic, "topic_reason": verdict.reason}
        rows[act.official_act_id] = row | {"first_seen_utc": naive_utc(now), "run_id": run_id}
    if rows:
        renewed = [name for name in next(iter(rows.values())) if name not in KEPT]
        sets = ", ".join(f"{name} = excluded.{name}" for name in renewed)
        insert(con, "official_acts", rows.values(), f"on conflict do update set {sets}")


def link_acts(con: duckdb.DuckDBPyConnection) -> int:
    """Links acts to policies and events to acts, by the rules above; returns the number of events linked.

    All links are made anew in one transaction, and only events whose link changes are written.
    """
    with transaction(con):
        con.execute("create or replace temp table act_bodies (slug varchar, body varchar)")
        insert(con, "act_bodies", [{"slug": s, "body": body} for s, bodies in BODIES.items() for body in bodies])
        con.execute(PHRASE)
        con.execute(ACTS)
        con.execute("delete from official_act_policies")
        con.execute(POLICIES)
        con.execute(AGREEING)
        con.execute(LINKS)
        con.execute(CHANGED)
        con.execute(
            "update events set official_act_id = c.official_act_id from changed c where c.event_id = events.event_id"
        )
        return one(con, "select count(*) from events where official_act_id is not null")[0]
