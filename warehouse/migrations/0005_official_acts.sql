-- Sources that are no feeds: their windows and states, full texts in the queue, official acts, and posts. Acts and posts
-- have tables of their own, so that nothing that counts reports can count them.

alter table source_reports alter column ok drop not null;
comment on column source_reports.ok is
    'true where it answered, false where it failed, NULL where it was not asked: it needs a key, and none is set';
comment on column source_reports.reason is
    'ok, not_modified, truncated (it answered, and more was there than was read), off (no key) or why it failed';

alter table sources add column kind varchar default 'report';
alter table sources add column complete_to_utc timestamp;
alter table sources add column last_full_utc timestamp;
comment on column sources.kind is 'report, post or act: only reports are counted as coverage';
comment on column sources.complete_to_utc is
    'until when it has been listed without a gap, for a source that is asked by date; the next night begins there';
comment on column sources.last_full_utc is
    'when it last sent its list rather than a 304; after a week of those it is asked without conditions';

alter table entries add column text varchar default '';
alter table entries add column language varchar;
comment on column entries.text is 'the full text, where the list itself carries it; empty otherwise';
comment on column entries.language is 'ISO 639 code of the language that the list states; NULL where it states none';

create table official_acts (
    official_act_id varchar primary key,
    document_number varchar not null,
    source_id varchar not null,
    type varchar,
    title varchar not null,
    action varchar,
    abstract varchar,
    citation varchar,
    publication_date date,
    effective_on date,
    agencies varchar[] not null,
    agency_slugs varchar[] not null,
    docket_ids varchar[] not null,
    html_url varchar not null,
    on_topic boolean not null,
    topic_reason varchar not null,
    problems varchar[] not null,
    first_seen_utc timestamp not null,
    run_id varchar not null
);
comment on table official_acts is
    'Rules and notices as the Federal Register publishes them: what a government did, by its own record.';
comment on column official_acts.document_number is 'the Federal Register''s own number, such as 2025-19001';
comment on column official_acts.type is 'Rule, Proposed Rule, Notice or Presidential Document; NULL where not stated';
comment on column official_acts.citation is 'volume and page, such as 90 FR 47201; NULL where not stated';
comment on column official_acts.publication_date is 'day of publication in Washington; NULL where not stated or no date';
comment on column official_acts.effective_on is 'day from which it applies; NULL where the record states none';
comment on column official_acts.on_topic is 'whether title and abstract name what the rivalry over AI is about';

create table official_act_policies (
    official_act_id varchar not null,
    policy_id varchar not null,
    basis varchar not null
);
comment on table official_act_policies is 'Which named policies of the knowledge file an act makes or changes.';
comment on column official_act_policies.basis is
    'citation where the policy''s official number is the act''s own, title where the act''s title names the policy';

alter table events add column official_act_id varchar;
comment on column events.official_act_id is
    'the official act that the event reports; NULL where none, or more than one, agrees with it';

create table posts (
    post_id varchar primary key,
    content_hash varchar not null,
    source_id varchar not null,
    url varchar not null,
    author varchar,
    text varchar not null,
    posted_utc timestamp,
    first_seen_utc timestamp not null,
    language varchar,
    on_topic boolean not null,
    relevance double not null,
    relevance_reason varchar not null,
    policy_families varchar[] not null,
    run_id varchar not null,
    extractor_version varchar not null,
    model_version varchar not null,
    ontology_version varchar not null
);
comment on table posts is 'Posts on social media in their current version. They are no reports and count as none.';

create table post_events (
    post_id varchar not null,
    type varchar not null,
    direction varchar not null,
    actors varchar[] not null,
    targets varchar[] not null,
    instrument varchar,
    objects varchar[] not null,
    date varchar,
    precision varchar not null,
    status varchar not null,
    sentence varchar not null,
    start_char integer not null,
    end_char integer not null,
    confidence double not null,
    run_id varchar not null,
    extractor_version varchar not null,
    model_version varchar not null,
    ontology_version varchar not null
);
comment on table post_events is 'What each post says happened. No event is made from it, and none counts it.';
