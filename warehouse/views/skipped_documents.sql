-- Documents of which nothing was stored, neither a report nor an official act or a post, with the reason for which each last ended so.
-- sorted by: source_id, key
-- source_id: the source that listed it
-- key: canonical URL, or the source's own id
-- url: its link; NULL where there is none
-- title: its headline as listed; NULL where the listing is not stored
-- stage: the stage in which it ended
-- reason: code of the reason
-- meaning: what the reason means
-- detail: what more is known
-- tried_again: whether a later night tries again
-- run_id: the run in which it last ended so
-- recorded_utc: when
with last as (
    select * from outcomes where reason not in ('known', 'not_modified', 'official_act', 'post', 'post_off_topic')
    qualify row_number() over (partition by source_id, key order by recorded_utc desc, run_id desc) = 1
)
select o.source_id, o.key, e.url, e.title, o.stage, o.reason, coalesce(r.meaning, o.reason) as meaning, o.detail,
    not coalesce(r.final, true) as tried_again, o.run_id, o.recorded_utc
from last o
left join entries e using (source_id, key)
left join outcome_reasons r on r.reason = o.reason
where not coalesce(r.stored, false);
