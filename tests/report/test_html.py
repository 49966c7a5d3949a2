"""The one file: it needs nothing else, says everything without a script, and nobody's data becomes markup."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report import samples

from lifeworth.report.html import render
from lifeworth.report.spec import Column, Document, Page, Stat, Stats, Table, Text

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Outline(HTMLParser):
    """Every element with its attributes and the words in it, and whether all were closed."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str, class_: str = "") -> list[dict[str, str | None]]:
        return [a for name, a in self.found if name == tag and (not class_ or class_ in (a.get("class") or "").split())]

    def text(self) -> str:
        return " ".join(words for tag, words in self.words if tag not in {"script", "style"})


@pytest.fixture(scope="module")
def source() -> str:
    return render(samples.document())


@pytest.fixture(scope="module")
def outline(source: str) -> Outline:
    return Outline(source)


def one_page(*blocks) -> str:
    return render(Document("t", (Page("p", "P", blocks),), "GBP", samples.AS_OF))


def test_every_element_is_closed(outline):
    assert outline.open == []


def test_every_id_is_given_once(outline):
    ids = [attributes["id"] for _, attributes in outline.found if "id" in attributes]
    assert len(ids) == len(set(ids)) > 20


def test_what_is_pointed_to_exists(outline):
    ids = {attributes.get("id") for _, attributes in outline.found}
    named = {
        value for _, attributes in outline.found for name in ("aria-labelledby",) if (value := attributes.get(name))
    }
    linked = {(link["href"] or "").removeprefix("#") for link in outline.all("a")}
    assert named | linked <= ids


def test_the_navigation_names_every_page(outline):
    assert [name["id"] for name in outline.all("section", "page")] == [
        "overview",
        "data",
        "model",
        "cohorts",
        "cohorts-2",
    ]


def test_nothing_is_fetched(source, outline):
    assert not {name for name, _ in outline.found} & {
        "img",
        "link",
        "iframe",
        "object",
        "embed",
        "audio",
        "video",
        "base",
    }
    for _, attributes in outline.found:
        assert not {"src", "srcset", "data", "action", "formaction", "background"} & attributes.keys()
        assert (attributes.get("href") or "#").startswith("#")
    style = re.search(r"<style>(.*?)</style>", source, re.DOTALL)
    assert style is not None
    assert not re.search(r"@import|url\(|https?:|//[a-z]", style[1])


def test_the_page_forbids_itself_every_request(outline):
    policy = next(m["content"] for m in outline.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy


def test_the_only_script_is_the_one_the_policy_names(source, outline):
    scripts = re.findall(r"<script>(.*?)</script>", source, re.DOTALL)
    policy = next(m["content"] for m in outline.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert len(scripts) == len(outline.all("script")) == 1
    assert base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode() in (policy or "")


def test_no_element_carries_code(outline):
    assert not [name for _, attributes in outline.found for name in attributes if name.startswith("on")]


def test_what_somebody_typed_is_shown_and_inert(outline):
    assert samples.EVIL in outline.text()
    assert not outline.all("img")


@given(st.text(max_size=40))
@settings(max_examples=25, deadline=None)
def test_any_words_stay_words(words):
    table = Table(words, (Column(words, words, definition=words),), ((words,),), caption=words)
    page = Page(words, words, (Stats((Stat(words, words, "text", words, note=words),)), table, Text(words, "bad", words)), lead=words)  # fmt: skip
    plain = replace(page, name="x", blocks=(Stats((Stat("x", "x", "text", "x", note="x"),)), Table("x", (Column("x", "x", definition="x"),), (("x",),), caption="x"), Text("x", "bad", "x")), title="x", lead="x")  # fmt: skip
    shown = Outline(render(Document("t", (page,), "GBP", samples.AS_OF, {words: words})))
    expected = Outline(render(Document("t", (plain,), "GBP", samples.AS_OF, {"x": "x"})))
    kinds = {name for name, _ in expected.found}
    assert {name for name, _ in shown.found} <= kinds


def test_the_same_document_gives_the_same_bytes(source):
    assert render(samples.document()) == source


def test_every_chart_has_its_numbers_beside_it(source):
    for figure in re.findall(r'<figure class="panel chart.*?</figure>', source, re.DOTALL):
        assert figure.count("<summary>Numbers</summary>") == 1
        assert "<table" in figure or "No numbers yet." in figure


def test_every_picture_says_what_it_shows(outline):
    pictures = [one for one in outline.all("svg") if one.get("role") == "img"]
    assert pictures
    assert all(one.get("aria-label") for one in pictures)


def test_every_definition_can_be_reached_without_a_mouse(source):
    shown = one_page(Stats((Stat("CLV", 3, "money", "What it means."),)))
    assert re.search(r"<details class=\"about\">.*<p>What it means\.</p>.*</details>", shown, re.DOTALL)
    assert "What the columns mean" in source


def test_a_figure_without_a_value_says_why():
    shown = Outline(one_page(Stats((Stat("CAC", None, "money", "d", note="Needs marketing spend."),))))
    assert "Needs marketing spend." in shown.text()
    assert "–" in shown.text()


def test_a_shortened_figure_keeps_its_full_value(source):
    assert 'title="£1,243,187.42">£1.24 M<' in source


def test_an_empty_table_says_so(outline):
    assert "No campaign has been run yet." in outline.text()


def test_a_total_is_emphasised(outline):
    assert len(outline.all("tr", "total")) == 2


def test_the_longest_bar_fills_its_cell():
    table = Table("t", (Column("v", "V", "number", bar=True),), ((2.0,), (4.0,), (100.0,)), emphasis=(2,))
    assert re.findall(r"--w:([\d.]+)%", one_page(table)) == ["50.0", "100.0"]


def test_cells_carry_their_full_value_for_sorting_and_copying():
    table = Table("t", (Column("v", "V", "money"),), ((1234.5678,),))
    assert 'data-v="1234.5678">1,234.57<' in one_page(table)


def test_predicted_cells_of_a_heat_map_are_told_apart(outline):
    assert len(outline.all("td", "predicted")) == len(samples.cohorts().marks)


def test_the_first_month_of_a_cohort_does_not_take_the_scale(outline):
    assert len(outline.all("td", "h-base")) == 6


def test_an_empty_document_is_still_a_page():
    shown = Outline(render(Document("t", (), "", samples.AS_OF)))
    assert "There is nothing in this report yet." in shown.text()


def test_a_page_may_have_its_own_currency():
    page = Page("p", "P", (Stats((Stat("a", 5, "money", ""),)),), currency="EUR")
    assert "€5.00" in render(Document("t", (page,), "GBP", samples.AS_OF))
