"""Crowds: which there are, how many they are and what they are made of, who is in them, and why."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import FileResponse, HttpRequest
from ninja import Query, Router
from pydantic import Field

from huaxiang.analyse.crowd_history import Fared, fared, imports_since, latest_of_each
from huaxiang.analyse.crowd_sizes import Composition, composition
from huaxiang.analyse.groups.contrast import TagContrast, group_portrait
from huaxiang.analyse.packs import PACK, pack_sizes
from huaxiang.engine.interface import only
from huaxiang.errors import DefinitionError, InputError
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import Condition, InCrowd, caps, leaves, record_of
from huaxiang.model.group_tags import group_tags
from huaxiang.model.segments import Segment
from huaxiang.release.small_cells import suppress_row
from huaxiang.server.api.calling import Key, caller_of
from huaxiang.server.api.customers import chosen_tags, known_customer
from huaxiang.server.api.members import FORMATS, MOST, all_of, page_of, place_of
from huaxiang.server.api.saying import json_answer
from huaxiang.server.api.shapes import Crowd, CrowdList, Members, Membership, PackList, Size, SplitAsked, VersionList
from huaxiang.server.clock import now
from huaxiang.server.crowds.history import problem_words
from huaxiang.server.crowds.members import SHOWN
from huaxiang.server.crowds.sight import Sight, sight_with
from huaxiang.server.crowds.split import chosen_packs, in_packs
from huaxiang.server.crowds.version_words import told as told_versions

router = Router(tags=["crowd"])
#: A file of everybody may take longer than an answer.
FILE_SECONDS = 600.0
Name = Annotated[str, Field(max_length=100)]
Named = Annotated[str, Field(max_length=4_000)]
UNSPLIT = SplitAsked()
Purpose = Annotated[str, Field(max_length=40)]


@router.get("/crowds", auth=Key("crowd:read"), response=CrowdList, operation_id="crowds")
def crowds(request: HttpRequest) -> Any:
    """Every crowd."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        latest = latest_of_each(sight.engine)
        told = [
            told_crowd(one, sight) | {"latest": told_run(latest.get(one.key), sight)}
            for one in sight.definitions.segments.values()
        ]
        return json_answer({"crowds": told})


@router.get("/crowds/{key}", auth=Key("crowd:read"), response=Crowd, operation_id="crowd")
def crowd(request: HttpRequest, key: Name) -> Any:
    """One crowd, with the ``ETag`` that a change of it asks for."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        segment = sight.segment(key)
        latest = {"latest": told_run(latest_of_each(sight.engine).get(key), sight)}
        return json_answer(told_crowd(segment, sight) | latest, headers={"ETag": etag(segment)})


@router.get("/crowds/{key}/history", auth=Key("crowd:read"), response=dict[str, Any], operation_id="crowd_history")
def crowd_history(request: HttpRequest, key: Name) -> Any:
    """How it fared at each refresh."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        segment = sight.segment(key)
        runs = [told_run(run, sight) for run in fared(sight.engine, key)]
        return json_answer({"crowd": key, "version": segment.version, "runs": runs})


@router.get("/crowds/{key}/versions", auth=Key("crowd:read"), response=VersionList, operation_id="crowd_versions")
def crowd_versions(request: HttpRequest, key: Name) -> Any:
    """Every version that it had, the newest first."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        segment = sight.segment(key)
        told = [one.record for one in told_versions(segment, sight.workspace, sight.lang)]
        return json_answer(
            {"crowd": key, "version": segment.version, "versions": told}, headers={"ETag": etag(segment)}
        )


@router.get("/crowds/{key}/count", auth=Key("crowd:read"), response=Size, operation_id="crowd_count")
def crowd_count(request: HttpRequest, key: Name) -> Any:
    """Its exact size and what it is made of."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        return json_answer(told_size(sight.segment(key).condition, sight))


