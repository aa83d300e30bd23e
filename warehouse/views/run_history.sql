-- One row a run, with what it did.
-- sorted by: started_utc, run_id
-- run_id: the run
-- started_utc: when it began
-- finished_utc: when it ended; NULL while it runs
-- state: running, finished, failed or interrupted (killed, and found so by a later run)
-- detail: why it failed; empty otherwise
-- n_documents: documents that ended in it
-- n_articles: those read and stored, on topic or not
-- n_sources_ok: sources that answered
-- n_sources_failed: sources that did not
-- extractor_version: version of the code
-- model_version: version of the model
-- ontology_version: version of the vocabulary
with ended as (
    select run_id, count(*) as n_documents,
        count(*) filter (where r.stored) as n_articles
    from outcomes left join outcome_reasons r using (reason) group by 1
),
asked as (
    select run_id, count(*) filter (where ok) as n_sources_ok, count(*) filter (where not ok) as n_sources_failed
    from source_reports group by 1
)
select r.run_id, r.started_utc, r.finished_utc, r.state, r.detail, coalesce(e.n_documents, 0) as n_documents,
    coalesce(e.n_articles, 0) as n_articles, coalesce(a.n_sources_ok, 0) as n_sources_ok,
    coalesce(a.n_sources_failed, 0) as n_sources_failed, r.extractor_version, r.model_version, r.ontology_version
from runs r
left join ended e using (run_id)
left join asked a using (run_id);
