-- Names in texts that no knowledge file has, the most frequent first: those that may deserve a row. `rivalry entities`
-- prints them with the nearest known names and the row to add.
-- sorted by: n_articles desc, n_mentions desc, name, entity_id
-- entity_id: the entity that the name stands for until a file has it
-- name: its name, freed of a legal form such as Inc.
-- label: ORG, ALLIANCE, POLICY, PERSON, GPE or PRODUCT
-- n_articles: articles that name it
-- n_mentions: how often they do
-- forms: how it stands in them, the most frequent first
-- first_day: UTC day of the first of these articles; of first sight where the publication time is unknown
-- last_day: day of the last
-- example: the words around one mention, at most 160 characters to each side and never past the line; … marks a cut
-- example_url: address of the article with the example
with spoken as (
    select entity_id, text as form, count(*) as n_mentions, min(mention_id) as mention_id
    from mentions semi join (select entity_id from entities where not known) using (entity_id)
    group by all
),
forms as (
    select entity_id, list(form order by n_mentions desc, form) as forms,
        arg_max(mention_id, (n_mentions, form)) as mention_id
    from spoken group by 1
),
counts as (
    select m.entity_id, count(distinct m.article_id) as n_articles, count(*) as n_mentions,
        min(coalesce(a.published_utc, a.first_seen_utc))::date as first_day,
        max(coalesce(a.published_utc, a.first_seen_utc))::date as last_day
    from mentions m join articles a using (article_id) group by 1
),
around as (
    select f.entity_id, f.forms, m.text, m.article_id,
        regexp_extract(substr(r.text, greatest(m.start_char - 159, 1), least(m.start_char, 160)), '[^\n]*$') as before,
        regexp_extract(substr(r.text, m.end_char + 1, 160), '^[^\n]*') as after
    from forms f
    join mentions m using (mention_id)
    join article_revisions r on r.article_id = m.article_id and r.content_hash = m.content_hash
)
select n.entity_id, n.name, n.label, c.n_articles, c.n_mentions, w.forms, c.first_day, c.last_day,
    if(length(w.before) = 160, '…', '') || w.before || w.text || w.after || if(length(w.after) = 160, '…', '')
        as example,
    a.url as example_url
from around w
join entities n using (entity_id)
join counts c using (entity_id)
join articles a on a.article_id = w.article_id;
