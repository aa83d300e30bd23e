-- The ledger: what each run did, how each source did, and where every listed document ended.
-- Times are naive UTC TIMESTAMPs named *_utc: with TIMESTAMPTZ a day would shift with the session's zone.

create table runs (
    run_id varchar primary key,
    started_utc timestamp not null,
    finished_utc timestamp,
    state varchar not null check (state in ('running', 'finished', 'failed', 'interrupted')),
    detail varchar not null default '',
    extractor_version varchar not null,
    model_version varchar not null,
    ontology_version varchar not null
);
comment on table runs is
    'One row a run. A run that was killed stays "running" until the next run marks it "interrupted".';

create table sources (
    source_id varchar primary key,
    name varchar not null,
    protocol varchar not null,
    url varchar not null,
    publisher varchar,
    depth varchar not null,
    independent boolean not null,
    etag varchar,
    last_modified varchar,
    last_run_id varchar not null,
    last_ok_utc timestamp,
    last_new_utc timestamp,
    failing_since_utc timestamp,
    silent_since_utc timestamp
);
comment on table sources is 'The current state of each source, with the validators for its next conditional request.';
comment on column sources.independent is
    'false where the source republishes others: its reports never add to n_independent';
comment on column sources.failing_since_utc is
    'first run of the present unbroken stretch of failures; NULL where the last run succeeded';
comment on column sources.silent_since_utc is
    'first run of the present unbroken stretch without a new entry; NULL where the last run brought one';

create table source_reports (
    run_id varchar not null,
    source_id varchar not null,
    reported_utc timestamp not null,
    ok boolean not null,
    reason varchar not null,
    detail varchar not null,
    entries integer not null,
    new_entries integer not null,
    duplicates integer not null,
    problems varchar[] not null,
    primary key (run_id, source_id)
);
comment on table source_reports is
    'How each source did in each run: an outage is a row with ok = false, never a missing row.';
comment on column source_reports.duplicates is
    'items that stood twice in this listing, or under another source, with the same key';

create table entries (
    source_id varchar not null,
    key varchar not null,
    entry_id varchar not null,
    url varchar,
    title varchar not null,
    summary varchar not null,
    published_utc timestamp,
    published_basis varchar not null,
    publisher varchar,
    authors varchar[] not null,
    keywords varchar[] not null,
    problems varchar[] not null,
    first_seen_utc timestamp not null,
    last_seen_utc timestamp not null,
    first_run_id varchar not null,
    outcome varchar,
    outcome_run_id varchar,
    changed_utc timestamp,
    attempts integer not null default 0,
    primary key (source_id, key)
);
comment on table entries is 'The queue: every item that a source ever listed. outcome is NULL until it has ended once.';
comment on column entries.changed_utc is 'last run in which its headline or date was another; NULL where they never changed';

create table outcomes (
    run_id varchar not null,
    source_id varchar not null,
    key varchar not null,
    stage varchar not null,
    reason varchar not null,
    detail varchar not null,
    recorded_utc timestamp not null,
    primary key (run_id, source_id, key)
);
comment on table outcomes is 'Where each document ended in each run: exactly one row a document and run.';

create table fetches (
    run_id varchar not null,
    source_id varchar not null,
    key varchar not null,
    url varchar not null,
    final_url varchar,
    status integer,
    fetched_utc timestamp not null,
    content_type varchar,
    raw_hash varchar,
    etag varchar,
    last_modified varchar,
    outcome varchar not null,
    detail varchar not null,
    primary key (run_id, source_id, key, url, fetched_utc)
);
comment on table fetches is 'Every request for a page: what was asked, what came back, and where the raw bytes lie.';
comment on column fetches.outcome is
    'fetched, not_modified or a reason; stored where the page was not asked for, an earlier run having fetched it unread';
comment on column fetches.fetched_utc is 'when the page was fetched; for stored, when the earlier run did';
comment on column fetches.content_type is 'the Content-Type header; NULL where no answer came';
comment on column fetches.status is 'HTTP status; NULL where no answer came';
comment on column fetches.raw_hash is
    'SHA-256 of the raw page, its address in the raw store; NULL where nothing was kept';
