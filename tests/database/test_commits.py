"""Bookmarks as two servers gave them, and what they say of the last commit."""

import base64

import pytest

from app.database.commits import Commit, commit_of


@pytest.mark.parametrize(
    ("bookmark", "commit"),
    [
        ("FB:kcwQwnMvODTITGudJHVZiGv4mAOQ", Commit("c2732f3834c84c6b9d247559886bf898", 3)),  # 2026.08.1
        ("FB:kcwQwnMvODTITGudJHVZiGv4mMkA55A=", Commit("c2732f3834c84c6b9d247559886bf898", 231)),
        ("FB:kcwQKPkDkS3JT9iFM90m6PXpABqQ", Commit("28f903912dc94fd88533dd26e8f5e900", 26)),  # 5.26.30
        ("FB:kcwQKPkDkS3JT9iFM90m6PXpAMkA5pA=", Commit("28f903912dc94fd88533dd26e8f5e900", 230)),
    ],
)
def test_a_bookmark_holds_the_database_and_the_number_of_its_last_transaction(bookmark: str, commit: Commit) -> None:
    assert commit_of(bookmark) == commit


@pytest.mark.parametrize(
    ("width", "mark", "number"),
    [(1, 0xC8, -1), (2, 0xC9, 128), (2, 0xC9, 32_767), (4, 0xCA, 32_768), (4, 0xCA, 2**31 - 1), (8, 0xCB, 2**62)],
)
def test_a_number_of_any_width_is_read(width: int, mark: int, number: int) -> None:
    packed = bytes([0x91, 0xCC, 16, *bytes(16), mark, *number.to_bytes(width, "big", signed=True), 0x90])

    assert commit_of("FB:" + base64.b64encode(packed).decode()) == Commit("00" * 16, number)


@pytest.mark.parametrize(
    "bookmark",
    [
        "",
        "neo4j:bookmark:v1:tx42",
        "FB:",
        "FB:not base64",
        "FB:kcwQ",
        "FB:kcwQwnMvODTITGudJHVZiGv4mA==",  # no number
        "FB:kcwQwnMvODTITGudJHVZiGv4mAM=",  # no end
        "FB:kcwQwnMvODTITGudJHVZiGv4mAOQkA==",  # more after the end
        "FB:kswQwnMvODTITGudJHVZiGv4mAOQ",  # another structure
        "FB:kcwQwnMvODTITGudJHVZiGv4mIOQ",  # not a number
    ],
)
def test_a_bookmark_of_another_form_says_nothing(bookmark: str) -> None:
    assert commit_of(bookmark) is None
