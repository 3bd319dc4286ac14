"""The customer's page: both languages, whole without a script, every word escaped, usable without a mouse."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from libs.web.pages.static import FILES, version
from services.survey.domain.wording import LANGUAGES, WORDS
from services.survey.page import HEADERS, Asker, Gone, in_words, matter, render_form, render_gone, render_thanks
from services.survey.requests import Filled

UNTIL = datetime(2026, 12, 5, 10, 0, tzinfo=UTC)
HOSTILE = '</textarea></p><script>alert(1)</script>" onfocus="alert(1)'


class Elements(HTMLParser):
    """The page as a list of (tag, attributes) and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self):
        return "".join(self.words)


def form(lang="en", **named):
    return render_form(lang=lang, path="/s/tok", expires_at=UNTIL, **named)


def pages(lang):
    yield form(lang, about=HOSTILE, filled=Filled(overall=2, scores={"content": 3}, comment=HOSTILE), answered=True)
    yield form(lang, filled=Filled(error="error_overall", comment=HOSTILE))
    yield render_thanks(lang=lang, path="/s/tok", expires_at=UNTIL, overall=1)
    yield render_thanks(lang=lang, path="/s/tok", expires_at=UNTIL, overall=1, changes=True)
    yield form(lang, asker=Asker(HOSTILE))
    yield render_thanks(lang=lang, path="/s/tok", expires_at=UNTIL, overall=1, asker=Asker(HOSTILE, "https://a.b/?x=\"'<i>"))
    yield from (render_gone(why, lang=lang, path="/s/tok") for why in get_args(Gone))


EVERY_PAGE = [(lang, page) for lang in LANGUAGES for page in pages(lang)]


@pytest.mark.parametrize(("lang", "page"), EVERY_PAGE)
def test_every_page_speaks_one_language_and_offers_the_other(lang, page):
    elements = Elements(page)
    other = "zh" if lang == "en" else "en"
    assert elements.all("html") == [{"lang": WORDS[lang]["lang"]}]
    assert elements.all("nav") == [{"class": "tongue", "aria-label": WORDS[lang]["language"]}]
    assert {"href": f"/s/tok?lang={other}", "hreflang": other, "lang": other} in elements.all("a")
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in elements.all("meta")


@pytest.mark.parametrize(("lang", "page"), EVERY_PAGE)
def test_a_page_loads_our_own_style_and_script_and_nothing_else(lang, page):
    elements = Elements(page)
    assert elements.all("link") == [{"rel": "stylesheet", "href": f"../static/form.css?v={version('form.css')}"}]
    assert elements.all("script") == [{"src": f"../static/form.js?v={version('form.js')}", "defer": None}]
    assert {tag for tag, _ in elements.tags} & {"style", "img", "iframe", "object", "embed", "base"} == set()
    names = {name for tag, attributes in elements.tags if tag != "script" for name in attributes}
    assert not {name for name in names if name.startswith("on") or name in ("style", "src", "srcdoc")}
    assert "url(" not in page and "@import" not in page


@pytest.mark.parametrize("name", ["form.css", "form.js"])
def test_what_a_page_loads_loads_nothing_more(name):
    text = FILES[name].read_text()
    assert not re.findall(r"url\(|@import|fetch|import\b|XMLHttp|eval", text)


def test_the_policy_allows_our_own_files_and_nothing_else():
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'" in policy
    assert "unsafe" not in policy and "http" not in policy


def test_a_page_is_kept_nowhere_and_its_address_told_nobody():
    assert HEADERS["Cache-Control"] == "no-store"
    assert HEADERS["Referrer-Policy"] == "no-referrer"
    assert "noindex" in HEADERS["X-Robots-Tag"]


@pytest.mark.parametrize("named", [{"about": HOSTILE}, {"filled": Filled(comment=HOSTILE)}, {"asker": Asker(HOSTILE)}])
def test_hostile_words_stay_words(named):
    page = form(**named)
    elements = Elements(page)
    assert len(elements.all("script")) == 1
    assert HOSTILE in elements.text
    assert "<script>" not in page


def test_a_hostile_path_stays_an_address():
    page = render_form(lang="en", path='/s/x"><script>', expires_at=UNTIL)
    assert len(Elements(page).all("script")) == 1 and "<script>" not in page


@pytest.mark.slow
@forall(st.text(max_size=200))
def test_the_customers_words_come_back_as_they_were(comment):
    page = form(filled=Filled(overall=3, comment=comment))
    (raw,) = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert Elements(f"<p>{raw}</p>").text == comment


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_field_has_a_name_to_be_read_aloud(lang):
    elements = Elements(form(lang))
    fields = elements.all("input")
    assert [one["value"] for one in fields if one["name"] == "overall"] == ["1", "2", "3", "4", "5"]
    assert len(elements.all("label")) == len(fields) + 1
    assert len(elements.all("fieldset")) == len(elements.all("legend")) == 4
    assert {"class": "label", "for": "comment"} in elements.all("label")
    for score in range(1, 6):
        assert WORDS[lang][f"score_{score}"] in elements.text
    ids = {attributes["id"] for _, attributes in elements.tags if "id" in attributes}
    assert {one["aria-describedby"] for _, one in elements.tags if "aria-describedby" in one} <= ids


def test_only_the_overall_mark_is_demanded():
    demanded = {one["name"] for one in Elements(form()).all("input") if "required" in one}
    assert demanded == {"overall"}


