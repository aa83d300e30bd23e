-- One row an official act, with how coverage reported it.
select v.document_number, v.title, v.type, v.action, v.publication_date, v.effective_on, v.agencies, a.docket_ids,
    a.citation, v.policies, v.on_topic, a.topic_reason, v.covered, v.n_events, v.n_reports, v.first_report_utc, v.lag_days,
    v.runs_near, v.html_url, v.official_act_id, a.source_id, a.problems, a.run_id
from official_act_coverage v join official_acts a using (official_act_id)
order by v.publication_date nulls last, v.document_number
