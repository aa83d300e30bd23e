"""A night over recorded real input: ``python .ci/real_input.py FOLDER``.

The folder holds recorded news pages and feeds and the program that serves them on loopback. Every page must be read with its body, title
and date, every recorded headline must end in a counted outcome, and the article that is on topic must give up what it is known to hold.
Prints what was found; exits 1 where something is missing.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from warehouse import open_snapshot

PORT = 8766
ORGANISATIONS = {
    "Huawei", "Nvidia", "Reuters", "The New York Times", "Brookings Institution", "InnovationAus", "CNN", "ABC17News", "India.com",
}  # fmt: skip
ALLIANCE = "Model-Chip Ecosystem Innovation Alliance"
TABLE = '[source.{id}]\nname = "{id}"\nprotocol = "feed"\nurl = "http://127.0.0.1:{port}/feeds/{file}"\ndepth = "{depth}"\nlocal = true\nrate = 20\ntriage = {triage}\n\n'


def sources_file(folder: Path, target: Path) -> None:
    """One source for the recorded pages, one for each recorded feed; the links of the feeds lead to the live web, so only headlines are read."""
    tables = [TABLE.format(id="recorded-pages", port=PORT, file="pages.rss", depth="page", triage="false")]
    tables += [
        TABLE.format(id=path.stem, port=PORT, file=path.name, depth="headline", triage="true")
        for path in sorted((folder / "feeds").glob("*.xml"))
    ]
    target.write_text("".join(tables), encoding="utf-8")


def wait_for(url: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def check(snapshot: Path) -> list[str]:
    """Prints what the snapshot holds; returns what is missing."""
    con = open_snapshot(snapshot)
    ask = lambda sql: con.execute(sql).fetchall()  # noqa: E731
    ((pages, titled, dated, bodies),) = ask(
        "select count(*), count(*) filter (a.title <> ''), count(published_utc), count(*) filter (length(text) > 200) "
        "from articles a join article_revisions r using (article_id, content_hash) where source_id = 'recorded-pages'"
    )
    print(f"pages read: {pages} (with title {titled}, date {dated}, body {bodies})")
    print(
        "documents by outcome: "
        + ", ".join(f"{r} {n}" for r, n in ask("select reason, count(*) from outcomes group by 1 order by 2 desc, 1"))
    )
    ((listed, ended),) = ask("select (select sum(entries) from source_reports), (select count(*) from outcomes)")
    ((repeated,),) = ask("select sum(duplicates) from source_reports")
    print(f"entries listed: {listed}, ended in an outcome: {ended}, listed twice within a feed: {repeated}")
    for title, relevance in ask("select title, relevance from articles where on_topic order by relevance desc"):
        print(f"on topic {relevance:.2f}: {title}")
    article = "(select article_id from articles where canonical_url like '%chinese-ai-alliances%')"
    names = {row[0] for row in ask(f"select entity from mentions where article_id = {article}")}
    print("names in the on-topic article: " + ", ".join(sorted(names)))
    (families,) = ask(f"select policy_families from articles where article_id = {article}")
    print(f"policy families: {', '.join(families[0])}")
    events = ask(
        f"select type, direction, actors, targets, date, precision, status, sentence from event_mentions where article_id = {article} order by start_char"
    )
    for kind, direction, actors, targets, date, precision, status, sentence in events:
        print(
            f"event: {kind} {direction} by {', '.join(actors)} on {', '.join(targets)} {date} ({precision}), {status}: {sentence[:120]}"
        )
    problems = [f"no mention of {n}" for n in sorted(ORGANISATIONS | {ALLIANCE}) if n not in names]
    problems += [] if (pages, titled, bodies) == (37, 37, 37) else ["not every page was read with title and body"]
    problems += [] if dated >= 36 else ["not every page has its date"]
    problems += [] if families[0] and events else ["the on-topic article gave no policy families or no events"]
    return problems


def main() -> int:
    folder = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        server = subprocess.Popen(
            [sys.executable, str(folder / "newsroom.py"), "--port", str(PORT)], stdout=subprocess.DEVNULL
        )
        try:
            sources = Path(scratch) / "sources.toml"
            sources_file(folder, sources)
            wait_for(f"http://127.0.0.1:{PORT}/robots.txt")
            db = Path(scratch) / "real.duckdb"
            began = time.monotonic()
            command = [
                str(Path(sys.executable).with_name("rivalry")),
                "ingest",
                "--sources",
                str(sources),
                "--db",
                str(db),
            ]
            done = subprocess.run(command, capture_output=True, text=True)
            print(f"the night took {time.monotonic() - began:.0f} s")
            if done.returncode:
                print(done.stderr[-3000:])
                return 1
            problems = check(db.with_name("real-snapshot.duckdb"))
        finally:
            server.terminate()
            server.wait(timeout=10)
    for problem in problems:
        print(f"MISSING: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
