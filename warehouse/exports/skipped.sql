-- Documents of which nothing was stored, and why.
select source_id, key, url, title, stage, reason, meaning, detail, tried_again, run_id, recorded_utc
from skipped_documents
order by source_id, key
