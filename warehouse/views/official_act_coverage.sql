-- Official acts and how coverage reported them: which it missed, and how many days it lagged.
-- An act counts as missed only where covered is false and somebody watched (runs_near > 0); where runs_near is 0 it is
-- not known.
-- official_act_id: the act
-- document_number: its number in the Federal Register
-- title: its title
-- type: Rule, Proposed Rule, Notice or Presidential Document; NULL where not stated
-- action: what the record calls its action, such as Final rule; NULL where not stated
-- publication_date: day of publication in Washington; NULL where unknown
-- effective_on: day from which it applies; NULL where not stated
-- agencies: the issuing bodies
-- policies: named policies of the knowledge file that it makes or changes
-- on_topic: whether title and abstract name what the rivalry over AI is about
-- covered: whether an event is linked to it
-- n_events: events linked to it
-- n_reports: articles that report them, summed over events
-- first_report_utc: earliest publication of such a report; NULL where not covered
-- lag_days: days from the act's publication to that report; negative where the report came first; NULL where not covered
-- runs_near: runs begun from 10 days before its publication to 14 days after
-- html_url: where the act stands
with reported as (
    select official_act_id, count(*) as n_events, sum(n_reports)::bigint as n_reports,
        min(first_report_utc) as first_report_utc
    from events where official_act_id is not null group by 1
),
linked as (
    select l.official_act_id, list_sort(list(p.name)) as policies
    from official_act_policies l join policies p using (policy_id) group by 1
),
watched as (
    select a.official_act_id, count(*) as runs_near
    from official_acts a join runs r
        on r.started_utc::date between a.publication_date - 10 and a.publication_date + 14
    group by 1
)
select a.official_act_id, a.document_number, a.title, a.type, a.action, a.publication_date, a.effective_on, a.agencies,
    coalesce(l.policies, []) as policies, a.on_topic, r.n_events is not null as covered,
    coalesce(r.n_events, 0) as n_events, coalesce(r.n_reports, 0) as n_reports, r.first_report_utc,
    date_diff('day', a.publication_date, r.first_report_utc::date) as lag_days,
    coalesce(w.runs_near, 0) as runs_near, a.html_url
from official_acts a
left join reported r using (official_act_id)
left join linked l using (official_act_id)
left join watched w using (official_act_id);