@router.get("/crowds/{key}/packs", auth=Key("crowd:read"), response=PackList, operation_id="crowd_packs")
def crowd_packs(request: HttpRequest, key: Name, packs: Named = "", seed: Name = "") -> Any:
    """How large the packs of a split are, and the rule of each."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        segment = sight.segment(key)
        chosen = chosen_packs(segment, packs, seed)
        if chosen is None:
            raise InputError("packs.missing", name=segment.name.message)
        sizes, rules = pack_sizes(sight.population, segment.condition, chosen), chosen.parts(InCrowd(crowd=key))
        told = [{"pack": name, "rule": text_of(rules[name]), **size.__dict__} for name, size in sizes.items()]
        return json_answer({"crowd": key, "version": segment.version, "seed": chosen.seed, "packs": told})


@router.get("/crowds/{key}/members", auth=Key("crowd:members"), response=Members, operation_id="crowd_members")
def crowd_members(
    request: HttpRequest,
    key: Name,
    purpose: Purpose,
    tags: Named = "",
    cursor: Annotated[str, Field(max_length=600)] = "",
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100,
    split: Query[SplitAsked] = UNSPLIT,
) -> Any:
    """One page of its customers, masked."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        segment = sight.segment(key)
        place = place_of(cursor, limit, sight, segment)
        parted, meant, columns = _split(sight, segment, split)
        page = page_of(parted, meant, [*columns, *_columns(sight, tags)], purpose, place, now())
        body = {
            "crowd": segment.key,
            "version": segment.version,
            "as_of": sight.as_of,
            "export_id": page.export_id,
            "members": page.released.table.to_pylist(),
            "next": page.next,
        }
        return json_answer(body)


@router.get("/crowds/{key}/members/file", auth=Key("crowd:members"), operation_id="crowd_members_file")
def crowd_members_file(
    request: HttpRequest,
    key: Name,
    purpose: Purpose,
    kind: Annotated[str, Field(max_length=10)] = "ndjson",
    tags: Named = "",
    raw: bool = False,
    split: Query[SplitAsked] = UNSPLIT,
) -> Any:
    """All of its customers as one file."""
    caller = caller_of(request)
    if kind not in FORMATS:
        raise InputError("crowds.unknown_format", given=kind, expected=" / ".join(FORMATS))
    if raw:
        caller.require("personal:read")
    with sight_with(caller.access, caller.lang, FILE_SECONDS) as sight:
        parted, meant, columns = _split(sight, sight.segment(key), split)
        done = all_of(parted, meant, [*columns, *_columns(sight, tags)], purpose, kind, now(), raw=raw)
    stream = done.file.path.open("rb")
    # Nothing is left behind: the file lives as long as it is being sent.
    done.file.path.unlink()
    told = {
        "Huaxiang-Rows": str(done.file.rows),
        "Huaxiang-Without-Consent": str(done.released.without_consent),
        "Huaxiang-Export": done.export_id,
        "Huaxiang-SHA256": done.file.sha256,
    }
    name = done.file.path.name
    return FileResponse(stream, content_type=FORMATS[kind], as_attachment=True, filename=name, headers=told)


@router.get(
    "/crowds/{key}/members/{identifier}", auth=Key("crowd:read"), response=Membership, operation_id="crowd_member"
)
def crowd_member(request: HttpRequest, key: Name, identifier: Annotated[str, Field(max_length=300)]) -> Any:
    """Whether one customer is in it, and why."""
    caller = caller_of(request)
    known = known_customer(caller, identifier, wanted=())
    with sight_with(caller.access, caller.lang) as sight:
        segment = sight.segment(key)
        own = sight.population.of([known.customer_id])
        tests = list(dict.fromkeys((*leaves(segment.condition), *caps(segment.condition))))
        marks = {"inside": segment.condition} | {f"test_{place}": test for place, test in enumerate(tests)}
        found = only(sight.engine.arrow(own.marked(marks)))
        row: dict[str, Any] = found[0] if found else {}
        told = [_told_test(test, sight) | {"true": row.get(f"test_{place}")} for place, test in enumerate(tests)]
        body = {"customer_id": known.customer_id, "crowd": key, "version": segment.version, "as_of": sight.as_of}
        return json_answer({**body, "inside": bool(row.get("inside")), "tests": told})


