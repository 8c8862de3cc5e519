"""Prompts with material, typed extraction, tolerant comparisons: what goes to the node, what comes back."""

import dataclasses
import datetime
import decimal
import json
import pickle
import typing
import unittest
from unittest import mock

from . import fake
from .test_vm import NO, YES, Node
from genlayer import _host
from genlayer.gl import nondet, vm
from genlayer.py import calldata
import genlayer.gl as gl


def answers(*values):
    return [calldata.encode({"ok": value}) for value in values]


def error(code, **ctx):
    return calldata.encode({"error": {"causes": [code], "ctx": ctx}})


class Prompts(unittest.TestCase):
    def test_values_are_material_and_numbers_are_words(self):
        made = gl.prompt("Is {page} about {topic}, {count} times? {{yes}} {sure}", page="<a>{topic}",
                         topic=gl.untrusted("cats", "subject"), count=3, sure=True)
        self.assertEqual(made.parts, [
            "Is ", {"label": "page", "text": "<a>{topic}"}, " about ", {"label": "subject", "text": "cats"},
            ", 3 times? {yes} true",
        ])
        self.assertEqual(pickle.loads(pickle.dumps(made)), made)
        self.assertNotIn("cats", repr(made))

    def test_builder(self):
        made = gl.prompt().words("Read ").words("this: ").data("text").data(gl.untrusted("more"), "page")
        self.assertEqual(made.parts, ["Read this: ", {"label": "material", "text": "text"},
                                      {"label": "page", "text": "more"}])

    def test_mistakes_are_told(self):
        for make, text in (
            (lambda: gl.prompt("{page}"), "has no value"),
            (lambda: gl.prompt("page", page="x"), "is no field"),
            (lambda: gl.prompt("{0}", "x"), "positional argument"),
            (lambda: gl.prompt("{page.text}", page="x"), "plain name"),
            (lambda: gl.prompt("{page!r}", page="x"), "plain name"),
            (lambda: gl.prompt("{page}", page=["x"]), "json.dumps"),
            (lambda: gl.prompt("{page}", page=0.5), "whole number"),
            (lambda: f"about {gl.untrusted('x')}", "gl.prompt"),
            (lambda: str(gl.untrusted("x")), "gl.prompt"),
            (lambda: "about " + gl.untrusted("x"), "str"),
            (lambda: gl.untrusted(b"x"), "must be text"),
            (lambda: gl.prompt().words(gl.untrusted("x")), "use .\\.data.text"),
        ):
            with self.subTest(text), self.assertRaisesRegex((TypeError, ValueError), "(?s).*" + text):
                make()

    def test_a_model_is_asked_with_parts_and_schema(self):
        node = fake.fresh()
        node.answers = answers("yes", {"ok": True})
        made = gl.prompt("Is {page} so?", page="text")
        self.assertEqual(nondet.exec_prompt(made), "yes")
        self.assertEqual(nondet.exec_prompt(made, schema={"ok": bool}), {"ok": True})
        first, second = (request["ExecPrompt"] for request in node.requests)
        self.assertEqual(first, {"parts": made.parts, "response_format": "text", "images": []})
        self.assertEqual(json.loads(second["schema"])["properties"], {"ok": {"type": "boolean"}})
        self.assertNotIn("response_format", second)
        with self.assertRaisesRegex(TypeError, "not both"):
            nondet.exec_prompt("x", schema={"ok": bool}, response_format=int)
        with self.assertRaisesRegex(nondet.NondetException, "the prompt is empty"):
            nondet.exec_prompt(gl.prompt(""))


@dataclasses.dataclass
class Match:
    home: typing.Annotated[int, range(0, 100)]
    winner: typing.Literal["lions", "bears"]
    day: datetime.date
    rain: decimal.Decimal | None
    note: str = ""


