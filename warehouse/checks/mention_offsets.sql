-- A mention's text is exactly the text between its offsets.
select m.mention_id, m.start_char, m.end_char, m.text from mentions m
join article_revisions r using (article_id, content_hash)
where m.start_char < 0 or m.end_char <= m.start_char or m.end_char > length(r.text)
    or substring(r.text, m.start_char + 1, m.end_char - m.start_char) <> m.text
order by m.mention_id
