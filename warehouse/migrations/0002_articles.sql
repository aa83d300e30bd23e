-- Articles: one row each with what holds now, and every version with its text.

create table articles (
    article_id varchar primary key,
    content_hash varchar not null,
    source_id varchar not null,
    url varchar not null,
    canonical_url varchar not null,
    title varchar not null,
    text_basis varchar not null,
    authors varchar[] not null,
    published_utc timestamp,
    published_basis varchar not null,
    first_seen_utc timestamp not null,
    ingested_utc timestamp not null,
    language varchar,
    publisher varchar,
    raw_hash varchar,
    copy_of varchar,
    problems varchar[] not null,
    on_topic boolean,
    relevance double,
    relevance_reason varchar,
    policy_families varchar[],
    run_id varchar not null,
    extractor_version varchar not null,
    model_version varchar not null,
    ontology_version varchar not null
);
comment on table articles is
    'Each article in its current version. Its text is in article_revisions, by article_id and content_hash.';
comment on column articles.first_seen_utc is 'when a source first listed it';
comment on column articles.ingested_utc is 'when it was first stored';
comment on column articles.copy_of is 'article_id of the earlier article that this one nearly repeats';
comment on column articles.on_topic is 'NULL where the article was stored but not judged';

create table article_revisions (
    article_id varchar not null,
    content_hash varchar not null,
    title varchar not null,
    text varchar not null,
    text_basis varchar not null,
    raw_hash varchar,
    stored_utc timestamp not null,
    run_id varchar not null,
    primary key (article_id, content_hash)
);
comment on table article_revisions is 'Every version of every article, as first stored; never changed.';

create view article_outlets as
select
    a.article_id,
    coalesce(nullif(a.publisher, ''), nullif(s.publisher, ''), s.name, a.source_id) as outlet,
    coalesce(s.independent, true) as source_independent
from articles a
left join sources s using (source_id);
comment on view article_outlets is
    'Who published each article: its own publisher, else that of the source, else the source.';
