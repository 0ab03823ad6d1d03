"""Trees: paths to few ends, drawn from the end outwards."""

from app.cli.trees import ASCII, tree_lines, tree_of


def test_a_path_hangs_below_its_end() -> None:
    assert [*tree_lines(tree_of([("checkout", "pay", "db")]))] == [
        ("", "db"),
        ("└── ", "pay"),
        ("    └── ", "checkout"),
    ]


def test_what_is_named_first_is_drawn_first() -> None:
    tree = tree_of([("checkout", "pay", "db"), ("audit", "db"), ("refund", "pay", "db")])

    assert [*tree_lines(tree)] == [
        ("", "db"),
        ("├── ", "pay"),
        ("│   ├── ", "checkout"),
        ("│   └── ", "refund"),
        ("└── ", "audit"),
    ]


def test_two_ends_are_two_roots() -> None:
    assert [*tree_lines(tree_of([("a", "x"), ("b", "y")]))] == [("", "x"), ("└── ", "a"), ("", "y"), ("└── ", "b")]


def test_paths_that_contradict_each_other_are_both_drawn_whole() -> None:
    tree = tree_of([("a", "b", "x"), ("b", "a", "x")])

    assert [*tree_lines(tree)] == [
        ("", "x"),
        ("├── ", "b"),
        ("│   └── ", "a"),
        ("└── ", "a"),
        ("    └── ", "b"),
    ]


def test_a_path_may_be_longer_than_the_stack_of_python() -> None:
    path = tuple(str(number) for number in range(3000))

    assert sum(1 for _ in tree_lines(tree_of([path]))) == 3000


def test_a_terminal_without_line_drawing_gets_plain_guides() -> None:
    assert [*tree_lines(tree_of([("a", "x"), ("b", "x")]), ASCII)] == [("", "x"), ("|-- ", "a"), ("`-- ", "b")]
