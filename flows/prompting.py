"""``rivalry sql`` without a query: a prompt with history, completion and statements over several lines."""

from __future__ import annotations

import os
import re
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.sql import SqlLexer

from extractors.errors import UserError
from flows.console import err, out
from flows.describing import describe, list_all
from flows.querying import show
from warehouse import open_snapshot
from warehouse.dictionary import Entry, look_up, read_dictionary
from warehouse.query import answers

HELP = """\
A statement ends with ; and may take several lines. Tab completes names; the arrow keys bring back what you asked.
Ctrl-C ends a query that runs, or clears the line; Ctrl-D leaves.

  .tables          what can be asked: macros, views and tables
  .about NAME      what one of them is, with its columns
  .help            this
  .quit            leave
"""
WORD = re.compile(r"\w+(?:\.$)?")  # read backwards from the cursor: a name, or a dot command that begins the line
KEYWORDS = (
    "select from where group by all order by desc limit join left using on as and or not in is null like ilike between "
    "with distinct count sum min max case when then else end having union qualify over partition filter describe "
    "summarize show tables exclude unnest list_contains date_trunc"
).split()


def prompt(snapshot: Path, seconds: float) -> None:
    """Ask for statements and print their answers until Ctrl-D or ``.quit``. Raises ``UserError`` without a snapshot."""
    entries = read_dictionary(snapshot)
    session: PromptSession[str] = PromptSession(
        "rivalry> ",
        multiline=True,
        prompt_continuation="    ...> ",
        history=_history(),
        completer=completer(entries),
        lexer=PygmentsLexer(SqlLexer),
        key_bindings=_keys(),
    )
    err.print(f"{snapshot}, read-only. .help says what can be done here; .tables what can be asked.", markup=False)
    with open_snapshot(snapshot) as con:
        while True:
            try:
                text = session.prompt().strip()
                if text.rstrip(";") in {".quit", ".exit"}:
                    return
                if text.startswith("."):
                    _command(text, entries)
                    continue
                for answer in answers(con, text, seconds=seconds):
                    show(answer, "table")
            except UserError as error:
                err.print(str(error), markup=False)
            except KeyboardInterrupt:
                err.print("stopped")
            except EOFError:
                return


def finished(text: str) -> bool:
    """Whether Enter asks what has been typed, rather than beginning another line.

    >>> finished("select 1"), finished("select 1;"), finished(".help")
    (False, True, True)
    """
    text = text.strip()
    return not text or text.endswith(";") or text.startswith(".")


def completer(entries: list[Entry]) -> WordCompleter:
    """Completes SQL words and the names of macros, views, tables and columns, each with what it is."""
    about = dict.fromkeys(KEYWORDS, "")
    for entry in reversed(entries):
        about |= {column.name: f"{entry.name}: {column.about}" for column in entry.columns}
    about |= {entry.name: entry.about for entry in entries}
    about |= dict.fromkeys((".tables", ".about", ".help", ".quit"), "")
    return WordCompleter(list(about), ignore_case=True, meta_dict=about, pattern=WORD)


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if finished(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    return keys


def _command(text: str, entries: list[Entry]) -> None:
    command, _, name = text.rstrip("; ").partition(" ")
    if command == ".tables":
        list_all(entries)
    elif command == ".about" and name.strip():
        describe(look_up(entries, name))
    else:
        out.print(HELP, markup=False)


def _history() -> History:
    """The history file, ``$XDG_STATE_HOME/rivalry/sql_history``; only of this session where it can't be written."""
    folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "rivalry"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sql_history").touch(mode=0o600)
    except OSError as error:
        err.print(f"no history is kept: {folder} can't be written ({error.strerror})", markup=False)
        return InMemoryHistory()
    return FileHistory(str(folder / "sql_history"))