def told_crowd(segment: Segment, sight: Sight) -> dict[str, Any]:
    """A crowd as the API tells it."""
    return {
        "key": segment.key,
        "version": segment.version,
        "name": segment.name.say(sight.lang),
        "meaning": segment.meaning_zh if sight.lang == "zh" else segment.meaning_en,
        "owner": segment.owner,
        "least_customers": segment.least_customers,
        "most_customers": segment.most_customers,
        **told_rule(segment.condition, sight),
    }


def told_run(run: Fared | None, sight: Sight) -> dict[str, Any] | None:
    """How a crowd fared at a refresh: ``status`` failed says why, ``imports_since`` how stale it is."""
    if run is None:
        return None
    told = {name: getattr(run, name) for name in ("run_id", "as_of", "version", "customers", "entered", "status")}
    told |= {"left": run.gone, "is_outside": run.outside, "reason": problem_words(run, sight.lang)}
    return told | {"imports_since": imports_since(sight.engine, run)}


def told_rule(condition: Condition, sight: Sight) -> dict[str, Any]:
    """A rule as record, as text and as sentence; one that does not hold together says what is wrong with it instead,
    and stops no list."""
    try:
        said = sight.population.sentence(condition, sight.lang)
    except DefinitionError as problem:
        said = problem.say(sight.lang)
    return {"rule": record_of(condition), "text": text_of(condition), "sentence": said}


def _told_test(test: Condition, sight: Sight) -> dict[str, Any]:
    return {"text": text_of(test), "sentence": sight.population.sentence(test, sight.lang)}


def told_size(condition: Condition, sight: Sight) -> dict[str, Any]:
    """The exact size of a rule and, unless it is too few, what its customers are made of."""
    size: Composition = composition(sight.population, condition)
    smallest = sight.workspace.settings.smallest_cell
    is_few = size.customers < smallest
    made_of = {} if is_few else _made_of(condition, sight, smallest)
    return {**size.__dict__, "as_of": sight.as_of, "is_few": is_few, "smallest": smallest, "composition": made_of}


def etag(segment: Segment) -> str:
    """What names this version of a crowd."""
    return f'"{segment.key}.v{segment.version}"'


def _made_of(condition: Condition, sight: Sight, smallest: int) -> dict[str, list[dict[str, Any]]]:
    told = group_tags().usual
    rows = sight.population.marked({"inside": condition}, told)
    portrait = group_portrait(sight.engine, rows, sight.fields, told)
    return {key: _safe(tag, smallest, sight.lang) for key, tag in portrait.tags.items()}


def _safe(tag: TagContrast, smallest: int, lang: str) -> list[dict[str, Any]]:
    """The values of a tag without small counts; where one is hidden, nothing is said that would tell it."""
    counts = [(share.inside, share.inside + share.beside) for _, share in tag.bars]
    inside, everyone = (suppress_row([pair[side] for pair in counts], smallest).cells for side in (0, 1))
    told = []
    for (bar, share), own, of_all in zip(tag.bars, inside, everyone, strict=True):
        shown = None not in (own, of_all)
        said = {"index": share.index, "verdict": share.verdict} if shown else {"index": None, "verdict": None}
        rule = text_of(bar.condition(tag.field))
        told.append({"value": bar.words(tag.field).say(lang), "rule": rule, "inside": own, "everyone": of_all, **said})
    return told


def _split(sight: Sight, segment: Segment, asked: SplitAsked) -> tuple[Sight, Segment, list[str]]:
    """The customers with their packs, the crowd or the one pack that is meant, and the columns that this adds."""
    chosen, pack = chosen_packs(segment, asked.packs, asked.seed), asked.pack
    if chosen is None and pack:
        raise InputError("packs.missing", name=segment.name.message)
    if chosen is None:
        return sight, segment, []
    meant = segment.model_copy(update={"condition": chosen.named(pack, segment.condition)}) if pack else segment
    return in_packs(sight, chosen), meant, [PACK]


def _columns(sight: Sight, tags: str) -> list[str]:
    return chosen_tags(sight.workspace, tags) if tags.strip() else [name for name in SHOWN if name in sight.fields]
