-- What was read out of the current version of each article. Offsets are code points into article_revisions.text,
-- from 0, end exclusive.
-- No keys here: these rows are deleted and inserted article by article, and data checks hold the ids unique.

create table mentions (
    mention_id varchar not null,
    article_id varchar not null,
    content_hash varchar not null,
    start_char integer not null,
    end_char integer not null,
    text varchar not null,
    label varchar not null,
    entity varchar not null,
    entity_id varchar not null,
    method varchar not null,
    run_id varchar not null,
    extractor_version varchar not null,
    model_version varchar not null,
    ontology_version varchar not null
);
comment on table mentions is 'Every name found in a text, with the canonical entity that it stands for.';

create table event_mentions (
    event_mention_id varchar not null,
    event_id varchar not null,
    article_id varchar not null,
    content_hash varchar not null,
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
    attribution varchar,
    trigger varchar not null,
    trigger_start_char integer not null,
    trigger_end_char integer not null,
    start_char integer not null,
    end_char integer not null,
    sentence varchar not null,
    confidence double not null,
    run_id varchar not null,
    extractor_version varchar not null,
    model_version varchar not null,
    ontology_version varchar not null
);
comment on table event_mentions is 'Each event as one article reports it, with the sentence that says so.';
comment on column event_mentions.date is
    'ISO date at the precision known (2026, 2026-11, 2026-11-05); NULL where the text gives none';
comment on column event_mentions.date_from is 'first day that the date can mean; NULL where the date is unknown';
comment on column event_mentions.date_to is 'last day that the date can mean; NULL where the date is unknown';

create table entities (
    entity_id varchar primary key,
    name varchar not null,
    label varchar not null,
    kind varchar,
    country varchar,
    wikidata varchar,
    known boolean not null
);
comment on table entities is
    'Canonical entities: those of the knowledge files, and those met in texts that no file has (known = false).';

create table alliances (
    alliance_id varchar not null,
    name varchar not null,
    kind varchar,
    lead varchar[] not null,
    founded varchar,
    dissolved varchar,
    about varchar,
    ontology_version varchar not null
);
comment on table alliances is 'The alliances of the knowledge file. Dates are ISO at the precision known.';

create table alliance_members (
    alliance_id varchar not null,
    alliance varchar not null,
    member varchar not null,
    from_date varchar,
    to_date varchar,
    ontology_version varchar not null
);
comment on table alliance_members is
    'Members of alliances by the knowledge file. Dates are ISO at the precision known; NULL is unknown or still.';

create table policies (
    policy_id varchar not null,
    name varchar not null,
    issuer varchar,
    jurisdiction varchar,
    family varchar,
    form varchar,
    official_number varchar,
    proposed varchar,
    adopted varchar,
    in_force varchar,
    ended varchar,
    about varchar,
    ontology_version varchar not null
);
comment on table policies is 'The named policies of the knowledge file. Dates are ISO; NULL is unknown.';
