"""What several test files share."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def prefect() -> Iterator[str]:
    """A Prefect server of the tests' own, on a database of its own; the address of its API."""
    from prefect.settings import PREFECT_API_URL
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield str(PREFECT_API_URL.value())


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse that ``make run`` makes, published: two nights over the sample newsroom, taken without Prefect."""
    from flows import sample_run
    from tests.test_nightly import plainly

    db = tmp_path_factory.mktemp("sample") / "sample.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        plainly(patch)
        patch.setattr(sample_run, "nightly", sample_run.nightly.fn)
        patch.setattr(sample_run, "PORT", 0)
        sample_run.run(db)
    return db
