-- Posts on social media by day. They are no reports: nothing else counts them.
-- day: UTC day of the post; of first sight where its time is unknown
-- source_id: the source that listed them
-- n_posts: posts stored
-- n_on_topic: those about the rivalry over AI
-- n_authors: accounts that posted them
select coalesce(posted_utc, first_seen_utc)::date as day, source_id, count(*) as n_posts,
    count(*) filter (where on_topic) as n_on_topic, count(distinct author) as n_authors
from posts group by 1, 2;
