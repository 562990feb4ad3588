"""Finding a tag among those to choose from: by name or by what is meant, as in the catalogue."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from huaxiang.analyse.portrait import portrait_fields
from huaxiang.analyse.tag_search import search
from huaxiang.server.data import workspace
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of

_MOST = 40
_LONGEST = 100


@page(permission="see_profile")
def find(request: HttpRequest) -> HttpResponse:
    """``keys`` of what conditions may name that ``?q=`` speaks of, the best first: tags, and what RFM says by name."""
    asked, tags = request.GET.get("q", "")[:_LONGEST].strip(), workspace().definitions.tags
    found = search(asked, {key: tag for key, tag in tags.items() if not tag.helper}) if asked else []
    others = portrait_fields(tags).items()
    named = [key for key, field in others if key not in tags and asked and asked in field.name.say(lang_of(request))]
    return JsonResponse({"keys": [*found, *named][:_MOST]})
