-- Coverage that no source listed: read out of WARC files, or brought by hand. Each article leads to where it came from, and
-- each file to how every one of its records ended.

create table article_origins (
    origin_id varchar primary key,
    article_id varchar not null,
    content_hash varchar not null,
    kind varchar not null check (kind in ('warc', 'import')),
    place varchar not null,
    record_id varchar,
    record_offset bigint,
    seen_utc timestamp not null,
    bytes_hash varchar not null,
    licensed boolean not null,
    run_id varchar not null
);
comment on table article_origins is
    'Where a version of an article came from that was read out of a WARC file or imported; one row for each time it was met.';
comment on column article_origins.origin_id is 'made from the place, the offset and the version';
comment on column article_origins.kind is 'warc or import';
comment on column article_origins.place is 'path or address of the WARC file; name of the imported file';
comment on column article_origins.record_id is 'WARC-Record-ID; NULL for an import';
comment on column article_origins.record_offset is
    'byte at which the record begins in the WARC file, or line in an imported JSON Lines file; NULL for a whole file';
comment on column article_origins.seen_utc is 'when the crawler captured it; for an import, when it was imported';
comment on column article_origins.bytes_hash is 'SHA-256 of the bytes that it was read from';
comment on column article_origins.licensed is 'whether whoever imported it said that the text is licensed';

-- No keys on the next two: their rows are deleted and inserted file by file.

create table warc_files (
    file_id varchar not null,
    path varchar not null,
    fingerprint varchar not null,
    records bigint not null,
    bytes bigint not null,
    problem varchar,
    seconds double not null,
    loaded_utc timestamp not null,
    run_id varchar not null,
    extractor_version varchar not null,
    model_version varchar not null,
    ontology_version varchar not null
);
comment on table warc_files is 'The WARC files whose pages have been loaded.';
comment on column warc_files.file_id is 'made from the path';
comment on column warc_files.path is 'path or address, as it was given';
comment on column warc_files.fingerprint is 'size and date of the file when it was read: a file that changes is read again';
comment on column warc_files.records is 'documents in it, whatever became of them';
comment on column warc_files.bytes is 'bytes of their bodies, unpacked';
comment on column warc_files.problem is 'why it could not be read to its end; NULL where it was';
comment on column warc_files.seconds is 'CPU seconds that reading took';
comment on column warc_files.loaded_utc is 'when its pages were loaded';

create table warc_counts (
    file_id varchar not null,
    reason varchar not null,
    records bigint not null
);
comment on table warc_counts is
    'How many records of each WARC file ended for each reason. They add up to warc_files.records.';
comment on column warc_counts.file_id is 'the WARC file';
comment on column warc_counts.reason is
    'how they ended when the file was read, before copies of one page in several files were put together';
comment on column warc_counts.records is 'documents that ended so';