class Extraction(unittest.TestCase):
    def sent(self, schema, **kwargs):
        node = fake.fresh()
        node.answers = answers({"values": {"home": 2}, "evidence": {"home": "Lions 2"}})
        found = nondet.extract(schema, task="The match.", **(kwargs or {"source": "Lions 2"}))
        return found, node.requests[0]["Extract"]

    def test_schemas_are_written_in_three_ways(self):
        _, plain = self.sent({"home": range(0, 100), "name": nondet.text(40), "ok": bool, "n": int, "who": ["a", "b"],
                              "day": datetime.date, "rain": float, "maybe": str | None})
        schema = json.loads(plain["schema"])
        self.assertEqual(schema["required"], ["home", "name", "ok", "n", "who", "day", "rain"])
        self.assertEqual(schema["properties"], {
            "home": {"type": "integer", "minimum": 0, "maximum": 99}, "name": {"type": "string", "maxLength": 40},
            "ok": {"type": "boolean"}, "n": {"type": "integer"}, "who": {"enum": ["a", "b"]},
            "day": {"type": "string", "format": "date"}, "rain": {"type": "number"}, "maybe": {"type": "string"},
        })
        _, record = self.sent(Match)
        schema = json.loads(record["schema"])
        self.assertEqual(schema["required"], ["home", "winner", "day"])
        self.assertEqual(schema["properties"]["home"], {"type": "integer", "minimum": 0, "maximum": 99})
        self.assertEqual(schema["properties"]["winner"], {"enum": ["lions", "bears"]})
        own = {"type": "object", "properties": {"home": {"type": "integer"}}}
        _, given = self.sent(own)
        self.assertEqual(json.loads(given["schema"]), own)

    def test_sources_have_labels(self):
        for kwargs, expected in (
            ({"source": "a"}, [("source", "a")]),
            ({"source": gl.untrusted("a", "page")}, [("page", "a")]),
            ({"sources": {"x": "a", "y": "b"}}, [("x", "a"), ("y", "b")]),
            ({"sources": ["a", "b"]}, [("source 1", "a"), ("source 2", "b")]),
        ):
            _, sent = self.sent({"home": int}, **kwargs)
            self.assertEqual([(item["label"], item["text"]) for item in sent["sources"]], expected)

    def test_fields_have_their_types_and_values_are_plain(self):
        node = fake.fresh()
        values = {"home": 2, "winner": "lions", "day": "2026-03-07", "rain": "31.6"}
        node.answers = answers({"values": values, "evidence": {"home": "Lions 2"}})
        found = nondet.extract(Match, task="The match.", source="...")
        self.assertEqual((found.home, found["winner"], found.note), (2, "lions", None))
        self.assertEqual(found.day, datetime.date(2026, 3, 7))
        self.assertEqual(found.rain, decimal.Decimal("31.6"))
        self.assertEqual(found.evidence["home"], "Lions 2")
        self.assertEqual(calldata.decode(calldata.encode(found)), values)
        self.assertEqual(pickle.loads(pickle.dumps(found)), found)
        self.assertIn("home", found)
        with self.assertRaisesRegex(AttributeError, "no field `away`; it has home, winner"):
            found.away

    def test_mistakes_are_told(self):
        fake.fresh()
        for make, text in (
            (lambda: nondet.extract({"a": int}, task="x"), "one `source=text`"),
            (lambda: nondet.extract({"a": int}, task="x", source="a", sources=["b"]), "one `source=text`"),
            (lambda: nondet.extract({"a": int}, task="x", sources="b"), "write `source=`"),
            (lambda: nondet.extract({"a": int}, task="x", sources=[]), "is empty"),
            (lambda: nondet.extract({"a": int}, task=" ", source="b"), "what to look for"),
            (lambda: nondet.extract({"a": int}, task="x", source=b"b"), "a source is text"),
            (lambda: nondet.extract({"a": object}, task="x", source="b"), "no model can be asked for"),
            (lambda: nondet.extract({"a": range(0, 10, 2)}, task="x", source="b"), "without gaps"),
            (lambda: nondet.extract({"a": [1, 2]}, task="x", source="b"), "different texts"),
            (lambda: nondet.extract({}, task="x", source="b"), "no fields"),
            (lambda: nondet.extract(int, task="x", source="b"), "a dataclass or a JSON Schema"),
            (lambda: nondet.text(0), "from 1 on"),
        ):
            with self.subTest(text), self.assertRaisesRegex((TypeError, ValueError), text):
                make()

    def test_errors_say_what_they_mean(self):
        for code, words in (
            ("EXTRACT_MISSING", "do not state a field"), ("EXTRACT_CONFLICT", "different values"),
            ("INVALID_SCHEMA", "cannot be checked"),
        ):
            node = fake.fresh()
            node.answers = [error(code, field="home")]
            with self.assertRaisesRegex(nondet.NondetException, f"{words}.*{code}.*home"):
                nondet.extract({"home": int}, task="x", source="y")


class Quorum(unittest.TestCase):
    SITES = ["https://a.example/x", "https://b.test/x", "https://www.c.co.uk/x"]

    def asked(self, table, **kwargs):
        def ask(url):
            answer = table[url]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return nondet.quorum(ask, self.SITES, **({"at_least": 2} | kwargs))

    def test_the_answer_of_most_sources(self):
        a, b, c = self.SITES
        failed = nondet.NondetException(["WEBPAGE_LOAD_FAILED"])
        self.assertEqual(self.asked({a: 2, b: 2, c: 9}), 2)
        self.assertEqual(self.asked({a: failed, b: {"n": 2}, c: {"n": 2}}), {"n": 2})
        for table, code in (({a: 1, b: 2, c: 3}, "QUORUM_CONFLICT"), ({a: 1, b: failed, c: failed}, "QUORUM_MISSING"),
                            ({a: 1, b: True, c: 2}, "QUORUM_CONFLICT")):
            with self.assertRaises(nondet.NondetException) as caught:
                self.asked(table)
            self.assertEqual(caught.exception.causes, [code])

    def test_sources_have_different_owners(self):
        for sources in (["https://a.example/1", "https://www.a.example/2"], ["https://x.co.uk/", "https://y.x.co.uk/"]):
            with self.assertRaisesRegex(ValueError, "one site"):
                nondet.quorum(len, sources, at_least=2)
        with self.assertRaisesRegex(ValueError, "more than half"):
            nondet.quorum(len, self.SITES + ["https://d.test2/"], at_least=2)
        with self.assertRaisesRegex(ValueError, "from 1 to"):
            nondet.quorum(len, self.SITES, at_least=4)


