"""A large warehouse of generated rows, for benchmarks: as many articles as asked, two events an article.

What is realistic about it: days of ten years with ever more coverage, few names that are named often and many rarely
(a power law), the shares of types, statuses and precisions of the sample, copies, 1 to 5 reports an event, sixty
sources with a run a night and some outages. What is not: texts are one sentence long.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from extractors.language.knowledge import load_knowledge
from warehouse import connect, load

RUNS = 1000
SOURCES = 60
LAST = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

# u(n, salt): a number in 0..1, the same for the same n and salt; picked(list, x): an item, the first ones most often.
HELPERS = """
create or replace temp macro u(n, salt) as (hash(n * 31 + salt) % 1000003) / 1000003.0;
create or replace temp macro picked(items, x) as items[1 + floor(len(items) * x * x * x)::integer];
create or replace temp table ranked as
    select entity_id, name, label, (row_number() over (order by hash(entity_id)) - 1)::integer as nth from entities;
set variable organisations = (select list(name order by nth) from ranked where label = 'ORG');
set variable policies = (select list(name order by nth) from ranked where label = 'POLICY');
set variable products = (select list(name order by nth) from ranked where label = 'PRODUCT');
set variable countries =
    ['United States', 'China', 'Taiwan', 'Japan', 'Netherlands', 'South Korea', 'Germany', 'India'];
set variable types = ['STATEMENT', 'EXPORT_CONTROL', 'SUPPLY', 'FUNDING', 'PRODUCT', 'DIPLOMACY', 'SANCTION', 'TARIFF',
    'ENFORCEMENT', 'LAW_OR_PLAN', 'ALLIANCE', 'INVESTMENT_SCREENING', 'IMPORT_OR_USE_BAN'];
set variable entities = (select count(*) from ranked)
"""

LEDGER = """
insert into runs by name select 'run-' || r as run_id, $last::timestamp - r * interval 1 day as started_utc,
    started_utc + interval 20 minute as finished_utc, 'finished' as state, '1' as extractor_version,
    'm' as model_version, 'o' as ontology_version from range($runs) t(r);
insert into sources by name select 'source-' || s as source_id, 'Source ' || s as name, 'feed' as protocol,
    'https://source-' || s || '.example/feed' as url, 'page' as depth, s % 10 <> 9 as independent,
    'run-0' as last_run_id, 'report' as kind from range($sources) t(s);
insert into source_reports by name select 'run-' || r as run_id, 'source-' || s as source_id,
    $last::timestamp - r * interval 1 day as reported_utc, u(r * 60 + s, 1) > 0.03 as ok,
    case when ok then 'ok' else 'timeout' end as reason, '' as detail, 30 as entries, 10 as new_entries,
    0 as duplicates, [] as problems from range($runs) t(r), range($sources) q(s);
"""

ARTICLES = """
create or replace temp table made as select i, uuid()::varchar as article_id, md5(i::varchar) as content_hash,
    'source-' || floor($sources * pow(u(i, 2), 2))::integer as source_id,
    'https://example.org/' || i as url, 'Headline number ' || i as title,
    $last::timestamp - floor(3650 * pow(u(i, 3), 2))::integer * interval 1 day as published_utc,
    'run-' || least(date_diff('day', published_utc, $last::timestamp), $runs - 1) as run_id
    from range($articles) t(i);
insert into articles by name select article_id, content_hash, source_id, url, url as canonical_url, title,
    'page' as text_basis, [] as authors, published_utc, 'json-ld' as published_basis, published_utc as first_seen_utc,
    published_utc as ingested_utc, 'en' as language, [] as problems, u(i, 4) < 0.9 as on_topic, u(i, 5) as relevance,
    '' as relevance_reason, ['export_control'] as policy_families, run_id, '1' as extractor_version,
    'm' as model_version, 'o' as ontology_version from made;
insert into article_revisions by name select article_id, content_hash, title, title || '. It said so.' as text,
    'page' as text_basis, published_utc as stored_utc, run_id from made;
insert into entries by name select source_id, url as key, article_id as entry_id, url, title, '' as summary,
    published_utc, 'feed' as published_basis, [] as authors, [] as keywords, [] as problems,
    published_utc as first_seen_utc, published_utc as last_seen_utc, run_id as first_run_id, 'loaded' as outcome,
    run_id as outcome_run_id from made;
insert into outcomes by name select run_id, source_id, url as key, 'load' as stage,
    case when u(i, 6) < 0.9 then 'loaded' when u(i, 6) < 0.95 then 'timeout' else 'consent_wall' end as reason,
    '' as detail, published_utc as recorded_utc from made;
