-- Events across articles, rebuilt from event_mentions: nothing here is a source of truth.

create table touched_events (event_id varchar not null);
comment on table touched_events is 'Events whose reports changed since events were last rebuilt.';

create table events (
    event_id varchar not null,
    type varchar not null,
    direction varchar not null,
    actors varchar[] not null,
    actor_countries varchar[] not null,
    targets varchar[] not null,
    target_countries varchar[] not null,
    instrument varchar,
    objects varchar[] not null,
    amount double,
    currency varchar,
    date varchar,
    precision varchar not null,
    date_basis varchar not null,
    date_from date,
    date_to date,
    status varchar not null,
    statuses varchar[] not null,
    attribution varchar,
    confidence double not null,
    best_event_mention_id varchar not null,
    n_reports integer not null,
    n_outlets integer not null,
    n_independent integer not null,
    first_report_utc timestamp not null,
    last_report_utc timestamp not null,
    first_ingested_utc timestamp not null,
    run_id varchar not null,
    extractor_version varchar not null,
    model_version varchar not null,
    ontology_version varchar not null
);
comment on table events is
    'One row an event, however many articles report it. Fields are those of the report with the highest confidence.';
comment on column events.statuses is
    'every status that a report gives it: more than one shows that reports disagree, or that it moved on';
comment on column events.date is
    'ISO date at the precision known. A row without date gathers all undated reports of such an act';
comment on column events.n_reports is 'articles that report it';
comment on column events.n_independent is
    'outlets that report it on their own: near-duplicates and republishing sources are left out (at least 1)';
comment on column events.first_report_utc is
    'earliest publication of a report; first seen where the publication time is unknown';
comment on column events.first_ingested_utc is 'when the first article that reports it was stored';

create table event_reports (
    event_id varchar not null,
    event_mention_id varchar not null,
    article_id varchar not null,
    independent boolean not null,
    run_id varchar not null,
    extractor_version varchar not null,
    model_version varchar not null,
    ontology_version varchar not null
);
comment on table event_reports is
    'Which report belongs to which event. The rows with independent = true are those that n_independent counts.';