@pytest.mark.parametrize(
    ("why", "filled", "checked"),
    [
        ("a fresh form", Filled(), [("content", ""), ("efficiency", ""), ("attitude", "")]),
        (
            "an answer given before",
            Filled(overall=4, scores={"efficiency": 1}),
            [("overall", "4"), ("content", ""), ("efficiency", "1"), ("attitude", "")],
        ),
    ],
)  # fmt: skip
def test_a_form_shows_what_was_chosen(why, filled, checked):
    inputs = Elements(form(filled=filled)).all("input")
    assert [(one["name"], one["value"]) for one in inputs if "checked" in one] == checked, why


@pytest.mark.parametrize(
    ("why", "error", "target"),
    [("no mark", "error_overall", "#overall-1"), ("too long", "error_comment", "#comment")],
)  # fmt: skip
@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_error_is_announced_and_leads_to_its_field(why, error, target, lang):
    elements = Elements(form(lang, filled=Filled(error=error)))
    assert {"class": "wrong", "role": "alert", "id": "wrong"} in elements.all("div")
    assert {"href": target} in elements.all("a")
    assert target[1:] in {attributes.get("id") for _, attributes in elements.tags}, why
    assert WORDS[lang][error] in elements.text


def test_the_form_is_sent_to_where_it_was_read_in_the_same_language():
    assert Elements(form("zh")).all("form") == [{"method": "post", "action": "/s/tok?lang=zh", "accept-charset": "utf-8"}]


@pytest.mark.parametrize(("overall", "sorry"), [(1, True), (2, True), (3, False), (5, False)])
def test_a_dissatisfied_customer_is_thanked_for_being_frank(overall, sorry):
    page = render_thanks(lang="en", path="/s/tok", expires_at=UNTIL, overall=overall)
    assert (WORDS["en"]["thanks_low"] in page) is sorry


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_reason_for_which_there_is_no_form_is_a_page_of_its_own(lang):
    shown = {why: render_gone(why, lang=lang) for why in get_args(Gone)}
    assert len(set(shown.values())) == len(get_args(Gone))
    assert all(WORDS[lang][f"gone_{why}_text"] in page for why, page in shown.items())


@pytest.mark.parametrize(("changes", "links"), [(True, 1), (False, 0)])
def test_the_way_back_to_an_answer_is_shown_only_where_it_may_be_changed(changes, links):
    page = Elements(render_thanks(lang="en", path="/s/tok", expires_at=UNTIL, overall=3, changes=changes))
    assert len([one for one in page.all("a") if one.get("class") == "go second"]) == links
    assert (WORDS["en"]["final"] in Elements(form(changes=changes)).text) is not changes


@pytest.mark.parametrize(("lang", "words"), [("en", ["resolved", "solved"]), ("zh", ["解决了", "已解决", "处理完毕"])])
def test_no_word_says_that_the_need_was_met(lang, words):
    """A standard may ask about cases that were rejected or withdrawn."""
    assert [said for said in WORDS[lang].values() if any(word in said.lower() for word in words)] == []


@pytest.mark.parametrize(
    ("lang", "zone", "words"),
    [
        ("en", "UTC", "5 December 2026, 10:00 (UTC)"),
        ("zh", "Asia/Shanghai", "2026年12月5日 18:00（UTC+8）"),
        ("en", "Asia/Shanghai", "5 December 2026, 18:00 (UTC+8)"),
        ("en", "Asia/Kolkata", "5 December 2026, 15:30 (UTC+5:30)"),
        ("en", "America/St_Johns", "5 December 2026, 06:30 (UTC-3:30)"),
        ("zh", "Pacific/Kiritimati", "2026年12月6日 00:00（UTC+14）"),
    ],
)
def test_an_instant_is_told_by_the_desk_s_clock(lang, zone, words):
    assert in_words(UNTIL.astimezone(ZoneInfo(zone)), lang) == words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_form_says_at_its_top_who_asks_and_about_what(lang):
    text = Elements(form(lang, about=matter("投诉", UNTIL, lang), asker=Asker("灯具客服"))).text
    day = "2026年12月5日" if lang == "zh" else "5 December 2026"
    assert text.index("灯具客服") < text.index(WORDS[lang]["lead"]) < text.index("投诉") < text.index(WORDS[lang]["overall"])
    assert day in text[text.index("投诉") :].partition("\n")[0]
    assert WORDS[lang]["desk"] in Elements(form(lang)).text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_face_is_named_for_everybody_to_see(lang):
    faces = re.findall(r'<label class="face">(.*?)</label>', form(lang), re.DOTALL)
    assert [re.search("<b>(.*?)</b>", face)[1] for face in faces] == [WORDS[lang][f"score_{score}"] for score in range(1, 6)]
    assert "display: none" not in "".join(line for line in FILES["form.css"].read_text().splitlines() if ".face" in line)


@pytest.mark.parametrize(
    ("why", "overall", "contact", "shown"),
    [
        ("a low score", 2, "mailto:help@example.org", "help@example.org"),
        ("a number", 1, "tel:+49-30-123456", "+49-30-123456"),
        ("a page", 1, "https://example.org/help/", "example.org/help"),
        ("not so low", 3, "mailto:help@example.org", None),
        ("nobody is named", 1, "", None),
    ],
)
def test_after_a_low_score_there_is_a_way_to_somebody(why, overall, contact, shown):
    page = render_thanks(lang="en", path="/s/tok", expires_at=UNTIL, overall=overall, asker=Asker(contact=contact))
    ways = [one for one in Elements(page).all("a") if one.get("class") == "go"]
    assert ways == ([{"class": "go", "href": contact}] if shown else []), why
    assert (WORDS["en"]["reach"] in page) is (shown is not None) and (shown or "") in page
