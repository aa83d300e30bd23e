-- Which days of which source a backfill has asked for, so that one that was stopped goes on where it was.

create table backfill_windows (
    source_id varchar not null,
    from_utc timestamp not null,
    to_utc timestamp not null,
    reason varchar not null,
    entries bigint not null,
    run_id varchar not null,
    primary key (source_id, from_utc, to_utc)
);
comment on table backfill_windows is 'The spans of time that a backfill has listed and read, by source.';
comment on column backfill_windows.from_utc is 'first moment that was asked for';
comment on column backfill_windows.to_utc is 'last moment that was asked for';
comment on column backfill_windows.reason is 'ok, or truncated where a single day has more than the source lists';
comment on column backfill_windows.entries is 'items that the source listed';
