"""Stories: connected copies, no chains, no glue, and an original that its members are related to."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.story.headline_groups import KINDS, group_headlines, kinds
from dedupe.story.join import Joins, join_stories
from dedupe.story.original import Traits, is_agency, only_dated, originality


def joins(edges: list[tuple[int, int]], parts: list[tuple[int, int]] = []) -> Joins:  # noqa: B006
    """Even pairs, and parts (contained, host)."""
    a = [min(p) for p in edges + parts]
    b = [max(p) for p in edges + parts]
    even = [True] * len(edges) + [False] * len(parts)
    contained = [False] * len(edges) + [inner < outer for inner, outer in parts]
    return Joins(np.array(a, int), np.array(b, int), np.array(even, bool), np.array(contained, bool), np.ones(len(a)))


def solve(n: int, made: Joins) -> list[int]:
    known = set(zip(made.a.tolist(), made.b.tolist(), strict=True))

    def related(pairs: np.ndarray) -> np.ndarray:
        return np.array([(min(p), max(p)) in known for p in pairs.tolist()], dtype=bool)

    found: list[int] = join_stories(n, made, np.arange(n), related).tolist()
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sets(st.integers(0, 30), min_size=2, max_size=6), max_size=5))
def test_disjoint_cliques_are_stories(groups: list[set[int]]) -> None:
    graph = nx.Graph()
    for group in groups:
        if not set(graph) & group:
            graph.add_edges_from((a, b) for a in group for b in group if a < b)
    found = solve(31, joins([(min(e), max(e)) for e in graph.edges]))
    for component in nx.connected_components(graph):
        assert {found[x] for x in component} == {min(component)}


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda e: e[0] < e[1]), unique=True, max_size=30)
)
def test_every_member_is_related_to_its_original(edges: list[tuple[int, int]]) -> None:
    found = solve(13, joins(edges))
    for x, original in enumerate(found):
        assert found[original] == original
        assert x == original or (min(x, original), max(x, original)) in edges


def test_a_chain_does_not_hold() -> None:
    found = solve(5, joins([(0, 1), (1, 2), (2, 3), (3, 4)]))
    assert len(set(found)) == 2 and found[0] != found[4]


def test_a_brief_in_two_unlike_hosts_does_not_glue_them() -> None:
    found = solve(3, joins([], [(0, 1), (0, 2)]))
    assert found[1] != found[2]
    assert found[0] in (found[1], found[2]) or found[0] == 0


def test_a_part_attaches_with_its_copies_to_the_better_host() -> None:
    made = joins([(0, 1)], [(0, 2), (1, 2), (0, 3)])
    made.score[1:] = [0.9, 0.9, 0.5]
    found = solve(4, made)
    assert found[0] == found[1] == found[2] != found[3]


def test_a_long_chain_of_ten_thousand_ends() -> None:
    n = 10_000
    found = solve(n, joins([(i, i + 1) for i in range(n - 1)]))
    assert all(abs(x - original) <= 1 for x, original in enumerate(found))


def test_originals_are_the_agency_then_the_earliest_then_the_longest() -> None:
    hours, no, words = np.array([3.0, 1.0, np.nan, 1.0]), np.zeros(4, bool), np.array([9, 5, 99, 7])
    assert originality(Traits(no, no, hours, no, words, np.zeros(4, int))).tolist() == [2, 1, 3, 0]
    agency = np.array([False, False, True, False])
    assert originality(Traits(agency, no, hours, no, words, np.zeros(4, int))).tolist()[2] == 0
    away = np.array([False, True, False, True])
    assert originality(Traits(no, away, hours, no, words, np.zeros(4, int))).tolist() == [0, 3, 1, 2]


def test_a_date_without_time_does_not_beat_a_time_of_its_day() -> None:
    hours = np.array([48.0, 60.0, 24.0])
    no = np.zeros(3, bool)
    dated = only_dated(hours)
    assert dated.tolist() == [True, False, True]
    assert originality(Traits(no, no, hours, dated, np.array([5, 5, 5]), np.zeros(3, int))).tolist() == [2, 1, 0]


def test_an_outlet_that_others_credit_is_an_agency() -> None:
    outlet = pa.array(["Wire", "Times", "Wire", None], pa.large_string())
    agency = pa.array([None, "WIRE", "Other", None], pa.large_string())
    nowhere = pa.nulls(4, pa.large_string())
    assert is_agency(outlet, agency, nowhere).tolist() == [True, False, False, False]
    at = pa.array([None, "Times", None, None], pa.large_string())
    assert is_agency(outlet, pa.nulls(4, pa.large_string()), at).tolist() == [False, True, False, False]


def test_headlines_gather_around_the_most_carried_without_chains() -> None:
    code = np.array([0, 1, 1, 2, 3, -1])
    near = np.array([[0, 1], [1, 2], [2, 3]])
    assert group_headlines(code, near, 4).tolist() == [1, 1, 1, 1, -1, -1]
    assert group_headlines(np.array([-1, -1]), np.zeros((0, 2), np.int64), 0).tolist() == [-1, -1]


def test_kinds_of_repeated_headlines() -> None:
    group = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    story = np.array([0, 0, 2, 3, 4, 5, 6, 6, 8, 9])
    event = np.array([0, 0, 2, 3, 4, 5, 6, 6, 8, 8])
    outlet = np.array([0, 1, 0, 0, 0, 1, 0, 1, 0, 1])
    day = np.array([1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    code = np.array([0, 0, 1, 1, 2, 2, 3, 4, 5, 6])
    assert [KINDS[k] for k in kinds(group, story, outlet, day, code, event)] == [
        "copies", "recurring", "headline_only", "reheadlined", "same_event",
    ]  # fmt: skip