insert into mentions by name select uuid()::varchar as mention_id, article_id, content_hash, 0 as start_char,
    8 as end_char, n.name as text, n.label, n.name as entity, n.entity_id, 'model' as method, run_id,
    '1' as extractor_version, 'm' as model_version, 'o' as ontology_version
    from (
        select made.*, floor(getvariable('entities') * pow(u(i * 5 + k, 7), 3))::integer as nth
        from made cross join range(5) k(k)
    ) join ranked n using (nth);
"""

EVENTS = """
create or replace temp table happened as select e, uuid()::varchar as event_id,
    picked(getvariable('types'), u(e, 10)) as type,
    case when type in ('EXPORT_CONTROL', 'SANCTION', 'TARIFF', 'INVESTMENT_SCREENING', 'IMPORT_OR_USE_BAN')
        then case when u(e, 11) < 0.8 then 'tighten' else 'ease' end
        when type = 'ALLIANCE' then 'join' else '' end as direction,
    picked(getvariable('countries'), u(e, 12)) as actor_country, picked(getvariable('countries'), u(e, 13)) as target_country,
    [picked(getvariable('organisations'), u(e, 14)), actor_country] as actors, [actor_country] as actor_countries,
    case when u(e, 15) < 0.6 then [picked(getvariable('organisations'), u(e, 16)), target_country] else [] end as targets,
    case when len(targets) > 0 then [target_country] else [] end as target_countries,
    case when u(e, 17) < 0.3 then picked(getvariable('policies'), u(e, 18)) end as instrument,
    case when u(e, 19) < 0.5 then [picked(getvariable('products'), u(e, 20))] else [] end as objects,
    case when type = 'FUNDING' then floor(1e9 * u(e, 21)) end as amount,
    case when type = 'FUNDING' then 'USD' end as currency,
    picked(['day', 'inferred', 'unknown', 'month', 'year'], u(e, 22)) as precision,
    ($last::timestamp - floor(3650 * pow(u(e, 3), 2))::integer * interval 1 day)::date as day,
    case precision when 'unknown' then null when 'month' then date_trunc('month', day)::date
        when 'year' then date_trunc('year', day)::date else day end as date_from,
    case precision when 'unknown' then null when 'month' then last_day(day)
        when 'year' then make_date(year(day), 12, 31) else day end as date_to,
    case precision when 'unknown' then null when 'month' then strftime(day, '%Y-%m')
        when 'year' then strftime(day, '%Y') else strftime(day, '%Y-%m-%d') end as date,
    picked(['done', 'announced', 'considered', 'denied'], u(e, 23)) as status,
    1 + floor(5 * pow(u(e, 24), 6))::integer as n_reports, u(e, 25) as confidence
    from range(2 * $articles) t(e);
insert into event_mentions by name select uuid()::varchar as event_mention_id, h.* exclude (e, k, day, n_reports,
    actor_country, target_country), m.article_id, m.content_hash, 'weekday' as date_basis, 'barred' as trigger,
    0 as trigger_start_char, 6 as trigger_end_char, 0 as start_char, 60 as end_char,
    'A sentence of the usual length that tells what happened, number ' || h.e || '.' as sentence, m.run_id,
    '1' as extractor_version, 'm' as model_version, 'o' as ontology_version, h.event_id as claim_id
    from (select *, unnest(range(n_reports)) as k from happened) h
    join made m on m.i = (hash(h.e * 7 + h.k) % $articles)::bigint;
insert into event_reports by name select event_id, event_mention_id, article_id, true as independent, run_id,
    extractor_version, model_version, ontology_version from event_mentions;
insert into events by name select h.* exclude (e, day, actor_country, target_country), 'weekday' as date_basis,
    [status] as statuses, b.event_mention_id as best_event_mention_id, h.n_reports as n_outlets,
    h.n_reports as n_independent, day::timestamp + interval 1 day as first_report_utc,
    first_report_utc as last_report_utc, first_report_utc as first_ingested_utc, b.run_id,
    '1' as extractor_version, 'm' as model_version, 'o' as ontology_version
    from happened h join (select event_id, min(event_mention_id) as event_mention_id, any_value(run_id) as run_id
        from event_mentions group by 1) b using (event_id);
"""


def generate(db: Path, articles: int) -> None:
    """Make the warehouse ``db`` with ``articles`` articles and twice as many events."""
    with connect.writing(db) as con:
        con.execute("set preserve_insertion_order = false")
        load.save_knowledge(con, load_knowledge(), "o")
        con.execute(HELPERS)
        for script in (LEDGER, ARTICLES, EVENTS):
            _run(
                con, script, {"last": LAST.replace(tzinfo=None), "runs": RUNS, "sources": SOURCES, "articles": articles}
            )


def _run(con: duckdb.DuckDBPyConnection, script: str, values: dict[str, object]) -> None:
    for statement in con.extract_statements(script):
        con.execute(statement, {name: values[name] for name in statement.named_parameters})
