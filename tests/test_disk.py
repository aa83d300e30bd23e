"""A disk that is full: a small file system of its own where this may be mounted."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors.errors import RunFailed
from extractors.ids import bytes_hash
from flows.newsroom.server import serve
from tests.test_nightly import FIRST, night, plainly
from warehouse import raw


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of three megabytes; skipped where this user may mount none."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("this user may mount no file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def filled(folder: Path, left: int) -> Path:
    """Fill the disk to ``left`` bytes; returns the file that does so."""
    stuffing = folder / "stuffing"
    usage = subprocess.run(["df", "--output=avail", "-B1", str(folder)], capture_output=True, text=True, check=True)
    stuffing.write_bytes(b"\0" * (int(usage.stdout.split()[1]) - left))
    return stuffing


def test_a_page_on_a_full_disk_is_stored_whole_or_not_at_all(small_disk: Path) -> None:
    body = bytes(range(256)) * 3
    stuffing = filled(small_disk, 0)
    with pytest.raises(RunFailed, match="full; free some space"):
        raw.put(small_disk / "raw", body)
    assert not list(small_disk.rglob("*.part")) and not list(small_disk.rglob("*.zst"))
    stuffing.unlink()
    assert raw.get(small_disk / "raw", raw.put(small_disk / "raw", body)) == body
    assert bytes_hash(body) in {path.stem for path in small_disk.rglob("*.zst")}


def test_a_night_on_a_full_disk_fails_in_one_line_and_goes_on_once_there_is_room(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plainly(monkeypatch)
    with serve(FIRST) as server:
        with pytest.raises(RunFailed, match="full; free some space"):
            night(server, small_disk / "w.duckdb", FIRST, "brasswick-ledger")
        subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
        counts = night(server, small_disk / "w.duckdb", FIRST, "brasswick-ledger")
    assert counts.outcomes == {"loaded": 3, "gone": 1, "partial": 1}
    assert (small_disk / "w-snapshot.duckdb").exists()
