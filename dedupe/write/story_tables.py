"""Stories, headlines, flows and furniture as Arrow tables."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.article import TIME
from dedupe.compiled import F64, I64
from dedupe.story.changes import HEADLINE
from dedupe.story.flows import Flows
from dedupe.story.headline_groups import KINDS
from dedupe.story.original import REASONS
from dedupe.story.telling import Told, spread_hours
from dedupe.write.tables import LABEL, lists, shown, words_of

STORIES = pa.schema([
    ("story_id", LABEL), ("original_id", LABEL), ("size", pa.int64()), ("outlets", pa.list_(LABEL)), ("agency", LABEL),
    ("kind", LABEL), ("first_published", TIME), ("last_published", TIME), ("spread_hours", pa.float64()),
    ("headlines", pa.list_(LABEL)), ("original_evidence", LABEL), ("event_id", LABEL), ("origins", pa.int64()),
])  # fmt: skip
HEADLINES = pa.schema([
    ("headline_group", LABEL), ("headline", LABEL), ("variants", pa.list_(LABEL)), ("articles", pa.list_(LABEL)),
    ("kind", LABEL),
])  # fmt: skip
FLOWS = pa.schema([
    ("source", LABEL), ("source_kind", LABEL), ("target", LABEL), ("articles", pa.int64()),
    ("median_delay_hours", pa.float64()),
])  # fmt: skip


def story_table(
    original: I64,
    ids: pa.Array,
    story_ids: pa.Array,
    articles: pa.Table,
    hours: F64,
    told: Told,
    names: pa.Array,
    evidence: pa.Array,
) -> pa.Table:
    """`stories.parquet`: one row for each story of two or more, by its first article.

    original: int64[n]; ids, story_ids: string[n]; articles: headline, outlet and published of each; names: the
    agencies'; evidence: string[s], why each of the originals (sorted) is one.
    """
    sizes = np.bincount(original, minlength=len(original))
    many = sizes[original] > 1
    rows = np.flatnonzero(many)
    groups, first = np.unique(original[rows], return_index=True)
    group = np.where(many, original, -1)
    outlets = lists(group, articles["outlet"].combine_chunks(), groups, distinct=True)
    published = articles["published"].combine_chunks().cast(pa.int64())
    known = np.asarray(published.is_valid())[rows]
    when = published.fill_null(0).to_numpy()[rows]
    place = np.searchsorted(groups, original[rows])
    earliest = np.full(len(groups), np.iinfo(np.int64).max)
    latest = np.full(len(groups), np.iinfo(np.int64).min)
    np.minimum.at(earliest, place[known], when[known])
    np.maximum.at(latest, place[known], when[known])
    unknown = earliest == np.iinfo(np.int64).max
    order = np.argsort(rows[first], kind="stable")
    kind = words_of(("repost", "syndicated"), (pc.list_value_length(outlets).to_numpy() >= 2).astype(np.int64))
    agency = told.agency[groups]
    table = pa.Table.from_arrays(
        [
            story_ids.take(pa.array(rows[first])),
            ids.take(pa.array(groups)).cast(LABEL),
            pa.array(sizes[groups]),
            outlets,
            names.cast(LABEL).take(pa.array(agency, mask=agency < 0)),
            kind,
            pa.array(earliest, pa.int64(), mask=unknown).cast(TIME),
            pa.array(latest, pa.int64(), mask=unknown).cast(TIME),
            shown(spread_hours(original, hours, groups), 2),
            lists(group, articles["headline"].combine_chunks(), groups, distinct=True),
            evidence,
            ids.take(pa.array(told.event[groups])),
            pa.array(told.origins[groups]),
        ],
        schema=STORIES,
    )
    return table.take(pa.array(order))


def _told_number(count: I64, text: str) -> pa.Array:
    """The text with its number ("{}"), empty where the number is 0; string[s]."""
    before, _, after = text.partition("{}")
    number = pa.array(count).cast(LABEL)
    words = pc.binary_join_element_wise(pa.scalar(before, LABEL), number, pa.scalar(after, LABEL), pa.scalar("", LABEL))
    return pc.if_else(pa.array(count > 0), words, pa.scalar("", LABEL))


def original_evidence(
    chosen: I64, original: I64, why: I64, told: Told, credited: I64, points_away: I64, contained: I64, hours: F64
) -> pa.Array:
    """Why each original is one, in words, string[s].

    chosen: int64[s], sorted; why: int64[s], index into `original.REASONS`; credited, points_away, contained: int64[n],
    1 for an article that credits the agency of its story, whose canonical URL is another site's, that stands whole in
    its original.
    """
    n = len(original)
    others = np.flatnonzero(original != np.arange(n))
    sizes = np.bincount(original[others], minlength=n)[chosen]

    def of(flag: I64) -> I64:
        counts: I64 = np.bincount(original[others], weights=flag[others], minlength=n)[chosen].astype(np.int64)
        return counts

    retitled = of(told.changes.made[:, HEADLINE].astype(np.int64))
    later = np.full(n, np.inf)
    known = others[~np.isnan(hours[others])]
    np.minimum.at(later, original[known], hours[known])
    ahead = later[chosen] - hours[chosen]
    minutes = np.where(np.isfinite(ahead) & (ahead > 0), np.rint(ahead * 60), 0).astype(np.int64)
    some = minutes < 120
    return pc.binary_join_element_wise(
        words_of(REASONS, why),
        _told_number(np.where(some, minutes, 0), "; {} min before the next"),
        _told_number(np.where(some, 0, minutes // 60), "; {} h before the next"),
        _told_number(of(credited), "; {} of the others credit its agency"),
        _told_number(of(points_away), "; {} canonical URLs point elsewhere"),
        _told_number(of(contained), "; {} stand whole in it"),
        _told_number(retitled, "; {} have another headline"),
        _told_number(sizes, "; {} others"),
        pa.scalar("", LABEL),
    )


def _padded(values: pa.ListArray) -> pa.Array:
    """Lists, the empty ones null, so that each has a first element."""
    return pc.if_else(pc.equal(pc.list_value_length(values), 0), pa.scalar(None, values.type), values)


def headline_table(group: I64, kind: I64, group_ids: pa.Array, articles: pa.Table) -> pa.Table:
    """`headlines.parquet`: one row for each headline that repeats, by its first article.

    group: int64[n], -1 for none; kind: int64[max + 1], by group; group_ids: string[n].
    """
    rows = np.flatnonzero(group >= 0)
    groups, first = np.unique(group[rows], return_index=True)
    headline, ids = articles["headline"].combine_chunks(), articles["id"].combine_chunks()
    variants = lists(group, headline, groups, distinct=True)
    named = pc.list_element(_padded(variants), 0) if len(groups) else pa.array([], LABEL)
    table = pa.Table.from_arrays(
        [
            group_ids.take(pa.array(rows[first])),
            named,
            variants,
            lists(group, ids, groups, distinct=False),
            words_of(KINDS, kind[groups]),
        ],
        schema=HEADLINES,
    )
    return table.take(pa.array(np.argsort(rows[first], kind="stable")))


def flow_table(flows: Flows, agencies: pa.Array, outlets: pa.Array) -> pa.Table:
    """`flows.parquet`: who copies whom, most first.  agencies, outlets: names by number."""
    of_agency = flows.from_agency == 1
    source = pc.coalesce(
        agencies.cast(LABEL).take(pa.array(flows.source, mask=~of_agency)),
        outlets.cast(LABEL).take(pa.array(flows.source, mask=of_agency)),
    )
    return pa.Table.from_arrays(
        [
            source,
            words_of(("outlet", "agency"), flows.from_agency),
            outlets.cast(LABEL).take(pa.array(flows.target)),
            pa.array(flows.articles),
            shown(flows.delay, 2),
        ],
        schema=FLOWS,
    )
