"""What several files give together."""

from pathlib import Path

import pytest

from app.errors import InvalidInput
from app.exchange.model import Format, Source
from app.exchange.plan import sources_at
from tests.exchange.reading import problems, read, refusal

DEPENDS = "from,to,relation,strength,tolerance_seconds\n"
SUFFIXES = ".csv .json .jsonl .ndjson .yaml .yml"


def test_a_key_given_twice_is_a_problem_and_the_first_row_stands(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "items.csv": "key,type,name\na,TEAM,First\n",
        "more.ndjson": '{"key": "a", "type": "TEAM", "name": "Second"}\n',
    }

    plan = read(tmp_path, files)

    assert [draft.fields["name"] for draft in plan.items] == ["First"]
    assert [str(problem) for problem in plan.problems] == [
        "more.ndjson:1: key 'a' was already given in items.csv:2; keep one"
    ]


def test_an_edge_given_twice_is_one_edge_that_hurts_as_the_stricter_row_does(tmp_path: Path) -> None:
    text = DEPENDS + "a,b,DEPENDS_ON,SOFT,0\na,b,DEPENDS_ON,HARD,300\na,b,DEPENDS_ON,SOFT,60\na,c,DEPENDS_ON,INFO,5\n"

    plan = read(tmp_path, {"dependencies.csv": text})

    assert plan.problems == ()
    assert [(draft.provider, draft.properties) for draft in plan.dependencies] == [
        ("b", {"strength": "HARD", "toleranceSeconds": 0}),
        ("c", {"strength": "INFO", "toleranceSeconds": 5}),
    ]


def test_rows_that_contradict_each_other_about_an_edge_are_a_problem(tmp_path: Path) -> None:
    text = "group,member,weight\ndb,db-1,1\ndb,db-1,2\ndb,db-1,1\n"

    assert problems(tmp_path, {"members.csv": text}) == [
        "members.csv:3: HAS_MEMBER from 'db' to 'db-1' was already given in members.csv:2; keep one"
    ]


def test_a_folder_stands_for_the_files_in_it_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "items.csv").touch()
    (tmp_path / "company.yaml").touch()
    (tmp_path / "README.md").touch()

    assert [source.name for source in sources_at([tmp_path])] == ["company.yaml", "items.csv"]


def test_files_of_the_same_name_are_told_apart_by_their_path(tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "items.csv", tmp_path / "b" / "items.csv"
    for path in (first, second):
        path.parent.mkdir()
        path.touch()

    assert sources_at([first, second]) == (Source(str(first), first), Source(str(second), second))


def test_a_path_that_leads_to_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there is no file or folder"):
        sources_at([tmp_path / "gone.csv"])


def test_a_folder_without_a_known_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"holds no \.csv \.json"):
        sources_at([tmp_path])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("items.csv.gz", f"items.csv.gz: packed files are not read; unpack it to a {SUFFIXES} file first"),
        ("items.xlsx", f"items.xlsx: the suffix tells no format; use {SUFFIXES}, or name the format"),
    ],
)
def test_a_suffix_that_tells_no_format_is_refused(tmp_path: Path, name: str, sentence: str) -> None:
    assert refusal(tmp_path, {name: b""}) == sentence


def test_a_named_format_goes_before_the_suffix(tmp_path: Path) -> None:
    plan = read(tmp_path, {"cmdb.txt": '{"key": "a", "type": "TEAM"}'}, form=Format.NDJSON)

    assert [draft.key for draft in plan.items] == ["a"]


def test_more_rows_than_allowed_are_refused(tmp_path: Path) -> None:
    sentence = refusal(tmp_path, {"items.csv": "key,type\na,TEAM\nb,TEAM\nc,TEAM\n"}, max_rows=2)

    assert sentence == "the import has more than 2 rows; split it"
