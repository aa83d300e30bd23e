-- Events across articles: what reports say is gathered in claims, and claims that agree are one event.

alter table event_mentions add column claim_id varchar;
update event_mentions set claim_id = event_id;
comment on column event_mentions.claim_id is
    'what the report says happened, whoever says so: reports that say exactly the same have the same claim_id';
comment on column event_mentions.event_id is 'the event that its claim belongs to';

create table event_claims (
    claim_id varchar not null,
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
    date_from date,
    date_to date,
    stated boolean not null,
    marks varchar[] not null,
    first_published_utc timestamp
);
comment on table event_claims is
    'What reports say happened, a row for each distinct claim, and the event that it belongs to. An event bears the id of its earliest claim; every claim_id leads to its event, also one that was an event of its own before an earlier report came in.';
comment on column event_claims.actors is 'who acts, as compared: lower case, sorted';
comment on column event_claims.targets is 'whom it is aimed at, as compared: lower case, sorted, without the countries';
comment on column event_claims.instrument is 'policy or alliance by which it is done, in lower case; NULL where none is named';
comment on column event_claims.objects is 'what it concerns, as compared: lower case, singular, sorted';
comment on column event_claims.stated is 'false where the day is that of publication, for want of one in the text';
comment on column event_claims.marks is 'of which two claims must share one to agree';
comment on column event_claims.first_published_utc is
    'earliest publication of an article that says so; NULL where none is known';

create table touched_claims (claim_id varchar not null);
comment on table touched_claims is 'Claims whose reports changed since events were last rebuilt.';
insert into touched_claims select distinct claim_id from event_mentions;
drop table touched_events;

alter table events add column date_event_mention_id varchar;
comment on column events.date_event_mention_id is
    'the report that the date is taken from: the narrowest, one stated before one inferred; NULL where none is dated';
comment on table events is
    'One row an event, however many articles report it. Fields are those of the report with the highest confidence, the date that of the report that gives it most exactly.';
comment on column events.date is
    'ISO date at the precision known. A row without date gathers the undated reports that say exactly the same';
