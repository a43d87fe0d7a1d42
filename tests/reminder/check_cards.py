"""The second half of check_cards.sh: cards come on standard input."""

import copy
import importlib.util
import json
import pathlib
import sys

import jsonschema

PACKAGE = pathlib.Path(importlib.util.find_spec("adaptive_cards").origin).parent
LIMIT = 28 * 1024  # learn.microsoft.com/microsoftteams/limits-specifications-teams


def validator(version):
    schema = json.loads((PACKAGE / "schemas" / f"schema-{version}.json").read_text())
    return jsonschema.validators.validator_for(schema)(schema)


def is_valid(card):
    return validator(card.get("version", "1.4")).is_valid(card)


def texts(node):
    """What people see, line by line; Markdown must have no place to be read."""
    for block in node["body"]:
        assert block["type"] == "RichTextBlock", block
        assert all(run["type"] == "TextRun" and "{{" not in run["text"] for run in block["inlines"]), block
        yield "".join(run["text"] for run in block["inlines"])


def main():
    count = 0
    for line in sys.stdin:
        given = json.loads(line)
        message, names = given["message"], given["names"]
        assert message["type"] == "message" and len(json.dumps(message).encode()) < LIMIT, len(line)
        (attachment,) = message["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        card = attachment["content"]
        errors = list(validator(card["version"]).iter_errors(card))
        assert not errors, errors
        shown = list(texts(card))
        for name in names:
            assert any(name in text for text in shown) or card["body"][-1]["inlines"][0]["text"].startswith("and "), (name, shown)
        count += 1
        # What the schema has to refuse.
        for breaking in (
            lambda card: card["body"][0].pop("inlines"),
            lambda card: card["body"][0]["inlines"][0].pop("text"),
            lambda card: card["body"][0].update(type="RichTextBlok"),
            lambda card: card["body"][0]["inlines"][0].update(weight="Fat"),
            lambda card: card["body"][0].update(spacing="Tiny"),
            lambda card: card["body"].append({"type": "FactSet", "facts": [{"title": "x"}]}),
        ):
            broken = copy.deepcopy(card)
            breaking(broken)
            assert not is_valid(broken), broken
    assert count >= 5, count
    print(f"{count} cards are right, by the schema of Adaptive Cards")


main()