class Local(Node):
    """Runs functions that a test has kept."""

    def __init__(self, kept):
        super().__init__()
        self.kept = kept

    def gl_call(self, request):
        ((name, fields),) = calldata.decode(request).items()
        if name == "Sandbox":
            return self.run(lambda: self.kept[pickle.loads(fields["data"])]())
        validator = self.kept[pickle.loads(fields["data_validator"])]
        self.verdicts.append(self.run(lambda: validator({"leaders_result": self.leader_says})))
        return self.leader_says


class Tolerant(unittest.TestCase):
    def setUp(self):
        # Nothing leaves this process: functions are kept in a list and sent by their place.
        self.kept = []
        patch = mock.patch.object(vm, "pickled", self.keep)
        patch.start()
        self.addCleanup(patch.stop)

    def keep(self, function):
        self.kept.append(function)
        return pickle.dumps(len(self.kept) - 1)

    def verdict(self, judge, leaders, mine):
        fake.fresh()
        node = Local(self.kept)
        _host.install(node, fake.Refused)
        node.leader_says = b"\0" + calldata.encode(leaders)
        judge(lambda: mine)
        self.assertIn(node.verdicts[-1], (YES, NO))
        return node.verdicts[-1] == YES

    def test_within(self):
        within = gl.eq_principle.within
        for options, leaders, mine, same in (
            ({"absolute": 1}, 10, 11, True), ({"absolute": 1}, 10, 12, False),
            ({"percent": 5}, 100, 95, True), ({"percent": 5}, 100, 94, False),
            ({"relative": "0.05"}, "100.0", "95.5", True), ({"absolute": 0.1}, "0.3", "0.2", True),
            ({"absolute": 5}, "10", "11", False), ({"absolute": 5}, "abc", "abd", False),
            ({"absolute": 5}, {"a": [1, "x"]}, {"a": [4, "x"]}, True),
            ({"absolute": 5}, {"a": [1, "x"]}, {"a": [4, "y"]}, False),
            ({"absolute": 5}, {"a": 1}, {"a": 1, "b": 2}, False), ({"absolute": 5}, [1], [1, 2], False),
            ({"absolute": 5}, True, False, False), ({"absolute": 5}, True, 1, False),
            ({"percent": 10}, -100, -91, True), ({"percent": 10}, 5, -5, False), ({"percent": 10}, None, None, True),
        ):
            with self.subTest(options=options, leaders=leaders, mine=mine):
                self.assertIs(self.verdict(lambda fn: within(fn, **options), leaders, mine), same)

    def test_fields(self):
        fields = gl.eq_principle.fields
        base = {"name": "x", "price": "10.00", "reason": "because"}
        for options, change, same in (
            ({"tolerance": {"price": "2%"}, "ignore": ["reason"]}, {"price": "10.1", "reason": "why"}, True),
            ({"tolerance": {"price": "2%"}, "ignore": ["reason"]}, {"price": "10.3"}, False),
            ({"tolerance": {"price": 0.5}}, {"price": "10.5"}, True),
            ({"ignore": ["reason"]}, {"name": "y"}, False),
            ({"exact": ["name", "price"], "ignore": ["reason"]}, {"reason": "other"}, True),
            ({"exact": ["name"]}, {}, False),
            ({"exact": ["name"], "ignore": ["price", "reason"]}, {"extra": 1}, True),
            ({"ignore": ["reason"]}, {"extra": 1}, False),
            ({"tolerance": {"price": 1}}, {"price": "cheap"}, False),
            ({"tolerance": {"gone": 1}}, {}, True),
            ({"tolerance": {"price": 1}}, {"name": True}, False),
        ):
            with self.subTest(options=options, change=change):
                self.assertIs(self.verdict(lambda fn: fields(fn, **options), base, base | change), same)
        extra = base | {"stolen": 1}
        self.assertFalse(self.verdict(lambda fn: fields(fn, exact=["name"], ignore=["price", "reason"]), extra, base))

    def test_mistakes_are_told(self):
        fake.fresh()
        for make, text in (
            (lambda: gl.eq_principle.within(int), "give one of"),
            (lambda: gl.eq_principle.within(int, absolute=1, percent=1), "give one of"),
            (lambda: gl.eq_principle.within(int, absolute=-1), "from 0 on"),
            (lambda: gl.eq_principle.within(3, absolute=1), "must be a function"),
            (lambda: gl.eq_principle.fields(int, tolerance={"a": "x"}), "such as \"5%\""),
            (lambda: gl.eq_principle.fields(int, exact=["a"], ignore=["a"]), "is in `exact` and in `ignore`"),
            (lambda: gl.eq_principle.fields(int, ignore="reason"), "list of names"),
        ):
            with self.subTest(text), self.assertRaisesRegex((TypeError, ValueError), text):
                make()


if __name__ == "__main__":
    unittest.main()
