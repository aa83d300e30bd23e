"""How fast texts are read on one core, and what it takes: the whole pipeline beside the network alone, loading, memory, headlines, events.

The network alone is what no rule or list can be faster than: a plain statistical pipeline of this quality. Each figure is of a
process of its own with one thread, on the project's annotated articles; a token is a word of the tokenizer, spaces left out.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
from collections.abc import Callable
from time import process_time
from typing import Any

from tests.bench.figures import Figure, cpu_seconds

EVERY = 8  # of the annotated articles that are read
HEADLINES = 20_000


def measure() -> list[Figure]:
    """The figures, each process started afresh so that memory and loading are its own."""
    spacy_alone, _ = _apart(_load_blank)
    seconds, _ = _apart(_load)
    reading, memory = _apart(_read)
    headlines, _ = _apart(_triage)
    whole, network = reading["tokens"] / reading["whole"], reading["tokens"] / reading["network"]
    with_events = reading["whole"] + reading["events"]
    return [
        Figure("tokens, whole pipeline without events", whole, "a CPU-second", 8_000, "the network alone", network),
        Figure("tokens, events as well", reading["tokens"] / with_events, "a CPU-second", None, "", None),
        Figure("events' share of the CPU", 100 * reading["events"] / with_events, "%", None, "", None, least=False),
        Figure(
            "loading and a first text", seconds, "CPU-seconds", 4, "spaCy's blank English", spacy_alone, least=False
        ),
        Figure("peak memory of reading", memory, "MB", 700, "", None, least=False),
        Figure("headlines with their summaries", HEADLINES / headlines, "a CPU-second", 5_000, "", None),
        *(
            Figure(f"… of the reading: {name}", 100 * spent / with_events, "%", None, "", None, least=False)
            for name, spent in reading["components"].items()
        ),
    ]


def _apart(work: Callable[[], Any]) -> tuple[Any, float]:
    """What ``work`` gives in a process of its own, and the process's peak memory in MB."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (work,))


def _measured(work: Callable[[], Any]) -> tuple[Any, float]:
    found = work()
    return found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def _load_blank() -> float:
    began = process_time()
    import spacy

    spacy.blank("en")("Nvidia met Huawei.")
    return process_time() - began


def _load() -> float:
    began = process_time()
    from extractors.language.pipeline import load

    load()("Nvidia met Huawei.")
    return process_time() - began


def _read() -> dict[str, Any]:
    """CPU seconds of each part over the same articles, after a first text, as a night reads them: in batches."""
    from extractors.events.coder import code
    from extractors.language.pipeline import load
    from extractors.language.training.corpus import read_corpus

    nlp, articles = load(), list(read_corpus())[::EVERY]
    nlp("Nvidia met Huawei in Beijing.")
    docs = [nlp.make_doc(a.text) for a in articles]
    tokenizer = cpu_seconds(lambda: [nlp.make_doc(a.text) for a in articles])
    components = {"tokenizer": tokenizer}
    for name, component in nlp.pipeline:
        run = component.pipe if hasattr(component, "pipe") else lambda stream, one=component: map(one, stream)
        components[name] = cpu_seconds(lambda run=run: list(run(docs)))
    published = [a.published for a in articles]
    code(docs[0], published[0], None)
    events = cpu_seconds(lambda: [code(doc, day, None) for doc, day in zip(docs, published, strict=True)])
    return {
        "tokens": sum(not t.is_space for doc in docs for t in doc),
        "whole": sum(components.values()),
        "network": tokenizer + components["minilm_reader"],
        "events": events,
        "components": components | {"events": events},
    }


def _triage() -> float:
    """CPU seconds of the verdicts on headlines, two in a hundred of them on the subject."""
    from extractors.language.topic import triage

    off, on = ("Council mends a bridge {n}", "Work on the old bridge begins in spring, the mayor said at a meeting."), (
        "U.S. weighs AI chip rule {n} for China", "The Commerce Department may widen its export controls, officials said.",
    )  # fmt: skip
    rows = [((on if n % 50 == 0 else off)[0].format(n=n), (on if n % 50 == 0 else off)[1]) for n in range(HEADLINES)]
    triage(*rows[0])
    return cpu_seconds(lambda: [triage(title, summary) for title, summary in rows])
