"""How the provider's stand-in answers a judge's prompt: by comparing words, mostly right and sometimes not, as a small model is.

What it reads stands between fences; orders in there are not for it.
"""

import json
import random
import re
from collections.abc import Mapping
from typing import Any

_FENCE = re.compile(r"lines that begin with (FENCE-[0-9a-f]{32})")
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_WORD = re.compile(r"[a-z0-9]{3,}")
_SMALL_TALK = ("could not find", "write to you", "sorry", "please", "thank you", "your order:")
_ENOUGH = 0.7  # of a sentence's words
_WRONG = 0.06  # of its verdicts on a claim
_SOURCES = ("documents", "context and conversation", "steps")


def is_judges(body: Mapping[str, Any]) -> bool:
    """Whether a request is a judge's: it has a fence, and a form to answer in."""
    return bool(body.get("response_format")) and _FENCE.search(str(body["messages"][0].get("content"))) is not None


def verdict(body: Mapping[str, Any], luck: random.Random) -> str:
    """The JSON object that the prompt asks for."""
    sections = _sections(body)
    schema = body["response_format"]["json_schema"]["schema"]
    properties = schema["properties"]
    if "claims" in properties:
        return json.dumps(_claims(sections, luck))
    if "documents" in properties:
        return json.dumps(_documents(sections, luck))
    said = properties["verdict"]
    good = not sections.get("answer", "").lower().startswith(("i could not", "i can't", "our assistant"))
    good = good if luck.random() > _WRONG else not good
    if "enum" in said:
        # levels stand in their order, the worst first
        word = said["enum"][-1] if good else said["enum"][0]
    else:
        word = round(luck.uniform(0.7, 1.0) if good else luck.uniform(0.0, 0.4), 2)
    why = "It addresses what was asked." if good else "It leaves open what was asked."
    return json.dumps({"reasoning": why, "verdict": word, "confidence": round(luck.uniform(0.6, 0.98), 2)})


def _sections(body: Mapping[str, Any]) -> dict[str, str]:
    system, user = (str(message.get("content") or "") for message in (body["messages"][0], body["messages"][-1]))
    found = _FENCE.search(system)
    word = found.group(1) if found else "FENCE"
    return dict(re.findall(rf"{word} begin ([^\n]+)\n(.*?)\n{word} end \1", user, re.DOTALL))


def _claims(sections: Mapping[str, str], luck: random.Random) -> dict[str, Any]:
    known = set(_WORD.findall(" ".join(sections.get(name, "") for name in _SOURCES).lower()))
    claims: list[dict[str, Any]] = []
    for sentence in _SENTENCE.findall(sections.get("answer", "")):
        text = sentence.strip()
        words = _WORD.findall(text.lower())
        if len(words) < 3 or any(phrase in text.lower() for phrase in _SMALL_TALK):
            continue
        supported = sum(word in known for word in words) / len(words) >= _ENOUGH
        supported = supported if luck.random() > _WRONG else not supported
        claims.append({"claim": text, "supported": supported, "evidence": "the articles say so" if supported else ""})
    held = sum(claim["supported"] for claim in claims)
    why = f"{held} of {len(claims)} claims are in the articles." if claims else "The answer makes no claim."
    return {"claims": claims, "reasoning": why, "confidence": round(luck.uniform(0.65, 0.98), 2)}


def _documents(sections: Mapping[str, str], luck: random.Random) -> dict[str, Any]:
    asked = set(_WORD.findall(sections.get("query", "").lower()))
    found = []
    for rank, text in re.findall(r"document (\d+):\n(.*?)(?=\n\ndocument \d+:|\Z)", sections.get("documents", ""), re.DOTALL):
        shared = len(asked & set(_WORD.findall(text.lower()))) / max(1, len(asked))
        level = min(3, int(shared * 5)) if luck.random() > _WRONG else luck.randrange(4)
        found.append({"rank": int(rank), "relevance": level})
    return {"documents": found, "reasoning": "By what they share with the query.", "confidence": round(luck.uniform(0.6, 0.95), 2)}
