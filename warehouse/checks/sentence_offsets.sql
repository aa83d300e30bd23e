-- A report's sentence is exactly the text between its offsets, and its trigger lies within it.
select m.event_mention_id, m.start_char, m.end_char, m.trigger from event_mentions m
join article_revisions r using (article_id, content_hash)
where m.start_char < 0 or m.end_char <= m.start_char or m.end_char > length(r.text)
    or substring(r.text, m.start_char + 1, m.end_char - m.start_char) <> m.sentence
    or m.trigger_start_char < m.start_char or m.trigger_end_char > m.end_char
    or substring(r.text, m.trigger_start_char + 1, m.trigger_end_char - m.trigger_start_char) <> m.trigger
order by m.event_mention_id
