"""The warehouse: what was read, in one DuckDB file, and what leaves it.

The public functions, in the order of a night (``db`` is the warehouse file, ``con`` a connection to it):

    lock.run_lock(db)                        one run at a time; a dead owner's lock is taken over
    connect.writing(db) -> con               open, migrate, close; no other process can open the file meanwhile
    load.save_knowledge(con, knowledge, ontology_version)
    ledger.record_run_start(con, run_id, versions, now)
    listing.standings(con)                   for the next request to each source
    listing.save_listing(con, run_id=, source=, report=, entries=, validators=, now=)
    ledger.pending_entries(con, run_id)      the queue
    ledger.page_validators(con, keys)        for the conditional request of each page
    ledger.unread_pages(con, entries)        pages that a stopped run fetched and did not read
    raw.put(folder, body), raw.get(folder, hash)
    ledger.save_fetches(con, run_id, fetches)
    load.current_hashes(con, article_ids), load.recent_texts(con, since)
    load.save_readings(con, batch, run_id=, versions=, now=)
    resolve.resolve(con)                     events whose reports changed
    checks.run_checks(con)                   data checks that must find nothing
    ledger.record_run_finish(con, run_id, now), ledger.run_counts(con, run_id)
    snapshot.publish(db, snapshot)           a read-only copy with views and macros, for analysts
    export.export(snapshot, folder, "csv")   files without article text
    report.write_report(snapshot, page)      one self-contained HTML page
    summary.summary(snapshot)                the tables that the command line prints
    period.period(snapshot, first, last)     what happened in some days, and how well it was watched
    open_snapshot(snapshot) -> con           read-only, without access to files or network
    query.answers(con, sql)                  an answer to each statement, with a time limit and plain errors
    dictionary.read_dictionary(snapshot)     what every table, view, macro and column is

Errors are ``extractors.errors.UserError`` (with the mend) and ``RunFailed``. Times are aware UTC in Python and naive
UTC in columns named ``*_utc``. Tables, views, macros and columns carry comments: ``from data_dictionary``.
"""

from __future__ import annotations

from warehouse.connect import open_reader as open_snapshot

__all__ = ["open_snapshot"]
