"""Our adapters keep the contract that docs/platforms.md asks of everybody's."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clerk_app.domain.errors import Rejected, StoreFault
from clerk_app.domain.platform_standard import GB_T_39046
from clerk_app.platforms.contract import (
    PlatformContract,
    RefusingPlatformContract,
    batch_of,
    packed,
    read_back,
)
from clerk_app.platforms.folder import FOLDER
from clerk_app.platforms.posting import HTTP
from clerk_app.ports.platform import Options, PlatformAdapter, PlatformAway
from support.fake_platform import FakePlatform, Mood, fake_platform


class FolderBench:
    """The folder, and who takes files from it."""

    def __init__(self, home: Path, form: str) -> None:
        self.home, self.form = home, form
        self.folder = home / "export"

    def cases(self) -> list[Any]:
        files = sorted(self.folder.glob(f"*.{self.form}")) if self.folder.exists() else []
        return [case for file in files for case in read_back(file.read_bytes(), self.form, GB_T_39046)]

    def go_away(self) -> None:
        """Somebody put a file where the folder should be."""
        self.folder.write_text("not a folder")

    def come_back(self) -> None:
        self.folder.unlink()


class TestJsonInAFolder(PlatformContract):
    form = "json"

    def make_bench(self, folder: Path) -> FolderBench:
        return FolderBench(folder, self.form)

    def make_adapter(self, bench: Any) -> PlatformAdapter:
        return FOLDER.make(Options(bench.home, self.form, folder="export"))

    @pytest.mark.skipif(os.name != "posix", reason="modes of files")
    def test_nobody_else_of_this_computer_can_read_it(self, bench: FolderBench, adapter: PlatformAdapter) -> None:
        adapter.send(packed(adapter, batch_of(adapter.fields)))
        (file,) = bench.folder.iterdir()
        assert stat.S_IMODE(bench.folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    @pytest.mark.skipif(os.name != "posix", reason="modes of files")
    def test_a_folder_that_everybody_may_enter_gets_no_file(self, bench: FolderBench, adapter: PlatformAdapter) -> None:
        bench.folder.mkdir()
        bench.folder.chmod(0o755)
        with pytest.raises(StoreFault, match="chmod 700"):
            adapter.send(packed(adapter, batch_of(adapter.fields)))
        assert list(bench.folder.iterdir()) == []

    def test_a_file_is_never_seen_half(
        self, bench: FolderBench, adapter: PlatformAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parcel = packed(adapter, batch_of(adapter.fields))
        seen = []

        def stopped(handle: int) -> None:
            seen.extend(path.name for path in bench.folder.iterdir())
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", stopped)
            with pytest.raises(StoreFault, match="写不进去"):
                adapter.send(parcel)
        assert seen == [f".{parcel.name}.part"]
        assert list(bench.folder.iterdir()) == []


class TestXmlInAFolder(TestJsonInAFolder):
    form = "xml"


class TestJsonPosted(RefusingPlatformContract):
    form = "json"

    @contextmanager
    def make_bench(self, folder: Path) -> Iterator[FakePlatform]:  # type: ignore[override]
        with fake_platform(self.form) as made:
            yield made

    def make_adapter(self, bench: Any) -> PlatformAdapter:
        return HTTP.make(Options(Path(), self.form, url=bench.url, token=bench.token))

    def test_the_token_is_sent_and_a_wrong_one_is_told(self, bench: FakePlatform, adapter: PlatformAdapter) -> None:
        adapter.send(packed(adapter, batch_of(adapter.fields)))
        assert bench.heard[-1]["authorization"] == f"Bearer {bench.token}"
        assert bench.heard[-1]["content-type"].startswith(f"application/{self.form}")
        stranger = HTTP.make(Options(Path(), self.form, url=bench.url, token="another"))
        with pytest.raises(PlatformAway, match="令牌") as caught:
            stranger.send(packed(stranger, batch_of(stranger.fields, number=2)))
        stranger.close()
        assert "another" not in str(caught.value)

    @pytest.mark.parametrize("mood", [one for one in Mood if one.value.startswith("nonsense")])
    def test_no_kind_of_nonsense_is_a_yes(self, mood: Mood, bench: FakePlatform, adapter: PlatformAdapter) -> None:
        bench.mood = mood
        with pytest.raises(PlatformAway):
            adapter.send(packed(adapter, batch_of(adapter.fields)))


class TestXmlPosted(TestJsonPosted):
    form = "xml"


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"url": ""}, "url"),
        ({"url": "10.1.2.3/api"}, "url"),
        ({"url": "https://[1"}, "url"),
        ({"url": "http://10.1.2.3/api"}, "https"),
        ({"url": "https://10.1.2.3/api", "ca": "missing.pem"}, "证书"),
        ({"url": "https://10.1.2.3/api", "more": {"colour": "red"}}, "colour"),
    ],
)
def test_a_slip_in_the_settings_is_named(options: dict[str, Any], word: str, tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=word):
        HTTP.make(Options(tmp_path, **options))
